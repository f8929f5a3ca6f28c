import { FIXED32, FIXED64, LENGTH, readEnd, readVarint, skipField, VARINT } from "./protobuf.ts";
import { checkText, putWide } from "./raw-tensor.ts";
import { BOOLEAN, NUMBER } from "./tensor-body.ts";
import type { Tensor } from "./tensor-body.ts";
import { putText, reserveCells } from "./tensor-cells.ts";
import type { TensorReader } from "./tensor-reader.ts";

// The fields of InferTensorContents; that of 4 holds unsigned numbers of up to 32 bits.
const BOOLEANS = 1;
const INTEGERS = 2;
const LONG_INTEGERS = 3;
const LONG_UNSIGNED = 5;
const FLOATS = 6;
const DOUBLES = 7;
const TEXTS = 8;

/** Reads typed contents in reader.wire up to `stop` behind the cells that the tensor has; repeated fields packed or not. */
export function readContents(reader: TensorReader, stop: number): boolean {
  const { wire } = reader;
  while (wire.at < stop) {
    if (!readVarint(wire, stop) || wire.high !== 0) return false;
    const field = wire.low >>> 3;
    const type = wire.low & 7;
    if (field === 0) return false;
    if (field > TEXTS) {
      if (!skipField(wire, type, stop)) return false;
    } else if (!readValues(reader, field, type, stop)) return false;
  }
  return true;
}

function readValues(reader: TensorReader, field: number, type: number, stop: number): boolean {
  const { draft, texts, wire } = reader;
  if (type !== LENGTH) {
    if (type !== typeOf(field)) return false;
    return type === VARINT ? readVarints(reader, field, stop, 1) : readFloats(reader, type, stop, 1);
  }
  const end = readEnd(wire, stop);
  if (end < 0) return false;
  if (field === TEXTS) {
    const { tensor, cells } = draft;
    if (!reserveCells(reader, tensor, cells + 1)) return false;
    putText(tensor, cells, wire.at, end);
    checkText(tensor, cells, texts);
    draft.cells++;
    wire.at = end;
    return true;
  }
  if (field === FLOATS || field === DOUBLES) {
    const count = (end - wire.at) / (field === FLOATS ? 4 : 8);
    return Number.isInteger(count) && readFloats(reader, typeOf(field), end, count);
  }
  return readVarints(reader, field, end, Infinity);
}

/** The wire type of one value. */
function typeOf(field: number): number {
  if (field === FLOATS) return FIXED32;
  if (field === DOUBLES) return FIXED64;
  return field === TEXTS ? LENGTH : VARINT;
}

/** Reads at most `count` varints, up to `stop`. */
function readVarints(reader: TensorReader, field: number, stop: number, count: number): boolean {
  const { draft, wire } = reader;
  const { tensor } = draft;
  for (let i = 0; i < count && wire.at < stop; i++) {
    const cell = draft.cells++;
    if (!readVarint(wire, stop) || !reserveCells(reader, tensor, cell + 1)) return false;
    putVarint(reader, tensor, cell, field);
  }
  return true;
}

function putVarint(reader: TensorReader, tensor: Tensor, cell: number, field: number): void {
  const { low, high } = reader.wire;
  if (field === LONG_INTEGERS || field === LONG_UNSIGNED) {
    putWide(reader, tensor, cell, field === LONG_INTEGERS);
    return;
  }
  if (tensor.hasTexts) tensor.starts[cell] = -1;
  if (field === BOOLEANS) {
    tensor.states[cell] = BOOLEAN;
    tensor.numbers[cell] = low === 0 && high === 0 ? 0 : 1;
    return;
  }
  tensor.states[cell] = NUMBER;
  tensor.numbers[cell] = field === INTEGERS ? low : low >>> 0;
}

function readFloats(reader: TensorReader, type: number, stop: number, count: number): boolean {
  const { draft, wire } = reader;
  const { tensor, cells } = draft;
  const { bytes } = wire;
  const size = type === FIXED32 ? 4 : 8;
  const end = wire.at + count * size;
  if (end > stop || !reserveCells(reader, tensor, cells + count)) return false;
  const { numbers, starts } = tensor;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  tensor.states.fill(NUMBER, cells, cells + count);
  if (tensor.hasTexts) starts.fill(-1, cells, cells + count);
  for (let i = 0, at = wire.at; i < count; i++, at += size) {
    numbers[cells + i] = type === FIXED32 ? view.getFloat32(at, true) : view.getFloat64(at, true);
  }
  draft.cells = cells + count;
  wire.at = end;
  return true;
}
