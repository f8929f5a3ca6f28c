import { DEFAULT_FLOOR } from "../config/privacy-floor.ts";
import { prepareBins } from "../counts/bins.ts";
import { prepareCategories } from "../counts/categories.ts";
import type { SeriesRef } from "../counts/ref.ts";
import type { Baseline, Reference, ReferenceColumn, ReferenceSegment } from "./reference.ts";

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
  const ref = prepareSeriesRef(described, baseline, reference.floor);
  prepared.set(baseline, ref);
  return ref;
}

/** Those that enough rows have in common to be named to people; the others' rows are in `other`. */
export function shownSegments({ segments, floor = DEFAULT_FLOOR }: Reference): readonly ReferenceSegment[] {
  // Only names of values hold the sign.
  return segments.filter(({ name, rows }) => rows >= floor || !name.includes("="));
}

/** The same for counts that stand elsewhere. */
export function refOf(column: ReferenceColumn, counts: Float64Array): SeriesRef {
  return prepareSeriesRef(column, { counts });
}

function prepareSeriesRef(
  { name, type, role, grid, categories }: ReferenceColumn,
  { counts, sums }: Pick<Baseline, "counts" | "sums">,
  floor = DEFAULT_FLOOR,
): SeriesRef {
  if (grid === undefined) {
    // The words of a decision are the model's, and `true` says nothing of anybody.
    const isNamed = type === "boolean" || role === "output";
    return prepareCategories({ column: name, categories, counts, floor: isNamed ? 0 : floor });
  }
  return prepareBins({ column: name, grid, counts, sums });
}
