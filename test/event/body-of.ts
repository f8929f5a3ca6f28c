import { READ, readBody, UNDECODABLE } from "../../src/event/tensor-body-reader.ts";
import { createTensorReader } from "../../src/event/tensor-reader.ts";
import { shownBody } from "./plain/body.ts";
import type { PlainBody, PlainCell } from "./plain/body.ts";

const reader = createTensorReader();

/** The body that bytes, a text, or the JSON of a value are; "undecodable" or "oversize" if it is none. */
export function bodyOf(
  value: unknown,
  kind: "request" | "response" | "either" = "request",
  maxBytes = 1_048_576,
): PlainBody | "undecodable" | "oversize" {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const bytes = value instanceof Uint8Array ? value : Buffer.from(text);
  const outcome = readBody(reader, bytes, { kind, maxBytes });
  if (outcome === READ) return shownBody(reader.body);
  return outcome === UNDECODABLE ? "undecodable" : "oversize";
}

/** The rows of each tensor, by its name. */
export function rowsOf(
  value: unknown,
  kind: "request" | "response" = "request",
): Record<string, readonly (readonly PlainCell[])[]> | string {
  const body = bodyOf(value, kind);
  if (typeof body === "string") return body;
  return Object.fromEntries(body.tensors.map(({ name, rows }) => [name, rows]));
}
