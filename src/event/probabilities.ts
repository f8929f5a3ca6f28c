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
  /** Largest and entropy of those in hand: made once for all records. */
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
  if (confidence !== undefined) putNumber(cells, confidence, found[0]);
  if (entropy !== undefined) putNumber(cells, entropy, found[1]);
}

/** Whether the value at `start`, which is JSON, is a set of probabilities; then `found` is theirs. */
function addUp({ bytes, number }: Cells, start: number, found: Float64Array): boolean {
  const isObject = bytes[start] === 0x7b;
  if (!isObject && bytes[start] !== 0x5b) return false;
  let most = 0;
  let bits = 0;
  let total = 0;
  let at = skipSpace(bytes, start + 1);
  while (bytes[at] !== 0x7d && bytes[at] !== 0x5d) {
    if (isObject) at = skipColon(bytes, skipString(bytes, at + 1));
    if (bytes[at] !== 0x2d && !(bytes[at] >= 0x30 && bytes[at] <= 0x39)) return false;
    at = skipSpace(bytes, readNumber(bytes, at, number, 0));
    const p = number[0];
    if (!(p >= 0 && p <= 1)) return false;
    total += p;
    if (p > most) most = p;
    if (p > 0) bits -= p * Math.log2(p);
    if (bytes[at] === 0x2c) at = skipSpace(bytes, at + 1);
  }
  found[0] = most;
  found[1] = bits;
  return Math.abs(total - 1) <= TOLERANCE;
}
