import { decodeBase64 } from "./base64.ts";
import { unescapeString } from "./json-text.ts";
import type { TensorReader } from "./tensor-reader.ts";

/**
 * Makes room for a text of up to `length` bytes that does not stand in the body, and returns where it begins in reader.texts.
 * Until closeText nothing else may be written.
 */
export function openText(reader: TensorReader, length: number): number {
  const start = reader.textLength;
  // One byte stays free between two texts: a number that is read from one must end with it.
  const needed = start + length + 1;
  if (reader.texts === reader.bytes || needed > reader.pool.length) {
    if (needed > reader.pool.length) reader.pool = new Uint8Array(needed * 2);
    reader.pool.set(reader.texts.subarray(0, start));
    reader.texts = reader.pool;
  }
  return start;
}

/** Ends the text that openText began. */
export function closeText(reader: TensorReader, stop: number): void {
  reader.texts[stop] = 0;
  reader.textLength = stop + 1;
}

/** Where the last text ends that was written. */
export function writtenStop(reader: TensorReader): number {
  return reader.textLength - 1;
}

/** Writes what the inside of a valid JSON string stands for as a text, and returns where it begins. */
export function writeUnescaped(reader: TensorReader, from: Uint8Array, start: number, stop: number): number {
  const scratch = scratchOf(reader, stop - start);
  return writeScratch(reader, unescapeString(from, start, stop, scratch));
}

/** Writes what base64 among the texts stands for as a text, and returns where it begins; -1 if it is none. */
export function writeDecoded(reader: TensorReader, start: number, stop: number): number {
  const scratch = scratchOf(reader, stop - start);
  const length = decodeBase64(reader.texts, start, stop, scratch);
  return length < 0 ? -1 : writeScratch(reader, length);
}

function scratchOf(reader: TensorReader, length: number): Uint8Array {
  if (reader.scratch.length < length) reader.scratch = new Uint8Array(length * 2);
  return reader.scratch;
}

function writeScratch(reader: TensorReader, length: number): number {
  const start = openText(reader, length);
  const { texts, scratch } = reader;
  // Most are a few bytes, for which a view would cost more than the copy.
  for (let i = 0; i < length; i++) texts[start + i] = scratch[i];
  closeText(reader, start + length);
  return start;
}
