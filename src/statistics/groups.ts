import type { BinsRef, CategoriesRef, SeriesRef } from "../counts/ref.ts";
import type { Calibration } from "./calibration.ts";
import { OWN_CELLS, restCount } from "./cells.ts";
import { directionsOf } from "./directions.ts";

/**
 * Reference and window side by side on the coarse groups that PSI, JS and chi-square are quoted on: for numbers the spans
 * between the reference's distinct deciles, for categories the cells of cells.ts. `rest` is a group only if something is in it.
 */
export interface Groups {
  readonly size: number;
  readonly reference: Float64Array;
  readonly window: Float64Array;
  /** Their totals, N and M. */
  readonly n: number;
  readonly m: number;
}

export function groupsOf(ref: SeriesRef, window: Float64Array): Groups {
  return ref.kind === "bins" ? spans(ref, window) : cells(ref, window);
}

function spans(ref: BinsRef, window: Float64Array): Groups {
  const { edges, deciles } = ref.grid;
  const size = deciles.length + 1;
  const reference = new Float64Array(size);
  const current = new Float64Array(size);
  let bin = 0;
  let n = 0;
  let m = 0;
  for (let group = 0; group < size; group += 1) {
    const end = group < deciles.length ? deciles[group] + 1 : edges.length + 1;
    let left = 0;
    let right = 0;
    for (; bin < end; bin += 1) {
      left += ref.counts[bin];
      right += window[bin];
    }
    reference[group] = left;
    current[group] = right;
    n += left;
    m += right;
  }
  return { size, reference, window: current, n, m };
}

function cells(ref: CategoriesRef, window: Float64Array): Groups {
  const known = ref.categories.length;
  const own = Math.min(known, OWN_CELLS);
  const reference = new Float64Array(own + 1);
  const current = new Float64Array(own + 1);
  reference[own] = restCount(ref.counts, known);
  current[own] = restCount(window, known);
  let n = reference[own];
  let m = current[own];
  for (let cell = 0; cell < own; cell += 1) {
    reference[cell] = ref.counts[cell];
    current[cell] = window[cell];
    n += reference[cell];
    m += current[cell];
  }
  const size = known > own || reference[own] + current[own] > 0 ? own + 1 : own;
  return { size, reference, window: current, n, m };
}

/**
 * deff of each group of a series' distribution, once at load. A category's own direction says it. A span between two deciles is the difference of two
 * directions, whose deff counts do not tell: the larger of the two stands for it, which errs towards a smaller `excess`.
 * Where no direction is left (a side without reference values), the largest of the series does.
 */
export function groupDeff(ref: SeriesRef, calibration: Calibration): Float64Array {
  const { deff } = calibration.share;
  const largest = deff.reduce((most, one) => Math.max(most, one), 1);
  const { sides } = directionsOf(ref, "distribution");
  if (ref.kind === "categories") {
    const result = new Float64Array(Math.min(ref.categories.length, OWN_CELLS) + 1).fill(largest);
    if (sides.kind === "cells") for (const [e, cell] of sides.cells.entries()) result[cell] = deff[e];
    return result;
  }
  const { deciles } = ref.grid;
  const cuts = sides.kind === "cuts" ? sides.cuts : new Int32Array(0);
  const atDecile = Float64Array.from(deciles, (position) => {
    const plain = cuts.indexOf(position + 1);
    const e = plain >= 0 ? plain : cuts.indexOf(position + 2);
    return e >= 0 ? deff[e] : largest;
  });
  const result = new Float64Array(deciles.length + 1);
  for (let group = 0; group < result.length; group += 1) {
    const lower = group > 0 ? atDecile[group - 1] : 1;
    const upper = group < deciles.length ? atDecile[group] : 1;
    result[group] = Math.max(lower, upper);
  }
  return result;
}
