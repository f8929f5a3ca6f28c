import { readNumber } from "./json-number.ts";
import { isFalse, isNull, isTrue, MAX_DEPTH, skipValue } from "./json-skip.ts";
import { hasEscape, skipPlain, skipSpace, skipString } from "./json-text.ts";
import { BOOLEAN, MISSING, NUMBER, OTHER } from "./tensor-body.ts";
import type { Tensor } from "./tensor-body.ts";
import { putSpan, putText, reserveCells } from "./tensor-cells.ts";
import type { Nesting, TensorReader } from "./tensor-reader.ts";
import { writeUnescaped, writtenStop } from "./tensor-texts.ts";

/** From here on float64 does not hold every whole number. */
export const WIDE = 2 ** 53;

/**
 * Reads the JSON value at `at`, a scalar or arrays in one another, into the tensor's cells from `from` on, in the order in
 * which they stand, and returns the position after it; -1 if it breaks RFC 8259, but for the tokens NaN, Infinity and
 * -Infinity, which Python writes. reader.nesting says how many cells there were and how they were nested.
 */
export function readCells(reader: TensorReader, tensor: Tensor, at: number, from: number): number {
  const { bytes, nesting } = reader;
  const { counts } = nesting;
  let cell = from;
  let depth = 0;
  nesting.depth = 0;
  nesting.cellDepth = -1;
  nesting.isRegular = true;
  for (;;) {
    if (bytes[at] === 0x5b) {
      if (depth === MAX_DEPTH) return -1;
      openArray(nesting, depth++);
      at++;
      if (bytes[at] <= 0x20) at = skipSpace(bytes, at);
      if (bytes[at] !== 0x5d) continue;
    } else {
      if (nesting.cellDepth !== depth) noteDepth(nesting, depth);
      const next = depth > 0 ? readRun(reader, tensor, at, cell) : at;
      if (next > at) at = next;
      else {
        if (cell >= tensor.states.length && !reserveCells(reader, tensor, cell + 1)) return -1;
        at = readScalar(reader, tensor, cell, at);
        if (at < 0) return -1;
        nesting.end = cell + 1;
      }
      if (depth > 0) counts[depth - 1] += nesting.end - cell;
      cell = nesting.end;
    }
    // A value has ended, or an array is empty: close arrays until one goes on, or the outermost is complete.
    for (;;) {
      if (depth === 0) {
        nesting.end = cell;
        return at;
      }
      let byte = bytes[at];
      if (byte <= 0x20) {
        at = skipSpace(bytes, at);
        byte = bytes[at];
      }
      at++;
      if (byte === 0x2c) {
        if (bytes[at] <= 0x20) at = skipSpace(bytes, at);
        break;
      }
      if (byte !== 0x5d) return -1;
      closeArray(nesting, --depth);
    }
  }
}

/**
 * Reads numbers with commas between them into the cells from `from` on, up to the first thing that is none or to the end of
 * the room, and returns the position after the last one; `at` if there is none. nesting.end is the position after the cells.
 */
function readRun(reader: TensorReader, tensor: Tensor, at: number, from: number): number {
  const { bytes, nesting } = reader;
  const { states, numbers } = tensor;
  const room = numbers.length;
  let cell = from;
  let stop = at;
  while (cell < room) {
    const byte = bytes[at];
    if ((byte < 0x30 || byte > 0x39) && byte !== 0x2d) break;
    const next = readNumber(bytes, at, numbers, cell);
    // A wide one keeps its digits; what is no number may be a token.
    if (next < 0 || numbers[cell] >= WIDE || numbers[cell] <= -WIDE) break;
    cell++;
    stop = next;
    if (bytes[next] !== 0x2c) break;
    at = next + 1;
    if (bytes[at] === 0x20) at++;
  }
  states.fill(NUMBER, from, cell);
  if (tensor.hasTexts) tensor.starts.fill(-1, from, cell);
  nesting.end = cell;
  return stop;
}

