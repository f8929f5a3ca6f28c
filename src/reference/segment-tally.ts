import { CodedError } from "../config/coded-error.ts";
import { LEARN_LIMIT } from "../event/batch.ts";
import type { EventBatch } from "../event/batch.ts";
import { otherName, segmentName } from "../window/segments.ts";
import type { CategoryTally } from "./category-tally.ts";

/** More combinations of values than this are not told apart: further ones are in `other`. */
const MOST_COMBINATIONS = 1 << 20;

/** The rows of one grouping by combination of values: combinations are numbers in mixed radix of the columns' codes. */
export interface SegmentTally {
  readonly keys: readonly string[];
  /** Positions of the keys in the plan's columns. */
  readonly columns: readonly number[];
  readonly rows: Map<number, number>;
}

/** @throws CodedError CONFIG_INVALID if a key is no category column */
export function createSegmentTally(
  keys: readonly string[],
  columns: readonly { name: string; type: string }[],
): SegmentTally {
  const positions = keys.map((key) => {
    const position = columns.findIndex(({ name, type }) => name === key && type !== "number");
    if (position >= 0) return position;
    const message = `segmentBy names ${key}, which is not a category column of the source. Declare it under columns with type: category, or name another column.`;
    throw new CodedError("CONFIG_INVALID", message);
  });
  return { keys, columns: positions, rows: new Map() };
}

/** Counts the sound rows. `codes` are the rows' codes by column of the plan. */
export function tallySegments(tally: SegmentTally, batch: EventBatch, codes: readonly Int32Array[]): void {
  for (let row = 0; row < batch.rows; row += 1) {
    if (batch.reason[row] !== 0) continue;
    const combination = combinationOf(tally, codes, row);
    if (combination < 0) continue;
    const rows = tally.rows.get(combination) ?? 0;
    if (rows > 0 || tally.rows.size < MOST_COMBINATIONS) tally.rows.set(combination, rows + 1);
  }
}

/** Segments that are told apart: names by position, and which one a combination belongs to. */
export interface FrozenGrouping {
  readonly tally: SegmentTally;
  readonly names: readonly string[];
  readonly segmentOf: ReadonlyMap<number, number>;
  readonly other: number;
}

/**
 * The `top` largest segments of the grouping (ties by name) with at least `floor` rows, and those that are `named`, closed by its
 * `other`. Their positions begin at `first`.
 */
export function freezeGrouping(
  tally: SegmentTally,
  categories: readonly (CategoryTally | undefined)[],
  options: { top: number; floor: number; named: ReadonlySet<string>; first: number },
): FrozenGrouping {
  const chosen = [...tally.rows]
    .map(([combination, rows]) => ({ combination, rows, name: nameOf(tally, categories, combination) }))
    .toSorted((a, b) => b.rows - a.rows || (a.name < b.name ? -1 : 1))
    .filter(
      ({ name, rows }, rank) => (rank < options.top && rows >= options.floor) || options.named.has(name),
    );
  const { first } = options;
  return {
    tally,
    names: [...chosen.map(({ name }) => name), otherName(tally.keys)],
    segmentOf: new Map(chosen.map(({ combination }, rank) => [combination, first + rank])),
    other: first + chosen.length,
  };
}

/** Writes each row's segment. */
export function segmentsOfRows(
  grouping: FrozenGrouping,
  rows: number,
  codes: readonly Int32Array[],
  into: Int32Array,
): void {
  for (let row = 0; row < rows; row += 1) {
    into[row] = grouping.segmentOf.get(combinationOf(grouping.tally, codes, row)) ?? grouping.other;
  }
}

/** -1 where a value is missing. */
function combinationOf({ columns }: SegmentTally, codes: readonly Int32Array[], row: number): number {
  let combination = 0;
  for (const column of columns) {
    const code = codes[column][row];
    if (code < 0) return -1;
    combination = combination * LEARN_LIMIT + code;
  }
  return combination;
}

function nameOf(
  tally: SegmentTally,
  categories: readonly (CategoryTally | undefined)[],
  combination: number,
): string {
  const values: string[] = [];
  let rest = combination;
  for (const column of tally.columns.toReversed()) {
    values.unshift(categories[column]?.names[rest % LEARN_LIMIT] ?? "");
    rest = Math.floor(rest / LEARN_LIMIT);
  }
  return segmentName(tally.keys, values);
}
