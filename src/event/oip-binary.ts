import { readRawOf } from "./raw-tensor.ts";
import { HERE } from "./tensor-reader.ts";
import type { TensorReader } from "./tensor-reader.ts";

/**
 * Reads what Triton's binary extension writes behind the JSON, which ends at `at`: the data of the tensors that say their
 * size, in order. The data end with the body, so they begin at its length less the sizes; only white space may stand before.
 * That needs no header: a logged response carries the length of its request's JSON. False if the sizes do not fit.
 */
export function readBinary(reader: TensorReader, at: number): boolean {
  const { body, bytes, sizes } = reader;
  let total = 0;
  for (let i = 0; i < body.count; i++) {
    if (sizes[i] === HERE) continue;
    // Without a size the tensor has no data at all.
    if (sizes[i] < 0) return false;
    total += sizes[i];
  }
  let start = bytes.length - total;
  if (start < at) return false;
  for (let i = at; i < start; i++) {
    if (bytes[i] !== 0x20 && bytes[i] !== 0x0a && bytes[i] !== 0x0d && bytes[i] !== 0x09) return false;
  }
  for (let i = 0; i < body.count; i++) {
    if (sizes[i] === HERE) continue;
    if (!readRawOf(reader, i, start, start + sizes[i])) return false;
    start += sizes[i];
  }
  return true;
}
