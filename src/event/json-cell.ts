import { HASH_PRIME, HASH_START, hashSpan, setSpan } from "./byte-table.ts";
import type { ByteSpan } from "./byte-table.ts";
import { codeOfBytes, codeOfText, decodeText } from "./dictionary.ts";
import type { Dictionary } from "./dictionary.ts";
import { readNumber } from "./json-number.ts";
import { LONGEST_PLAIN, plainNumber } from "./plain-number.ts";
import { isFalse, isNull, isTrue, skipValue } from "./json-skip.ts";
import { hasEscape, PLAIN, skipString, STRING_CLASS, unescapeString } from "./json-text.ts";
import { BOOLEAN, CATEGORY, NUMBER, POSITION, SKIP } from "./json-trie.ts";
import type { Slot } from "./json-trie.ts";
import { meansYes } from "./yes-no.ts";

/** The record in hand and the row that its values go to. One per plan, reused from record to record. */
export interface Cells {
  bytes: Uint8Array;
  row: number;
  /** Where the values of POSITION slots begin; -1 where there is none. */
  readonly positions: Int32Array;
  /** Where they end. */
  readonly stops: Int32Array;
  /** By column: 1 where this row's value is of the wrong type or outside its limits. */
  readonly faulty: Uint8Array;
  /** How many of `faulty` are 1. */
  faults: number;
  /** Unescaped text; at least as long as the record. */
  scratch: Uint8Array;
  /** Kinds of open containers, for skipValue. */
  readonly open: Uint8Array;
  readonly span: ByteSpan;
  /** A number that goes to no column. */
  readonly number: Float64Array;
}

/** Writes the value at `at` to the slot's cell and returns the position after it, or -1 if it breaks RFC 8259. */
export function readCell(cells: Cells, slot: Slot, at: number, depth: number): number {
  const byte = cells.bytes[at];
  switch (slot.kind) {
    case NUMBER:
      if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return readNumberCell(cells, slot, at);
      break;
    case CATEGORY:
      if (byte === 0x22) return readCategoryCell(cells, slot, at);
      break;
    case BOOLEAN:
      break;
    case POSITION: {
      const next =
        byte === 0x22 ? skipString(cells.bytes, at + 1) : skipValue(cells.bytes, at, depth, cells.open);
      cells.positions[slot.index] = at;
      cells.stops[slot.index] = next;
      return next;
    }
    default:
      return skipValue(cells.bytes, at, depth, cells.open);
  }
  return readOtherCell(cells, slot, at, depth);
}

/** Writes a number that was computed of what stands elsewhere in the record; NaN is a fault. */
export function putNumber(cells: Cells, slot: Slot, value: number): void {
  const isOutside = slot.bounded && !(value >= slot.minimum && value <= slot.maximum);
  if (Number.isNaN(value) || isOutside) {
    setFault(cells, slot);
    return;
  }
  slot.values[cells.row] = value;
  setValid(cells, slot);
}

function readNumberCell(cells: Cells, slot: Slot, at: number): number {
  const { row } = cells;
  const values = slot.values;
  const next = readNumber(cells.bytes, at, values, row);
  if (next < 0) return -1;
  if (next - at > LONGEST_PLAIN) values[row] = plainNumber(values[row]);
  if (slot.bounded && !(values[row] >= slot.minimum && values[row] <= slot.maximum)) setFault(cells, slot);
  else setValid(cells, slot);
  return next;
}

function readCategoryCell(cells: Cells, slot: Slot, at: number): number {
  const { bytes, span } = cells;
  const dictionary = slot.dictionary;
  if (dictionary === undefined) return -1;
  const end = bytes.length;
  let hash = HASH_START;
  let stop = at + 1;
  for (; stop < end; stop++) {
    const byte = bytes[stop];
    if (STRING_CLASS[byte] !== PLAIN) break;
    hash = Math.imul(hash ^ byte, HASH_PRIME);
  }
  if (stop < end && bytes[stop] === 0x22) {
    span.bytes = bytes;
    span.start = at + 1;
    span.stop = stop;
    span.hash = hash;
    stop++;
  } else {
    stop = skipString(bytes, stop);
    if (stop < 0) return -1;
    spanString(cells, at + 1, stop - 1);
    hashSpan(span);
  }
  slot.codes[cells.row] = codeOfBytes(dictionary, span);
  setValid(cells, slot);
  return stop;
}

/** Points the span at a valid string's text, from inside its quotes, escapes resolved. */
export function spanString(cells: Cells, start: number, stop: number): void {
  const { bytes, span, scratch } = cells;
  if (hasEscape(bytes, start, stop)) setSpan(span, scratch, 0, unescapeString(bytes, start, stop, scratch));
  else setSpan(span, bytes, start, stop);
}

