import type { Grid } from "../../src/counts/grid.ts";
import { nextUp } from "../../src/counts/grid.ts";
import { binColumn, prepareBins } from "../../src/counts/bins.ts";
import type { Section } from "../../src/counts/layout.ts";
import { buildLookup } from "../../src/counts/lookup.ts";
import type { BinsRef, CategoriesRef, SeriesRef } from "../../src/counts/ref.ts";
import { addSlots } from "../../src/counts/slots.ts";
import { addSums, stepColumn } from "../../src/counts/sums.ts";
import { BINS_TAIL, binsLength, CATEGORIES_TAIL, sumsLength } from "../../src/counts/tails.ts";
import { cellsOfTexts, DISTINCT } from "../../src/event/distinct-cell.ts";
import { numberColumn } from "../counts/number-batch.ts";

/** The section of a number column, counted the slow way. `null` is missing. */
export function binsSection(grid: Grid, values: Iterable<number | null>): Float64Array {
  const bins = grid.edges.length + 1;
  const section = new Float64Array(bins + BINS_TAIL.length);
  for (const value of values) {
    if (value === null) section[bins + BINS_TAIL.missing] += 1;
    else if (Number.isNaN(value)) section[bins + BINS_TAIL.nan] += 1;
    else {
      section[upperBound(grid.edges, value)] += 1;
      if (!Number.isFinite(value)) section[bins + BINS_TAIL.infinite] += 1;
      if (value < grid.low) section[bins + BINS_TAIL.low] += 1;
      if (value > grid.high) section[bins + BINS_TAIL.high] += 1;
    }
  }
  return section;
}

function upperBound(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A grid with exactly these edges. */
export function gridOf(edges: Float64Array, deciles: Int32Array): Grid {
  const minimum = Number.NEGATIVE_INFINITY;
  const maximum = Number.POSITIVE_INFINITY;
  return { edges, deciles, minimum, maximum, low: minimum, high: maximum };
}

/** A grid on which every one of these values has a bin of its own. */
export function pointGrid(values: Iterable<number>): Grid {
  const edges = new Set<number>();
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    edges.add(value + 0);
    edges.add(nextUp(value));
  }
  return gridOf(Float64Array.from(edges).filter(Number.isFinite).sort(), new Int32Array(0));
}

export function binsRef(grid: Grid, values: Iterable<number | null>): BinsRef {
  return binsRefOf(grid, binsSection(grid, values));
}

function binsRefOf(grid: Grid, counts: Float64Array): BinsRef {
  const total = counts.subarray(0, grid.edges.length + 1).reduce((sum, one) => sum + one, 0);
  return { kind: "bins", column: "x", grid, lookup: buildLookup(grid), counts, total };
}

/** The cells of a category column's values, behind the section of `known` categories, which is left empty. */
export function distinctSection(known: number, values: readonly string[]): Float64Array {
  const first = known + CATEGORIES_TAIL.length;
  const section = new Float64Array(first + DISTINCT.cells);
  for (const cell of cellsOfTexts(values)) section[first + cell] += 1;
  return section;
}

/** Categories named c0, c1, ...; `tail` gives unseen and missing counts. */
export function categoriesSection(
  counts: readonly number[],
  tail: { readonly unseen?: number; readonly missing?: number } = {},
): Float64Array {
  const section = new Float64Array(counts.length + CATEGORIES_TAIL.length);
  section.set(counts);
  section[counts.length + CATEGORIES_TAIL.unseen] = tail.unseen ?? 0;
  section[counts.length + CATEGORIES_TAIL.missing] = tail.missing ?? 0;
  return section;
}

export function categoriesRef(
  counts: readonly number[],
  tail: { readonly unseen?: number; readonly missing?: number } = {},
): CategoriesRef {
  return {
    kind: "categories",
    floor: 0,
    column: "c",
    categories: counts.map((_, code) => `c${code}`),
    counts: categoriesSection(counts, tail),
    total: counts.reduce((sum, one) => sum + one, tail.unseen ?? 0),
  };
}

/** The section of the kind `sums` of a number column, counted as the daemon does. `null` is missing. */
export function sumsSection(grid: Grid, values: Iterable<number | null>): Float64Array {
  const cells = Array.from(values, (value) => value ?? undefined);
  const rows = cells.length;
  const column = numberColumn(cells);
  const length = sumsLength(grid);
  const section: Section = { kind: "sums", column: "x", offset: 0, length };
  const counting = {
    blocks: new Float64Array(length),
    rowBlock: new Int32Array(rows),
    slots: new Int32Array(rows),
    rows,
  };
  const { blocks, slots } = counting;
  binColumn(
    column,
    prepareBins({ column: "x", grid, counts: new Float64Array(binsLength(grid)) }),
    rows,
    slots,
  );
  addSlots({ ...counting, section: { ...section, kind: "bins", length: binsLength(grid) } });
  const amounts = new Int32Array(rows);
  stepColumn({ column, grid, slots, rows, into: amounts });
  addSums({ ...counting, section }, grid, amounts);
  return blocks;
}

/** A reference that knows its sums. */
export function sumsRef(grid: Grid, values: Iterable<number | null>): BinsRef {
  const section = sumsSection(grid, values);
  const bins = binsLength(grid);
  return prepareBins({ column: "x", grid, counts: section.slice(0, bins), sums: section.slice(bins) });
}

/** What the reference counted of itself: of the kind `sums` where it knows them. */
export function ownSection(ref: SeriesRef): Float64Array {
  return ref.kind === "bins" && ref.sums !== undefined
    ? Float64Array.from([...ref.counts, ...ref.sums])
    : ref.counts;
}
