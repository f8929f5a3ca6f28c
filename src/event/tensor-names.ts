import { addCode, clearTable, findCode, hashSpan, setSpan } from "./byte-table.ts";
import type { ByteSpan } from "./byte-table.ts";
import { hasEscape, skipPlain, skipString } from "./json-text.ts";
import { addTensor } from "./tensor-reader.ts";
import type { MetNames, TensorNames, TensorReader } from "./tensor-reader.ts";
import { writeUnescaped, writtenStop } from "./tensor-texts.ts";

/** A longer name is none that a column has. Bytes. */
export const LONGEST_NAME = 1_024;

/** So many names are remembered; whoever sends more of them has each made anew. */
const MOST_MET = 256;

/** Stands in no JSON string. */
const NO_PATTERN = Uint8Array.of(0);
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Calls the tensor at `position` by the reader's span; there may be others of the same name. False if it is too long. */
export function nameTensor(reader: TensorReader, position: number): boolean {
  const { names, span } = reader;
  const { labels } = names;
  if (position < labels.length && equalsLabel(reader, labels[position])) return true;
  if (span.stop - span.start > LONGEST_NAME) return false;
  setLabel(reader, position);
  names.known = Math.min(names.known, position);
  return true;
}

/** Position of the tensor of this body that the span names; of a new one, without rows, if there is none yet. -1: too many. */
export function positionOfName(reader: TensorReader): number {
  const { body, names, span } = reader;
  const next = body.count;
  const isExpected = next < names.known && equalsLabel(reader, names.labels[next]);
  if (!isExpected) {
    indexLabels(names, next);
    hashSpan(span);
    const found = findCode(names.table, span);
    if (found >= 0) return found;
  }
  if (addTensor(reader) === undefined) return -1;
  if (isExpected) return next;
  setLabel(reader, next);
  addCode(names.table, names.labels[next], next);
  names.indexed = next + 1;
  names.known = next + 1;
  return next;
}

/**
 * Reads the key whose opening quote stands at `at` into the reader's span, escapes resolved, and returns the position after
 * its closing quote; -1 if it is no string.
 */
export function readKey(reader: TensorReader, at: number): number {
  const { bytes, span } = reader;
  if (bytes[at] !== 0x22) return -1;
  const plain = skipPlain(bytes, at + 1);
  if (bytes[plain] === 0x22) {
    setSpan(span, bytes, at + 1, plain);
    return plain + 1;
  }
  const stop = skipString(bytes, plain);
  if (stop < 0) return -1;
  if (!hasEscape(bytes, plain, stop - 1)) {
    setSpan(span, bytes, at + 1, stop - 1);
    return stop;
  }
  const start = writeUnescaped(reader, bytes, at + 1, stop - 1);
  setSpan(span, reader.texts, start, writtenStop(reader));
  return stop;
}

/** Whether the string that begins at `at`, after its opening quote, is the name of the tensor at `position`. */
export function isExpected(reader: TensorReader, at: number, position: number): boolean {
  const { names, bytes } = reader;
  return position < names.known && matchesPattern(bytes, at, names.patterns[position]);
}

export function matchesPattern(bytes: Uint8Array, at: number, pattern: Uint8Array): boolean {
  const length = pattern.length;
  if (at + length > bytes.length) return false;
  for (let i = 0; i < length; i++) {
    if (bytes[at + i] !== pattern[i]) return false;
  }
  return true;
}

/** The length of a tensor's name as it stands in JSON, with its closing quote. */
export function patternLength(reader: TensorReader, position: number): number {
  return reader.names.patterns[position].length;
}

function equalsLabel(reader: TensorReader, label: Uint8Array): boolean {
  const { bytes, start, stop } = reader.span;
  if (stop - start !== label.length) return false;
  for (let i = 0; i < label.length; i++) {
    if (bytes[start + i] !== label[i]) return false;
  }
  return true;
}

function setLabel(reader: TensorReader, position: number): void {
  const { body, names, span } = reader;
  const { met } = names;
  hashSpan(span);
  const found = findCode(met.table, span);
  const place = found < 0 ? meetName(met, span) : found;
  names.labels[position] = met.labels[place];
  names.patterns[position] = met.patterns[place];
  body.tensors[position].name = met.texts[place];
}

/** Answers the place of a name that was not met before. */
function meetName(met: MetNames, { bytes, start, stop }: ByteSpan): number {
  if (met.labels.length === MOST_MET) {
    clearTable(met.table);
    met.labels.length = 0;
    met.patterns.length = 0;
    met.texts.length = 0;
  }
  const place = met.labels.length;
  const label = bytes.slice(start, stop);
  addCode(met.table, label, place);
  met.labels.push(label);
  met.patterns.push(isPlain(label) ? Uint8Array.of(...label, 0x22) : NO_PATTERN);
  met.texts.push(UTF8.decode(label));
  return place;
}

/** Whether JSON writes the text as it is. */
function isPlain(label: Uint8Array): boolean {
  return label.every((byte) => byte >= 0x20 && byte !== 0x22 && byte !== 0x5c);
}

/** Forgets the labels after the first `count`, which were those of earlier bodies, and finds the others by name. */
function indexLabels(names: TensorNames, count: number): void {
  if (names.known === count && names.indexed === count) return;
  clearTable(names.table);
  for (let i = 0; i < count; i++) addCode(names.table, names.labels[i], i);
  names.known = count;
  names.indexed = count;
}
