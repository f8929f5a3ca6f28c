import { prepareBins } from "../counts/bins.ts";
import { prepareCategories } from "../counts/categories.ts";
import type { Grid } from "../counts/grid.ts";
import { buildLookup } from "../counts/lookup.ts";
import type { Lookup } from "../counts/lookup.ts";
import type { SeriesRef } from "../counts/ref.ts";
import type { Reference, ReferenceColumn } from "./reference.ts";

/** One look-up per grid, however many segments count on it. */
const lookups = new WeakMap<Grid, Lookup>();

/**
 * What counting and measuring one series needs of its reference: `column` is the position in the reference's columns.
 * Undefined where the reference has no such segment or column.
 */
export function prepareSeries(reference: Reference, segment: string, column: number): SeriesRef | undefined {
  const described = reference.columns[column];
  const baseline = reference.segments.find(({ name }) => name === segment)?.columns[column];
  if (described === undefined || baseline === undefined) return undefined;
  return refOf(described, baseline.counts);
}

/** The same for counts that stand elsewhere. */
export function refOf(column: ReferenceColumn, counts: Float64Array): SeriesRef {
  const { name, grid, categories } = column;
  if (grid === undefined) return prepareCategories({ column: name, categories, counts });
  return prepareBins({ column: name, grid, counts, lookup: lookupOf(grid) });
}

function lookupOf(grid: Grid): Lookup {
  const known = lookups.get(grid);
  if (known !== undefined) return known;
  const built = buildLookup(grid);
  lookups.set(grid, built);
  return built;
}
