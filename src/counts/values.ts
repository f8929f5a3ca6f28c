import type { Grid } from "./grid.ts";
import { BINS_TAIL, binsLength } from "./tails.ts";

/*
 * Labels of a model that answers with a number: how far its answers lie from what came. Errors are prediction less truth,
 * summed as integers in steps of the ruler's `step`, so that any order of adding and taking back gives the same bits.
 */
export const VALUES = {
  /** Predictions made, labelled or not. */
  predicted: 0,
  /** Labels without two numbers to hold against each other. */
  unscored: 1,
  n: 2,
  /** Labels whose error is beyond MOST_STEPS, and counts as that. */
  clipped: 3,
  /** Sum of the errors, and of what they are without sign. */
  errors: 4,
  magnitudes: 5,
  /** Sum of their squares: squaresHigh * SQUARE_PART + squaresLow. */
  squaresHigh: 6,
  squaresLow: 7,
  length: 8,
} as const;

/** Errors are counted up to so many steps: the square is still exact in a double. */
const MOST_STEPS = 2 ** 26;
/** A square is kept as two numbers up to this, so that sums of 2^26 labels stay below 2^53. */
export const SQUARE_PART = 2 ** 26;
/** An error of the usual size has 2 to the power of this many steps. */
const USUAL_BITS = 16;

/** What the reference fixes for the labels of numbers. */
export interface ValuesRuler {
  readonly kind: "values";
  /** In the unit of the truth; a power of two. */
  readonly step: number;
  /** The bins of the errors; absent where the reference has no labels. */
  readonly residuals?: Grid;
}

/** The ruler for errors that are seldom larger than `usual`; whatever is not above 0 and finite is taken as 1. */
export function valuesRuler(usual: number, residuals?: Grid): ValuesRuler {
  const size = usual > 0 && Number.isFinite(usual) ? usual : 1;
  // Steps of the smallest doubles would be 0.
  const step = Math.max(2 ** -1000, 2 ** (Math.ceil(Math.log2(size)) - USUAL_BITS));
  return { kind: "values", step, ...(residuals === undefined ? {} : { residuals }) };
}

/** A number that was foretold, and the one that came; NaN where there is none. */
export interface ValueOutcome {
  readonly value: number;
  readonly truth: number;
}

/** Counts one label in the section of the kind `values` that begins at `offset`; sign -1 takes it back. */
export function addValue(
  section: Float64Array,
  offset: number,
  label: { readonly outcome: ValueOutcome; readonly step: number; readonly sign: 1 | -1 },
): void {
  const { outcome, step, sign } = label;
  const error = outcome.value - outcome.truth;
  if (Number.isNaN(error)) {
    section[offset + VALUES.unscored] += sign;
    return;
  }
  const steps = Math.round(error / step);
  const magnitude = Math.min(MOST_STEPS, Math.abs(steps));
  const square = magnitude * magnitude;
  const high = Math.floor(square / SQUARE_PART);
  section[offset + VALUES.n] += sign;
  if (magnitude < Math.abs(steps)) section[offset + VALUES.clipped] += sign;
  section[offset + VALUES.errors] += sign * Math.sign(steps) * magnitude;
  section[offset + VALUES.magnitudes] += sign * magnitude;
  section[offset + VALUES.squaresHigh] += sign * high;
  section[offset + VALUES.squaresLow] += sign * (square - high * SQUARE_PART);
}

/** Length of a section of the kind `residuals`: that of its bins. */
export function residualsLength({ residuals }: ValuesRuler): number {
  return residuals === undefined ? 0 : binsLength(residuals);
}

/** Counts one label's error in the bins of the errors; one that has no number is in none. */
export function addResidual(
  section: Float64Array,
  offset: number,
  label: { readonly outcome: ValueOutcome; readonly grid: Grid; readonly sign: 1 | -1 },
): void {
  const { outcome, grid, sign } = label;
  const error = outcome.value - outcome.truth;
  if (Number.isNaN(error)) return;
  const { edges, low, high } = grid;
  const tail = offset + edges.length + 1;
  section[offset + binOf(edges, error)] += sign;
  if (error < low) section[tail + BINS_TAIL.low] += sign;
  if (error > high) section[tail + BINS_TAIL.high] += sign;
  if (!Number.isFinite(error)) section[tail + BINS_TAIL.infinite] += sign;
}

/** The number of edges <= x. */
function binOf(edges: Float64Array, x: number): number {
  let from = 0;
  let to = edges.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (edges[middle] <= x) from = middle + 1;
    else to = middle;
  }
  return from;
}
