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

/** After a number column's B bins. */
export const BINS_TAIL = { missing: 0, nan: 1, infinite: 2, invalid: 3, low: 4, high: 5, length: 6 } as const;

/** After a category column's C known categories. */
export const CATEGORIES_TAIL = { unseen: 0, missing: 1, invalid: 2, length: 3 } as const;

/** Length of the section of a number column: its bins and their tail. */
export function binsLength(grid: Grid): number {
  return grid.edges.length + 1 + BINS_TAIL.length;
}

/** Length of the section of a category column: its known categories and their tail. */
export function categoriesLength(categories: readonly string[]): number {
  return categories.length + CATEGORIES_TAIL.length;
}
