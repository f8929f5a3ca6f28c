import type { BinsRef, CategoriesRef, SeriesRef } from "../counts/ref.ts";
import { BINS_TAIL, CATEGORIES_TAIL } from "../counts/tails.ts";
import type { Calibration } from "../statistics/calibration.ts";
import { caseTotal } from "../statistics/cases.ts";
import { OWN_CELLS } from "../statistics/cells.ts";
import type { Directions } from "../statistics/directions.ts";
import { scaleSums } from "./expected-window.ts";

type SlotCounts = Pick<Calibration, "counts" | "n">;

/**
 * The reference with a slot's shares. Directions are all that is known of a slot: within what they tell apart its values are
 * taken to lie as those of the whole reference do. What is quoted on the same groups, such as PSI, is exact.
 */
export function refOfSlot(ref: SeriesRef, directions: Directions, slot: SlotCounts): SeriesRef {
  return directions.sides.kind === "cases" ? withMissing(ref, slot) : withShares(ref, directions, slot);
}

/** `n` values, missing ones among them, of which the slot's own count is missing. */
function withMissing(ref: SeriesRef, { counts, n }: SlotCounts): SeriesRef {
  const [missing] = counts;
  const before = caseTotal(ref, "missing", ref.counts) - ref.total;
  const slots = missingSlots(ref);
  const ofValues = ref.total === 0 ? 0 : (n - missing) / ref.total;
  const ofMissing = before === 0 ? 0 : missing / before;
  const scaled = ref.counts.map((count, slot) => count * (slots.includes(slot) ? ofMissing : ofValues));
  return withCounts(ref, scaled, n - missing);
}

/** A NaN that was sent says as little as a null. */
function missingSlots(ref: SeriesRef): readonly number[] {
  if (ref.kind === "categories") return [ref.categories.length + CATEGORIES_TAIL.missing];
  const tail = ref.grid.edges.length + 1;
  return [tail + BINS_TAIL.missing, tail + BINS_TAIL.nan];
}

function withShares(ref: SeriesRef, directions: Directions, { counts, n }: SlotCounts): SeriesRef {
  const groups = groupsOf(directions);
  const before = new Float64Array(directions.size + 1);
  for (const [cell, group] of groups.entries()) before[group] += ref.counts[cell];
  const after = groupCounts(directions, counts, n);
  const scaled = ref.counts.map((count, cell) => {
    const group = groups[cell];
    // What is counted beside the values, such as missing ones, is not asked for here.
    if (group === undefined) return (count * n) / ref.total;
    return before[group] === 0 ? 0 : (count * after[group]) / before[group];
  });
  return withCounts(ref, scaled, n);
}

/** By cell of the section: which group of cells it belongs to; entry E is what no direction counts. */
function groupsOf({ sides, size }: Directions): number[] {
  if (sides.kind === "cuts") {
    return Array.from({ length: sides.bins }, (_, bin) => sides.cuts.filter((cut) => cut <= bin).length);
  }
  if (sides.kind !== "cells") return [];
  const rest = Math.min(OWN_CELLS, sides.known);
  return Array.from({ length: sides.known + 1 }, (_, cell) => {
    const e = sides.cells.indexOf(Math.min(cell, rest));
    return e < 0 ? size : e;
  });
}

/** Values of each group: of numbers the span below the first cut comes first, and E is what lies above the last. */
function groupCounts({ sides, size }: Directions, counts: Float64Array, n: number): Float64Array {
  const groups = new Float64Array(size + 1);
  if (sides.kind === "cuts") {
    for (let g = 0; g <= size; g += 1) groups[g] = (g === 0 ? n : counts[g - 1]) - (g < size ? counts[g] : 0);
    return groups;
  }
  groups.set(counts);
  groups[size] = n - counts.reduce((sum, count) => sum + count, 0);
  return groups;
}

/** The reference of the column, were these its counts and `total` its values. */
export function withCounts(ref: SeriesRef, counts: Float64Array, total: number): SeriesRef {
  if (ref.kind === "categories") return { ...ref, counts, total } satisfies CategoriesRef;
  const { kind, column, grid } = ref;
  const sums = scaleSums(ref, counts);
  return {
    kind,
    column,
    grid,
    get lookup() {
      return ref.lookup;
    },
    counts,
    ...(sums === undefined ? {} : { sums }),
    total,
  } satisfies BinsRef;
}
