import { cellOfNumber } from "../../counts/distinct.ts";
import type { SeriesRef } from "../../counts/ref.ts";
import { CATEGORIES_TAIL } from "../../counts/tails.ts";
import { sumOf } from "../../counts/vector.ts";
import { DISTINCT } from "../../event/distinct-cell.ts";
import type { EventBatch, EventPlan } from "../../event/batch.ts";
import { noData, scored } from "../../statistics/measure.ts";
import { uniqueness, uniquenessOfCells } from "../../statistics/measures/uniqueness.ts";
import type { Score } from "../../statistics/score.ts";

/** The different values of a number column, which a daemon does not count: by column of the plan. */
export type NumberCells = ReadonlyMap<number, Float64Array>;

export function createNumberCells({ columns }: EventPlan): NumberCells {
  const numbers = columns.flatMap(({ type, role }, position) =>
    type === "number" && (role === "feature" || role === "output") ? [position] : [],
  );
  return new Map(numbers.map((position) => [position, new Float64Array(DISTINCT.cells)]));
}

export function tallyNumbers(into: NumberCells, batch: EventBatch): void {
  for (const [position, cells] of into) {
    const column = batch.columns[position];
    if (column.type !== "number") continue;
    const { values, validity } = column;
    for (let row = 0; row < batch.rows; row += 1) {
      const isValue = (validity[row >> 3] & (1 << (row & 7))) !== 0 && !Number.isNaN(values[row]);
      if (isValue && batch.reason[row] === 0) cells[cellOfNumber(values[row])] += 1;
    }
  }
}

/** Of any column: from its cells, or where it has none, of booleans and of a model's classes, from what was counted of each. */
export function uniquenessOf(ref: SeriesRef, section: Float64Array, cells: Float64Array | undefined): Score {
  if (cells !== undefined) return uniquenessOfCells(cells);
  if (ref.kind === "bins") return noData("no values");
  const hasCells = section.length > ref.counts.length;
  return hasCells ? uniqueness.score(ref, section) : uniquenessOfCounts(ref.categories.length, section);
}

/** Exact but for categories that the reference never had: they are one at least, and as many as their values at most. */
function uniquenessOfCounts(known: number, section: Float64Array): Score {
  const unseen = section[known + CATEGORIES_TAIL.unseen];
  const n = sumOf(section, 0, known) + unseen;
  if (n === 0) return noData("no values");
  const seen = section.subarray(0, known).filter((count) => count > 0).length;
  const distinct = seen + Math.min(1, unseen);
  const value = distinct / n;
  const upper = (seen + unseen) / n;
  return scored({ value, effect: value, n, lower: value, upper, extras: { distinct } }, "values");
}
