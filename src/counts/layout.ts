/** Where every count of one (version, segment, pane) stands: one vector of integers, all columns in a row. */
export interface Layout {
  /** Hash of all that decides the meaning of the integers; panes of different layouts never add up. */
  readonly id: string;
  readonly sections: readonly Section[];
  /** Length of the vector. */
  readonly stride: number;
}

/** The part of the vector that one summary kind keeps of one column. */
export interface Section {
  readonly kind: SummaryKindName;
  /** Name of the column; empty for kinds that look at whole events. */
  readonly column: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Every summary is a vector of integers (exact in float64 below 2^53), and merging is addition: so any order, split or
 * replay of the same events gives the same bits.
 */
export type SummaryKindName = "arrivals" | "bins" | "categories" | "outcomes";

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
