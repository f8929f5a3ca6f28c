import type { Keys } from "./body-keys.ts";
import { findCode, hashSpan, setSpan } from "./byte-table.ts";
import { readNumber } from "./json-number.ts";
import { skipColon, skipValue } from "./json-skip.ts";
import { skipSpace, skipString } from "./json-text.ts";
import { matchesPattern, readKey } from "./tensor-names.ts";
import type { TensorReader } from "./tensor-reader.ts";

/** Reads the value of a member at `at` and returns the position after it, or -1. `code` is that of its key, -1 if unknown. */
export type ReadMember = (reader: TensorReader, code: number, at: number) => number;

/** What stands before the first member; before one that follows an unknown one stands -1. */
const START = -2;

/**
 * Reads the members of the object at `at` and returns the position after it; -1 if it breaks RFC 8259 or `read` says so. The
 * key that is not among `keys` stands in reader.span.
 */
export function readMembers(reader: TensorReader, at: number, keys: Keys, read: ReadMember): number {
  const { bytes } = reader;
  const { patterns, codes, successors } = keys;
  if (bytes[at] !== 0x7b) return -1;
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === 0x7d) return at + 1;
  let expected = keys.first;
  let previous = START;
  for (;;) {
    let entry = expected;
    if (expected >= 0 && bytes[at] === 0x22 && matchesPattern(bytes, at + 1, patterns[expected])) {
      at += 1 + patterns[expected].length;
    } else {
      at = readKey(reader, at);
      if (at < 0) return -1;
      entry = findEntry(reader, keys, previous);
    }
    at = skipColon(bytes, at);
    if (at < 0) return -1;
    at = read(reader, entry < 0 ? -1 : codes[entry], at);
    if (at < 0) return -1;
    if (bytes[at] <= 0x20) at = skipSpace(bytes, at);
    const byte = bytes[at++];
    if (byte === 0x7d) return at;
    if (byte !== 0x2c) return -1;
    if (bytes[at] <= 0x20) at = skipSpace(bytes, at);
    previous = entry;
    expected = entry < 0 ? -1 : successors[entry];
  }
}

/** The entry of the key in reader.span, which is now expected where it was met. */
function findEntry(reader: TensorReader, keys: Keys, previous: number): number {
  hashSpan(reader.span);
  const entry = findCode(keys.table, reader.span);
  if (entry < 0) return -1;
  if (previous === START) keys.first = entry;
  else if (previous >= 0) keys.successors[previous] = entry;
  return entry;
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

/** Points reader.span at the text of a JSON string or number between `start` and `stop`; of anything else at nothing. */
export function spanValue(reader: TensorReader, start: number, stop: number): void {
  const { bytes, span } = reader;
  const first = bytes[start];
  if (first === 0x22) readKey(reader, start);
  else if (first === 0x2d || (first >= 0x30 && first <= 0x39)) setSpan(span, bytes, start, stop);
  else setSpan(span, bytes, start, start);
}

/** The position after the string at `at`, or -1 if there is none. */
export function skipText(reader: TensorReader, at: number): number {
  return reader.bytes[at] === 0x22 ? skipString(reader.bytes, at + 1) : -1;
}
