import { findCode, hashSpan } from "./byte-table.ts";
import type { ByteTable } from "./byte-table.ts";
import { readNumber } from "./json-number.ts";
import { skipColon, skipValue } from "./json-skip.ts";
import { hasEscape, skipSpace, skipString, unescapeString } from "./json-text.ts";
import { readKey } from "./tensor-names.ts";
import type { TensorReader } from "./tensor-reader.ts";

/** Reads the value of a member at `at` and returns the position after it, or -1. `code` is that of its key, -1 if unknown. */
export type ReadMember = (reader: TensorReader, code: number, at: number) => number;

/** Reads the members of the object at `at` and returns the position after it; -1 if it breaks RFC 8259 or `read` says so. */
export function readMembers(reader: TensorReader, at: number, keys: ByteTable, read: ReadMember): number {
  const { bytes, span } = reader;
  if (bytes[at] !== 0x7b) return -1;
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === 0x7d) return at + 1;
  for (;;) {
    at = readKey(reader, at);
    if (at < 0) return -1;
    hashSpan(span);
    const code = findCode(keys, span);
    at = skipColon(bytes, at);
    if (at < 0) return -1;
    at = read(reader, code, at);
    if (at < 0) return -1;
    if (bytes[at] <= 0x20) at = skipSpace(bytes, at);
    const byte = bytes[at++];
    if (byte === 0x7d) return at;
    if (byte !== 0x2c) return -1;
    if (bytes[at] <= 0x20) at = skipSpace(bytes, at);
  }
}

/** Reads the elements of the array at `at`, each by `read`, which is given its position among them; else as readMembers. */
export function readElements(reader: TensorReader, at: number, read: ReadMember): number {
  const { bytes } = reader;
  if (bytes[at] !== 0x5b) return -1;
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === 0x5d) return at + 1;
  for (let position = 0; ; position++) {
    at = read(reader, position, at);
    if (at < 0) return -1;
    if (bytes[at] <= 0x20) at = skipSpace(bytes, at);
    const byte = bytes[at++];
    if (byte === 0x5d) return at;
    if (byte !== 0x2c) return -1;
    if (bytes[at] <= 0x20) at = skipSpace(bytes, at);
  }
}

export function skipMember(reader: TensorReader, at: number): number {
  return skipValue(reader.bytes, at, 0, reader.open);
}

/**
 * Reads a whole number of 0 or more at `at`, which may stand in a string, into reader.number and returns the position after
 * it; -1 if there is none.
 */
export function readSize(reader: TensorReader, at: number): number {
  const { bytes, number } = reader;
  const isText = bytes[at] === 0x22;
  let stop = readNumber(bytes, isText ? at + 1 : at, number, 0);
  if (stop < 0 || !Number.isSafeInteger(number[0]) || number[0] < 0) return -1;
  if (isText && bytes[stop++] !== 0x22) return -1;
  return stop;
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of a JSON string or number between `start` and `stop`; of anything else "". */
export function textOf(reader: TensorReader, start: number, stop: number): string {
  const { bytes } = reader;
  const first = bytes[start];
  if (first === 0x2d || (first >= 0x30 && first <= 0x39)) return UTF8.decode(bytes.subarray(start, stop));
  if (first !== 0x22) return "";
  if (!hasEscape(bytes, start + 1, stop - 1)) return UTF8.decode(bytes.subarray(start + 1, stop - 1));
  const text = new Uint8Array(stop - start);
  return UTF8.decode(text.subarray(0, unescapeString(bytes, start + 1, stop - 1, text)));
}

/** The position after the string at `at`, or -1 if there is none. */
export function skipText(reader: TensorReader, at: number): number {
  return reader.bytes[at] === 0x22 ? skipString(reader.bytes, at + 1) : -1;
}
