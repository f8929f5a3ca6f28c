import { BINS_TAIL, CATEGORIES_TAIL } from "../counts/layout.ts";
import { nextUp } from "../counts/grid.ts";
import type { BinsRef, CategoriesRef, SeriesRef } from "../counts/ref.ts";
import type { Signal } from "./calibration.ts";
import { cellName, OWN_CELLS, restCount } from "./cells.ts";

/**
 * The ways in which a series can move, each a two-cell question: how many of M values fall on this side (SIGNIFICANCE 1
 * and 5). Found once from the reference; calibrations and windows are counted by the same list.
 */
export interface Directions {
  readonly signal: Signal;
  readonly column: string;
  /** E. */
  readonly size: number;
  /** For people: "at or above 120", "category ATL", "missing". */
  readonly labels: readonly string[];
  readonly sides: Sides;
}

/** How a section is counted by direction. */
type Sides =
  /** Direction e counts the bins from cuts[e] on; cuts ascend. */
  | { readonly kind: "cuts"; readonly cuts: Int32Array; readonly bins: number }
  /** Direction e counts one cell of a category column (cells.ts). */
  | { readonly kind: "cells"; readonly cells: Int32Array; readonly known: number }
  /** One direction: the sum of `counted` slots, out of the values below `values` and the `besides` slots. */
  | {
      readonly kind: "slots";
      readonly counted: readonly number[];
      readonly values: number;
      readonly besides: readonly number[];
    };

/** The directions of one of the series' questions. A constant column has none in its distribution. */
export function directionsOf(ref: SeriesRef, signal: Signal): Directions {
  if (signal === "missing") return missingDirection(ref);
  if (signal === "novel") return novelDirection(ref);
  return ref.kind === "bins" ? decileDirections(ref) : cellDirections(ref);
}

/**
 * Writes d_e, the window's count of each direction, into the first E places of `into`, and returns M, the values in
 * question: non-missing ones, or for `missing` all well-formed cells. One pass over the section; allocates nothing.
 */
export function countDirections(directions: Directions, section: Float64Array, into: Float64Array): number {
  const { sides } = directions;
  if (sides.kind === "cuts") return countCuts(sides.cuts, sides.bins, section, into);
  if (sides.kind === "cells") {
    const { cells, known } = sides;
    for (let e = 0; e < cells.length; e += 1) {
      into[e] = cells[e] < OWN_CELLS && cells[e] < known ? section[cells[e]] : restCount(section, known);
    }
    return sumOf(section, known) + section[known + CATEGORIES_TAIL.unseen];
  }
  let count = 0;
  for (const slot of sides.counted) count += section[slot];
  into[0] = count;
  let total = sumOf(section, sides.values);
  for (const slot of sides.besides) total += section[slot];
  return total;
}

function countCuts(cuts: Int32Array, bins: number, section: Float64Array, into: Float64Array): number {
  let sum = 0;
  let bin = bins;
  for (let e = cuts.length - 1; e >= 0; e -= 1) {
    while (bin > cuts[e]) {
      bin -= 1;
      sum += section[bin];
    }
    into[e] = sum;
  }
  while (bin > 0) {
    bin -= 1;
    sum += section[bin];
  }
  return sum;
}

function sumOf(section: Float64Array, length: number): number {
  let sum = 0;
  for (let slot = 0; slot < length; slot += 1) sum += section[slot];
  return sum;
}

function decileDirections(ref: BinsRef): Directions {
  const { edges, deciles } = ref.grid;
  const bins = edges.length + 1;
  const found = new Map<number, string>();
  for (const position of deciles) {
    const value = edges[position];
    if (isMixed(ref, position + 1)) {
      found.set(position + 1, `at or above ${value}`);
    } else if (edges[position + 1] === nextUp(value) && isMixed(ref, position + 2)) {
      // All of the reference lies at or above its own smallest value; how much lies above it is still a question.
      found.set(position + 2, `above ${value}`);
    }
  }
  const cuts = Int32Array.from(found.keys()).sort();
  return {
    signal: "distribution",
    column: ref.column,
    size: cuts.length,
    labels: Array.from(cuts, (cut) => found.get(cut) ?? ""),
    sides: { kind: "cuts", cuts, bins },
  };
}

/** Whether some, and not all, of the reference lies in the bins from `cut` on. */
function isMixed(ref: BinsRef, cut: number): boolean {
  let above = 0;
  for (let bin = cut; bin <= ref.grid.edges.length; bin += 1) above += ref.counts[bin];
  return above > 0 && above < ref.total;
}

function cellDirections(ref: CategoriesRef): Directions {
  const known = ref.categories.length;
  const own = Math.min(known, OWN_CELLS);
  const cells: number[] = [];
  for (let cell = 0; cell <= own; cell += 1) {
    const count = cell < own ? ref.counts[cell] : restCount(ref.counts, known);
    if (count > 0 && count < ref.total) cells.push(cell);
  }
  // Of two cells the second says the same as the first with the sign reversed.
  if (cells.length === 2) cells.pop();
  return {
    signal: "distribution",
    column: ref.column,
    size: cells.length,
    labels: cells.map((cell) => cellName(ref, cell)),
    sides: { kind: "cells", cells: Int32Array.from(cells), known },
  };
}

function missingDirection(ref: SeriesRef): Directions {
  const values = ref.kind === "bins" ? ref.grid.edges.length + 1 : ref.categories.length;
  // A NaN that was sent says as little as a null. Faulty cells are no part of the question: `invalid` watches them.
  const counted =
    ref.kind === "bins"
      ? [values + BINS_TAIL.missing, values + BINS_TAIL.nan]
      : [values + CATEGORIES_TAIL.missing];
  const besides = ref.kind === "bins" ? counted : [...counted, values + CATEGORIES_TAIL.unseen];
  return {
    signal: "missing",
    column: ref.column,
    size: 1,
    labels: ["missing"],
    sides: { kind: "slots", counted, values, besides },
  };
}

function novelDirection(ref: SeriesRef): Directions {
  const base = { signal: "novel", column: ref.column, size: 1 } as const;
  if (ref.kind === "bins") {
    const values = ref.grid.edges.length + 1;
    const counted = [values + BINS_TAIL.low, values + BINS_TAIL.high];
    const label = `outside ${ref.grid.low} to ${ref.grid.high}`;
    return { ...base, labels: [label], sides: { kind: "slots", counted, values, besides: [] } };
  }
  const values = ref.categories.length;
  const unseen = [values + CATEGORIES_TAIL.unseen];
  return {
    ...base,
    labels: ["unseen category"],
    sides: { kind: "slots", counted: unseen, values, besides: unseen },
  };
}
