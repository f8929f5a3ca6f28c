import type { BinsRef, CategoriesRef, SeriesRef } from "../counts/ref.ts";
import type { Calibration } from "./calibration.ts";
import { OWN_CELLS, restCount } from "./cells.ts";
import { directionsOf } from "./directions.ts";
import type { ValueSums } from "./value-sums.ts";

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

/**
 * What measures derive from one window and reference, left here for the next measure of the same two. Whoever scores several
 * measures gives them the same one, and a new one as soon as a count changes.
 */
export interface SharedGroups {
  groups?: Groups;
  pooled?: Groups;
  sums?: ValueSums;
}

/** One pass over the section; none if `shared` has the groups already. Nothing of the answer may be changed. */
export function groupsOf(ref: SeriesRef, window: Float64Array, shared?: SharedGroups): Groups {
  if (shared === undefined) return countGroups(ref, window);
  shared.groups ??= countGroups(ref, window);
  return shared.groups;
}

function countGroups(ref: SeriesRef, window: Float64Array): Groups {
  const { counts: reference, total: n } = referenceSide(ref);
  const current = new Float64Array(reference.length);
  const m = ref.kind === "bins" ? addSpans(ref, window, current) : addCells(ref, window, current);
  const last = reference.length - 1;
  const isRestEmpty =
    ref.kind === "categories" && ref.categories.length <= last && reference[last] + current[last] === 0;
  return { size: isRestEmpty ? last : last + 1, reference, window: current, n, m };
}

interface Side {
  readonly counts: Float64Array;
  readonly total: number;
}

/** A reference's own counts never change, and are the same for every window. */
const referenceSides = new WeakMap<SeriesRef, Side>();

function referenceSide(ref: SeriesRef): Side {
  const known = referenceSides.get(ref);
  if (known !== undefined) return known;
  const size = ref.kind === "bins" ? ref.grid.deciles.length : Math.min(ref.categories.length, OWN_CELLS);
  const counts = new Float64Array(size + 1);
  const total = ref.kind === "bins" ? addSpans(ref, ref.counts, counts) : addCells(ref, ref.counts, counts);
  const side = { counts, total };
  referenceSides.set(ref, side);
  return side;
}

/** Adds a section to its spans, and answers its values. */
function addSpans({ grid }: BinsRef, section: Float64Array, into: Float64Array): number {
  const { edges, deciles } = grid;
  let bin = 0;
  let total = 0;
  for (let group = 0; group <= deciles.length; group += 1) {
    const end = group < deciles.length ? deciles[group] + 1 : edges.length + 1;
    let sum = 0;
    for (; bin < end; bin += 1) sum += section[bin];
    into[group] = sum;
    total += sum;
  }
  return total;
}

/** Adds a section to its cells, and answers its values. */
function addCells({ categories }: CategoriesRef, section: Float64Array, into: Float64Array): number {
  const own = into.length - 1;
  into[own] = restCount(section, categories.length);
  let total = into[own];
  for (let cell = 0; cell < own; cell += 1) {
    into[cell] = section[cell];
    total += section[cell];
  }
  return total;
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
