import { LEARN_LIMIT } from "../event/batch.ts";
import type { CategoryColumn, EventBatch } from "../event/batch.ts";

/** The values of one category column, over all batches whatever their dictionaries: at most LEARN_LIMIT of them. */
export interface CategoryTally {
  readonly names: string[];
  readonly codes: Map<string, number>;
  /** Rows by code. */
  readonly counts: Float64Array;
  /** Event time at which the value first occurred, by code; +Infinity without event time. */
  readonly firstSeen: Float64Array;
  /** By dictionary (batches of one decoder share theirs): its codes as codes of this tally. */
  readonly known: Map<readonly string[], Int32Array>;
}

export function createCategoryTally(): CategoryTally {
  return {
    names: [],
    codes: new Map(),
    counts: new Float64Array(LEARN_LIMIT),
    firstSeen: new Float64Array(LEARN_LIMIT).fill(Number.POSITIVE_INFINITY),
    known: new Map(),
  };
}

/** Counts the sound rows, and writes each row's code in the tally into `into`; -1 = missing, or one value too many. */
export function tallyCategories(
  tally: CategoryTally,
  batch: EventBatch,
  column: CategoryColumn,
  into: Int32Array,
): void {
  codesOfRows(tally, batch.rows, column, into);
  for (let row = 0; row < batch.rows; row += 1) {
    const code = into[row];
    if (code < 0 || batch.reason[row] !== 0) continue;
    tally.counts[code] += 1;
    const time = batch.time[row];
    if (time < tally.firstSeen[code]) tally.firstSeen[code] = time;
  }
}

/** Writes each row's code in the tally; -1 = missing, or beyond what a tally holds. */
export function codesOfRows(
  tally: CategoryTally,
  rows: number,
  column: CategoryColumn,
  into: Int32Array,
): void {
  const known = knownCodes(tally, column.categories);
  for (let row = 0; row < rows; row += 1) {
    const code = column.codes[row];
    into[row] = code >= 0 && code < known.length ? known[code] : -1;
  }
}

/** The most frequent values, ties by name. */
export function frequentCategories(tally: CategoryTally, most: number): string[] {
  return tally.names
    .map((name, code) => ({ name, count: tally.counts[code] }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

function knownCodes(tally: CategoryTally, dictionary: readonly string[]): Int32Array {
  const before = tally.known.get(dictionary) ?? new Int32Array(0);
  if (before.length === dictionary.length) return before;
  const codes = new Int32Array(dictionary.length);
  codes.set(before);
  for (let code = before.length; code < dictionary.length; code += 1) {
    codes[code] = codeOf(tally, dictionary[code]);
  }
  tally.known.set(dictionary, codes);
  return codes;
}

function codeOf(tally: CategoryTally, name: string): number {
  const known = tally.codes.get(name);
  if (known !== undefined) return known;
  if (tally.names.length >= LEARN_LIMIT) return -1;
  const code = tally.names.push(name) - 1;
  tally.codes.set(name, code);
  return code;
}
