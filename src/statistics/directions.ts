import { CATEGORIES_TAIL } from "../counts/tails.ts";
import { nextUp } from "../counts/grid.ts";
import type { BinsRef, CategoriesRef, SeriesRef } from "../counts/ref.ts";
import { sumOf } from "../counts/vector.ts";
import type { Signal } from "./calibration.ts";
import { caseCount, caseTotal } from "./cases.ts";
import type { CaseSignal } from "./cases.ts";
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
  /** One direction: the cases of a share (cases.ts). */
  | { readonly kind: "cases"; readonly ref: SeriesRef; readonly signal: CaseSignal };

/** The directions of one of the series' questions. A constant column has none in its distribution. */
export function directionsOf(ref: SeriesRef, signal: Signal): Directions {
  if (signal !== "distribution") return caseDirection(ref, signal);
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
    return sumOf(section, 0, known) + section[known + CATEGORIES_TAIL.unseen];
  }
  into[0] = caseCount(sides.ref, sides.signal, section);
  return caseTotal(sides.ref, sides.signal, section);
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

function decileDirections(ref: BinsRef): Directions {
  const { edges, deciles } = ref.grid;
  const bins = edges.length + 1;
  const found = new Map<number, string>();
  for (const position of deciles) {
    const value = edges[position];
    if (isMixed(ref, position + 1)) {
      const isAbove = edges[position] === nextUp(edges[position - 1] ?? Number.NaN);
      found.set(position + 1, isAbove ? `above ${edges[position - 1]}` : `at or above ${value}`);
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
  const above = sumOf(ref.counts, cut, ref.grid.edges.length + 1);
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

function caseDirection(ref: SeriesRef, signal: CaseSignal): Directions {
  return {
    signal,
    column: ref.column,
    size: 1,
    labels: [signal === "missing" ? "missing" : NOVEL_LABELS[ref.kind]],
    sides: { kind: "cases", ref, signal },
  };
}

const NOVEL_LABELS = { bins: "in the outermost .1% on either side", categories: "unseen category" } as const;
