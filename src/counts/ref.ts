import type { Grid } from "./grid.ts";
import type { Lookup } from "./lookup.ts";

/** What a summary kind needs of the reference, prepared once at load: the ruler, and the reference's own counts on it. */
export type SeriesRef = BinsRef | CategoriesRef;

export interface BinsRef {
  readonly kind: "bins";
  readonly column: string;
  readonly grid: Grid;
  readonly lookup: Lookup;
  /** The reference's section: bins, then BINS_TAIL. */
  readonly counts: Float64Array;
  /** What follows them in the reference's section of the kind `sums`; absent where nobody summed. */
  readonly sums?: Float64Array;
  /** Values in the bins: non-missing, including infinite ones. */
  readonly total: number;
}

export interface CategoriesRef {
  readonly kind: "categories";
  readonly column: string;
  readonly categories: readonly string[];
  /** A category with fewer rows here is not named to people (shownCategory); 0 where every one may be. */
  readonly floor: number;
  /** The reference's section: categories, then CATEGORIES_TAIL. */
  readonly counts: Float64Array;
  /** Non-missing values, including unseen ones. */
  readonly total: number;
}
