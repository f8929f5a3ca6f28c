import { prepareBins } from "../counts/bins.ts";
import { prepareCategories } from "../counts/categories.ts";
import type { SeriesRef } from "../counts/ref.ts";
import type { Baseline, Reference, ReferenceColumn } from "./reference.ts";

/** What was prepared of a reference, however many rules ask for it. */
const prepared = new WeakMap<Baseline, SeriesRef>();

/**
 * What counting and measuring one series needs of its reference: `column` is the position in the reference's columns.
 * Undefined where the reference has no such segment or column.
 */
export function findSeriesRef(reference: Reference, segment: string, column: number): SeriesRef | undefined {
  const described = reference.columns[column];
  const baseline = reference.segments.find(({ name }) => name === segment)?.columns[column];
  if (described === undefined || baseline === undefined) return undefined;
  const known = prepared.get(baseline);
  if (known !== undefined) return known;
  const ref = prepareSeriesRef(described, baseline);
  prepared.set(baseline, ref);
  return ref;
}

/** The same for counts that stand elsewhere. */
export function refOf(column: ReferenceColumn, counts: Float64Array): SeriesRef {
  return prepareSeriesRef(column, { counts });
}

function prepareSeriesRef(
  { name, grid, categories }: ReferenceColumn,
  { counts, sums }: Pick<Baseline, "counts" | "sums">,
): SeriesRef {
  if (grid === undefined) return prepareCategories({ column: name, categories, counts });
  return prepareBins({ column: name, grid, counts, sums });
}