function openArray(nesting: Nesting, depth: number): void {
  nesting.counts[depth] = 0;
  if (depth < nesting.depth) return;
  nesting.lengths[depth] = -1;
  nesting.depth = depth + 1;
  if (nesting.cellDepth >= 0) nesting.isRegular = false;
}

function closeArray(nesting: Nesting, depth: number): void {
  const { counts, lengths } = nesting;
  const count = counts[depth];
  if (lengths[depth] < 0) lengths[depth] = count;
  else if (lengths[depth] !== count) nesting.isRegular = false;
  if (depth > 0) counts[depth - 1]++;
}

/** Cells must all stand at the depth of the first one, and nothing be deeper. */
function noteDepth(nesting: Nesting, depth: number): void {
  if (nesting.cellDepth >= 0 || depth < nesting.depth) nesting.isRegular = false;
  nesting.cellDepth = depth;
}

/** Reads one value that is no array into a cell, for which there must be room; else as readCells. */
export function readScalar(reader: TensorReader, tensor: Tensor, cell: number, at: number): number {
  const { bytes } = reader;
  const byte = bytes[at];
  if ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d) {
    const next = readNumber(bytes, at, tensor.numbers, cell);
    if (next < 0) return readToken(reader, tensor, cell, at);
    tensor.states[cell] = NUMBER;
    if (tensor.hasTexts) tensor.starts[cell] = -1;
    const value = tensor.numbers[cell];
    if ((value >= WIDE || value <= -WIDE) && isWhole(bytes, at, next)) putSpan(tensor, cell, at, next);
    return next;
  }
  if (byte === 0x22) return readText(reader, tensor, cell, at);
  return readToken(reader, tensor, cell, at);
}

function readText(reader: TensorReader, tensor: Tensor, cell: number, at: number): number {
  const { bytes } = reader;
  const plain = skipPlain(bytes, at + 1);
  if (bytes[plain] === 0x22) {
    putText(tensor, cell, at + 1, plain);
    return plain + 1;
  }
  const stop = skipString(bytes, plain);
  if (stop < 0) return -1;
  if (!hasEscape(bytes, plain, stop - 1)) {
    putText(tensor, cell, at + 1, stop - 1);
    return stop;
  }
  const start = writeUnescaped(reader, bytes, at + 1, stop - 1);
  putText(tensor, cell, start, writtenStop(reader));
  return stop;
}

/** Reads what is neither a number as JSON has it nor a text. */
function readToken(reader: TensorReader, tensor: Tensor, cell: number, at: number): number {
  const { bytes } = reader;
  tensor.numbers[cell] = NaN;
  if (tensor.hasTexts) tensor.starts[cell] = -1;
  if (isNull(bytes, at)) {
    tensor.states[cell] = MISSING;
    return at + 4;
  }
  const truth = isTrue(bytes, at);
  if (truth || isFalse(bytes, at)) {
    tensor.states[cell] = BOOLEAN;
    tensor.numbers[cell] = truth ? 1 : 0;
    return truth ? at + 4 : at + 5;
  }
  if (bytes[at] === 0x7b) {
    tensor.states[cell] = OTHER;
    return skipValue(bytes, at, 0, reader.open);
  }
  const length = tokenLength(bytes, at);
  if (length === 0) return -1;
  tensor.states[cell] = NUMBER;
  if (length !== NAN.length) tensor.numbers[cell] = bytes[at] === 0x2d ? -Infinity : Infinity;
  return at + length;
}

const NAN = "NaN";
const INFINITE = "Infinity";

/** The length of NaN, Infinity or -Infinity where one of them stands at `at`, else 0. */
export function tokenLength(bytes: Uint8Array, at: number): number {
  if (startsWith(bytes, at, NAN)) return NAN.length;
  const sign = bytes[at] === 0x2d ? 1 : 0;
  return startsWith(bytes, at + sign, INFINITE) ? sign + INFINITE.length : 0;
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** Whether a number is written without a fraction and an exponent. */
export function isWhole(bytes: Uint8Array, start: number, stop: number): boolean {
  for (let i = start; i < stop; i++) {
    if (bytes[i] > 0x39 || bytes[i] === 0x2e) return false;
  }
  return true;
}