/** Anything but the type that the column is made of: null, booleans, faults. */
function readOtherCell(cells: Cells, slot: Slot, at: number, depth: number): number {
  const { bytes } = cells;
  if (isNull(bytes, at)) {
    clearCell(cells, slot);
    return at + 4;
  }
  const next = skipValue(bytes, at, depth, cells.open);
  if (next < 0) return -1;
  const truth = isTrue(bytes, at);
  if (truth || isFalse(bytes, at)) {
    if (slot.kind === BOOLEAN) setCode(cells, slot, truth ? 1 : 0);
    else if (slot.isTruth && slot.kind === NUMBER) {
      slot.values[cells.row] = truth ? 1 : 0;
      setValid(cells, slot);
    } else if (slot.isTruth) setText(cells, slot, at, next);
    else setFault(cells, slot);
    return next;
  }
  const isNumber = bytes[at] === 0x2d || (bytes[at] >= 0x30 && bytes[at] <= 0x39);
  if (slot.isTruth && slot.kind === NUMBER && bytes[at] === 0x22) setTruth(cells, slot, at, next);
  else if (isNumber && slot.kind === CATEGORY) setNumeral(cells, slot, at, next);
  else if (slot.isTruth && isNumber && next === at + 1 && bytes[at] <= 0x31)
    setCode(cells, slot, bytes[at] - 0x30);
  else setFault(cells, slot);
  return next;
}

/** A text that means yes or no is the truth of class 1, or of the other. */
function setTruth(cells: Cells, slot: Slot, start: number, stop: number): void {
  const { span } = cells;
  spanString(cells, start + 1, stop - 1);
  const isYes = meansYes(decodeText(span.bytes.subarray(span.start, span.stop)));
  if (isYes === undefined) {
    setFault(cells, slot);
    return;
  }
  slot.values[cells.row] = Number(isYes);
  setValid(cells, slot);
}

/** A whole number, however it is written, is the category of its decimal text, as in a columnar file. */
function setNumeral(cells: Cells, slot: Slot, start: number, stop: number): void {
  const { bytes, number } = cells;
  if (isInteger(bytes, start, stop)) {
    setText(cells, slot, start, stop);
    return;
  }
  readNumber(bytes, start, number, 0);
  if (Number.isInteger(number[0]) && slot.dictionary !== undefined) {
    setCode(cells, slot, codeOfText(slot.dictionary, String(number[0])));
  } else if (slot.isTruth) setText(cells, slot, start, stop);
  else setFault(cells, slot);
}

/** Whether a number's own text says what it is: digits alone, and not -0. */
function isInteger(bytes: Uint8Array, start: number, stop: number): boolean {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  if (first > start && bytes[first] === 0x30) return false;
  for (let at = first; at < stop; at++) if (bytes[at] < 0x30 || bytes[at] > 0x39) return false;
  return true;
}

function setText(cells: Cells, slot: Slot, start: number, stop: number): void {
  const dictionary: Dictionary | undefined = slot.dictionary;
  if (dictionary === undefined) return;
  setSpan(cells.span, cells.bytes, start, stop);
  hashSpan(cells.span);
  setCode(cells, slot, codeOfBytes(dictionary, cells.span));
}

function setCode(cells: Cells, slot: Slot, code: number): void {
  slot.codes[cells.row] = code;
  setValid(cells, slot);
}

function setValid(cells: Cells, slot: Slot): void {
  slot.validity[cells.row >> 3] |= 1 << (cells.row & 7);
  if (cells.faults !== 0) clearFault(cells, slot);
}

/** Leaves the cell of a column empty, and notes that what stands there cannot be one of it. */
export function setFault(cells: Cells, slot: Slot): void {
  clearCell(cells, slot);
  cells.faulty[slot.index] = 1;
  cells.faults++;
}

function clearFault(cells: Cells, slot: Slot): void {
  cells.faults -= cells.faulty[slot.index];
  cells.faulty[slot.index] = 0;
}

/** Leaves the cell, or the position, as if the record had not named it. */
export function clearCell(cells: Cells, slot: Slot): void {
  const { row } = cells;
  if (slot.kind === SKIP) return;
  if (slot.kind === POSITION) {
    cells.positions[slot.index] = -1;
    return;
  }
  if (slot.kind === NUMBER) slot.values[row] = NaN;
  else slot.codes[row] = -1;
  slot.validity[row >> 3] &= ~(1 << (row & 7));
  if (cells.faults !== 0) clearFault(cells, slot);
}
