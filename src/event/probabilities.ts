import type { ColumnPlan } from "./batch.ts";
import { putNumber } from "./json-cell.ts";
import type { Cells } from "./json-cell.ts";
import { readNumber } from "./json-number.ts";
import { isNull, skipColon } from "./json-skip.ts";
import { skipSpace, skipString } from "./json-text.ts";
import type { Slot } from "./json-trie.ts";

/** Columns that are computed of a record's probabilities by class. */
export const CONFIDENCE = "prediction.confidence";
export const ENTROPY = "prediction.entropy";

/** The column of the probability of one class. */
export function probabilityColumn(name: string): ColumnPlan {
  return { name: `${PREFIX}${name}`, type: "number", role: "probability", pii: false, categories: [] };
}

/** The inverse, of its name. */
export function classOfProbability(column: string): string {
  return column.slice(PREFIX.length);
}

const PREFIX = "prediction.probabilities.";

/** Where the probabilities stand, and the columns that somebody wants of them. */
export interface ProbabilityCells {
  /** In `cells.positions`. */
  readonly position: number;
  readonly confidence: Slot | undefined;
  readonly entropy: Slot | undefined;
  /** Of those in hand: made once for all records. */
  readonly found: Float64Array;
}

/** Probabilities of all classes may miss 1 by so much, for want of digits. */
const TOLERANCE = 0.01;

/**
 * Writes the largest probability and the entropy, in bits, of the object or array of probabilities that the walk found. Both
 * are missing where it found none, and faults where something else stands there, or where they do not add up to 1.
 */
export function readProbabilities(cells: Cells, probabilities: ProbabilityCells): void {
  const { position, confidence, entropy, found } = probabilities;
  const start = cells.positions[position];
  if (start < 0 || isNull(cells.bytes, start)) return;
  if (!addUp(cells, start, found)) found.fill(Number.NaN);
  if (confidence !== undefined) putNumber(cells, confidence, found[MOST]);
  if (entropy !== undefined) putNumber(cells, entropy, found[BITS]);
}

/** Positions in what is found of a set of probabilities: the largest, the entropy in bits, and their sum. */
export const MOST = 0;
export const BITS = 1;
const TOTAL = 2;

/** Room for what is found of a set. */
export function createFound(): Float64Array {
  return new Float64Array(3);
}

/** Adds one probability to what is found; false if it is none. */
export function addProbability(found: Float64Array, p: number): boolean {
  if (!(p >= 0 && p <= 1)) return false;
  found[TOTAL] += p;
  if (p > found[MOST]) found[MOST] = p;
  if (p > 0) found[BITS] -= p * Math.log2(p);
  return true;
}

/** Whether the probabilities added are those of all classes. */
export function isWhole(found: Float64Array): boolean {
  return Math.abs(found[TOTAL] - 1) <= TOLERANCE;
}

/** Whether the value at `start`, which is JSON, is a set of probabilities; then `found` is theirs. */
function addUp({ bytes, number }: Cells, start: number, found: Float64Array): boolean {
  const isObject = bytes[start] === 0x7b;
  if (!isObject && bytes[start] !== 0x5b) return false;
  found.fill(0);
  let at = skipSpace(bytes, start + 1);
  while (bytes[at] !== 0x7d && bytes[at] !== 0x5d) {
    if (isObject) at = skipColon(bytes, skipString(bytes, at + 1));
    if (bytes[at] !== 0x2d && !(bytes[at] >= 0x30 && bytes[at] <= 0x39)) return false;
    at = skipSpace(bytes, readNumber(bytes, at, number, 0));
    if (!addProbability(found, number[0])) return false;
    if (bytes[at] === 0x2c) at = skipSpace(bytes, at + 1);
  }
  return isWhole(found);
}
