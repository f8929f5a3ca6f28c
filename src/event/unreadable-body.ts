import { decodeBase64 } from "./base64.ts";
import { DATATYPES } from "./tensor-datatype.ts";
import { explainJson, isObject, parse, withoutNaN } from "./unreadable.ts";
import type { Unreadable } from "./unreadable.ts";

type Members = Readonly<Record<string, unknown>>;

/** What is wrong with a record of a model server: a body, or a CloudEvent around one. */
export function explainServerBody(value: Uint8Array): Unreadable {
  const first = value.find((byte) => byte > 0x20);
  if (first !== 0x7b && first !== 0x5b) return "binary";
  const fault = explainJson(value);
  // Of model servers NaN is taken.
  if (fault !== "depth" && fault !== "nan") return fault;
  const text = new TextDecoder().decode(value);
  const parsed = parse(fault === "nan" ? withoutNaN(text) : text);
  if (!isObject(parsed)) return "object";
  return "specversion" in parsed ? explainEvent(parsed) : explainBody(parsed);
}

function explainEvent({ data, data_base64: packed }: Members): Unreadable {
  if (isObject(data)) return explainBody(data);
  const text = typeof packed === "string" ? unpack(packed) : data;
  if (typeof text !== "string") return "envelope";
  const body = parse(text);
  if (body === undefined) return typeof packed === "string" ? "binary" : "json";
  return isObject(body) ? explainBody(body) : "object";
}

function unpack(text: string): string {
  const from = new TextEncoder().encode(text);
  const into = new Uint8Array(from.length);
  return new TextDecoder().decode(into.subarray(0, Math.max(0, decodeBase64(from, 0, from.length, into))));
}

function explainBody({ instances, predictions, inputs, outputs }: Members): Unreadable {
  const tensors = [inputs, outputs].find((list) => Array.isArray(list));
  if (Array.isArray(tensors) && tensors.some((one) => isObject(one) && ("shape" in one || "datatype" in one)))
    return explainTensors(tensors);
  const isThere = [instances, predictions, inputs, outputs].some((list) => list !== undefined);
  return isThere ? "tensor" : "body";
}

function explainTensors(tensors: readonly unknown[]): Unreadable {
  for (const tensor of tensors) {
    if (!isObject(tensor)) return "tensor";
    const { datatype, shape, data } = tensor;
    if (!DATATYPES.some((known) => known === datatype)) return "datatype";
    if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size >= 0)) return "shape";
    const cells = shape.reduce((product: number, size: number) => product * size, 1);
    if (Array.isArray(data) && data.flat(Number.POSITIVE_INFINITY).length !== cells) return "shape";
  }
  return "tensor";
}
