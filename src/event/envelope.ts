import type { FieldMap, MappedField } from "../config/config.ts";
import { setSpan } from "./byte-table.ts";
import type { ByteSpan } from "./byte-table.ts";
import { fieldPath } from "./field-map.ts";
import { spanString } from "./json-cell.ts";
import type { Cells } from "./json-cell.ts";
import { readNumber } from "./json-number.ts";
import { headerBytes } from "./records.ts";
import type { RecordBatch } from "./records.ts";
import { epochToMilliseconds, parseTime } from "./time.ts";

/** What was found where a field of the envelope should stand. */
export const NOTHING = 0;
export const TEXT = 1;
export const NUMERAL = 2;
/** A boolean, an object, an array. */
export const OTHER = 3;

/** Where a field of the envelope comes from. */
export type EnvelopeSource =
  | { readonly from: "nowhere" }
  | { readonly from: "record"; readonly path: readonly string[] }
  | { readonly from: "header"; readonly name: string }
  | { readonly from: "key" }
  | { readonly from: "value"; readonly text: string; readonly bytes: Uint8Array };

export function envelopeSource(map: FieldMap, field: MappedField): EnvelopeSource {
  const source = map[field];
  if (source === undefined) return { from: "nowhere" };
  if ("header" in source) return { from: "header", name: source.header };
  if ("key" in source) return { from: "key" };
  if ("value" in source) {
    return { from: "value", text: source.value, bytes: new TextEncoder().encode(source.value) };
  }
  const path = fieldPath(map, field);
  return path === undefined || path.length === 0 ? { from: "nowhere" } : { from: "record", path };
}

/** Points the span at a field that stands outside the record's value. `record` is the record's place in the batch. */
export function findOutside(
  source: EnvelopeSource,
  batch: RecordBatch,
  record: number,
  span: ByteSpan,
): typeof NOTHING | typeof TEXT {
  let bytes: Uint8Array | string | null | undefined;
  if (source.from === "value") bytes = source.bytes;
  else if (source.from === "key") bytes = batch.keys[record];
  else if (source.from === "header") {
    const value = batch.headers[record]?.[source.name];
    bytes = typeof value === "string" || value instanceof Uint8Array ? value : value?.[0];
  }
  if (bytes === undefined || bytes === null) return NOTHING;
  bytes = headerBytes(bytes);
  setSpan(span, bytes, 0, bytes.length);
  return TEXT;
}

/** Points `cells.span` at the text or number that stands at a position of a record that has been walked. */
export function findInside(cells: Cells, position: number): number {
  const at = cells.positions[position];
  if (at < 0) return NOTHING;
  const byte = cells.bytes[at];
  if (byte === 0x22) {
    spanString(cells, at + 1, cells.stops[position] - 1);
    return TEXT;
  }
  if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) {
    setSpan(cells.span, cells.bytes, at, cells.stops[position]);
    return NUMERAL;
  }
  return byte === 0x6e ? NOTHING : OTHER;
}

/**
 * The event time that the span holds, in milliseconds; NaN if it is none.
 * @param kind NUMERAL: an epoch number; TEXT: RFC 3339, or an epoch number where `loose` (headers, csv: all is text there)
 */
export function timeOf(kind: number, span: ByteSpan, number: Float64Array, loose: boolean): number {
  if (kind === TEXT) {
    const time = parseTime(span);
    if (time === time || !loose) return time;
  } else if (kind !== NUMERAL) return NaN;
  const next = readNumber(span.bytes, span.start, number, 0);
  return next === span.stop ? epochToMilliseconds(number[0]) : NaN;
}
