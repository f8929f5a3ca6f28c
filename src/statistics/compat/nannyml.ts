import type { BinsRef, CategoriesRef, SeriesRef } from "../../counts/ref.ts";
import { chi2Tail } from "../distributions.ts";
import { ks } from "../measures/ks.ts";
import { countOfBins } from "../numeric-bins.ts";
import { countOutside, momentsOf, regroup } from "./binned-values.ts";
import { BOUNDED, NEW_VALUES, SPREAD } from "./compat-score.ts";
import { hellingerDistance, jensenShannonDistance } from "./distances.ts";
import { transportCost } from "./transport-cost.ts";
import { cellsOf, totalsOf } from "./value-cells.ts";
import type { ValueCells } from "./value-cells.ts";

/*
 * NannyML 0.13 (nannyml/drift/univariate/methods.py, thresholds.py, chunk.py): a method's value by chunk of rows, held against
 * the mean and three standard deviations of the same value over the reference's own chunks.
 */
export interface ChunkValue {
  readonly value: number;
  readonly isExact: boolean;
  readonly reason?: string;
}

/** Numbers with at most so many values, and a tenth as many as rows, are counted by value. */
const FEW_VALUES = 50;
const FEW_SHARE = 0.1;
const LEVEL = 0.05;

/** The upper threshold: mean and three standard deviations (over n) of the reference's chunks; what NannyML calls no lower limit. */
export function thresholdOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return mean + 3 * Math.sqrt(variance);
}

/** The method that is chosen without being asked, for numbers and categories alike: base 2. NaN of an empty chunk. */
export function jensenShannon(ref: SeriesRef, chunk: Float64Array): ChunkValue {
  const { reference, window, ...told } = nannymlShares(ref, chunk);
  return { value: window.length === 0 ? Number.NaN : jensenShannonDistance(reference, window, 2), ...told };
}

export function hellinger(ref: SeriesRef, chunk: Float64Array): ChunkValue {
  const { reference, window, ...told } = nannymlShares(ref, chunk);
  return { value: window.length === 0 ? Number.NaN : hellingerDistance(reference, window), ...told };
}

/** The distance; from 10,000 reference values on theirs looks at 1 edge for every 500 values only, and is smaller. */
export function kolmogorovSmirnov(ref: BinsRef, chunk: Float64Array): ChunkValue {
  const { value = Number.NaN, lower, upper } = ks.score(ref, chunk);
  return lower === upper ? { value, isExact: true } : { value, isExact: false, reason: BOUNDED };
}

/** Not over the standard deviation. */
export function wasserstein(ref: BinsRef, chunk: Float64Array): ChunkValue {
  if (countOfBins(ref, chunk) === 0) return { value: Number.NaN, isExact: true };
  const { value, isExact, reason } = transportCost(ref, chunk);
  return isExact ? { value, isExact } : { value, isExact, reason };
}

/** The largest change of a share. Of several new values only their sum is known: it is then at most this. */
export function lInfinity(ref: CategoriesRef, chunk: Float64Array): ChunkValue {
  const cells = cellsOf(ref, chunk);
  const { n, m } = totalsOf(cells);
  const known = cells.reference.reduce(
    (most, count, k) => Math.max(most, Math.abs(count / n - cells.window[k] / m)),
    0,
  );
  const other = cells.other / m;
  return other > known
    ? { value: other, isExact: false, reason: NEW_VALUES }
    : { value: m === 0 ? Number.NaN : known, isExact: true };
}

/** Homogeneity, with Yates' correction of two by two cells; alerts at p < .05, whatever the reference's chunks say. */
export function chiSquare(
  ref: CategoriesRef,
  chunk: Float64Array,
): ChunkValue & { readonly isAlert: boolean } {
  const cells = cellsOf(ref, chunk);
  const { n, m } = totalsOf(cells);
  const reference = [...cells.reference, 0];
  const window = [...cells.window, cells.other];
  const used = [...reference.keys()].filter((k) => reference[k] + window[k] > 0);
  const correction = used.length === 2 ? 0.5 : 0;
  let value = 0;
  for (const k of used) {
    const both = reference[k] + window[k];
    const expected = (both * m) / (n + m);
    const difference = Math.abs(window[k] - expected);
    const corrected = difference - Math.min(correction, difference);
    value += corrected ** 2 / expected + corrected ** 2 / (both - expected);
  }
  const isAlert = used.length > 1 && chi2Tail(value, used.length - 1) < LEVEL;
  return cells.other === 0
    ? { value, isAlert, isExact: true }
    : { value, isAlert, isExact: false, reason: NEW_VALUES };
}

interface Shares {
  readonly reference: Float64Array;
  readonly window: Float64Array;
  readonly isExact: boolean;
  readonly reason?: string;
}

/** By value, or in Doane's bins of the reference; what lies in none of them is one more. Without values nothing. */
function nannymlShares(ref: SeriesRef, chunk: Float64Array): Shares {
  const cells = cellsOf(ref, chunk);
  if (ref.kind === "categories" || (cells !== undefined && isFew(cells, ref.total))) {
    if (cells === undefined) throw new RangeError("categories are always counted by value");
    return sharesOfCells(cells);
  }
  const m = countOfBins(ref, chunk);
  const size = doaneSize(ref);
  const { below, above, isExact } = countOutside(ref, chunk);
  const own = countOutside(ref, ref.counts);
  const told = isExact && cells?.other === 0 ? { isExact } : { isExact: false, reason: SPREAD };
  return {
    ...withRest({
      reference: regroup(ref, ref.counts, size),
      window: regroup(ref, chunk, size),
      n: ref.total,
      m,
      rest: below + above,
      // Of the reference itself these are infinite values.
      restOfReference: own.below + own.above,
    }),
    ...told,
  };
}

function isFew({ reference }: ValueCells, total: number): boolean {
  return reference.length <= FEW_VALUES && reference.length / total <= FEW_SHARE;
}

/** New values are one cell there as here. */
function sharesOfCells(cells: ValueCells): Shares {
  const { n, m } = totalsOf(cells);
  return { ...withRest({ ...cells, n, m, rest: cells.other, restOfReference: 0 }), isExact: true };
}

function withRest(counts: {
  readonly reference: Float64Array;
  readonly window: Float64Array;
  readonly n: number;
  readonly m: number;
  /** Of each side: values in none of the cells. */
  readonly rest: number;
  readonly restOfReference: number;
}): Pick<Shares, "reference" | "window"> {
  const { reference, window, n, m, rest, restOfReference } = counts;
  if (m === 0) return { reference: new Float64Array(0), window: new Float64Array(0) };
  const extra = rest + restOfReference > 0 ? [rest / m] : [];
  return {
    reference: Float64Array.from([
      ...reference.map((count) => count / n),
      ...extra.map(() => restOfReference / n),
    ]),
    window: Float64Array.from([...window.map((count) => count / m), ...extra]),
  };
}

/** numpy's doane: bins of equal width over the reference's range, more the more skewed it is. */
function doaneSize(ref: BinsRef): number {
  const n = ref.total;
  const { sd, skewness } = momentsOf(ref);
  if (n <= 2 || !(sd > 0)) return 1;
  const deviation = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  return Math.max(1, Math.ceil(1 + Math.log2(n) + Math.log2(1 + Math.abs(skewness) / deviation)));
}
