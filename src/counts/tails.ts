import { DISTINCT } from "../event/distinct-cell.ts";
import type { Grid } from "./grid.ts";

/** `arrivals`, one per event: what came in, whatever the columns said. Kept on segment `all` also for dropped rows. */
export const ARRIVALS = {
  /** Rows measured. */
  measured: 0,
  /** Of those, rows with at least one faulty cell. */
  faulty: 1,
  /** Rows dropped as invalid (bad id, time...). */
  invalid: 2,
  /** Records that could not be decoded at all. */
  undecodable: 3,
  length: 4,
} as const;

/** How many levels the values beyond either outermost edge are summed by. */
export const SUM_LEVELS = 3;

/** After a number column's B bins. */
export const BINS_TAIL = { missing: 0, nan: 1, infinite: 2, invalid: 3, low: 4, high: 5, length: 6 } as const;

/** After a category column's C known categories. */
export const CATEGORIES_TAIL = { unseen: 0, missing: 1, invalid: 2, length: 3 } as const;

/**
 * Of the values of one level beyond an outermost edge (sum-units.ts): their number, and the sums of their steps and of the
 * squares of these, as squaresHigh * 2^21 + squaresLow.
 */
export const SUMS_LEVEL = { count: 0, steps: 1, squaresHigh: 2, squaresLow: 3, length: 4 } as const;

/** Of one side: its levels from the nearest on, and how many values lie beyond them. */
export const SUMS_SIDE = {
  clipped: SUM_LEVELS * SUMS_LEVEL.length,
  length: SUM_LEVELS * SUMS_LEVEL.length + 1,
} as const;

/** Length of the section of a number column: its bins and their tail. */
export function binsLength(grid: Grid): number {
  return grid.edges.length + 1 + BINS_TAIL.length;
}

/**
 * Length of a section of the kind `sums`: the one of its bins, the sum of steps of every inner bin, and the low and the high
 * side beyond them.
 */
export function sumsLength(grid: Grid): number {
  return binsLength(grid) + Math.max(0, grid.edges.length - 1) + 2 * SUMS_SIDE.length;
}

/** Length of the section of a category column: its known categories and their tail. */
export function categoriesLength(categories: readonly string[]): number {
  return categories.length + CATEGORIES_TAIL.length;
}

/** Length of a section of the kind `distinct`: the one of its categories, and a counter per cell. */
export function distinctLength(categories: readonly string[]): number {
  return categoriesLength(categories) + DISTINCT.cells;
}
