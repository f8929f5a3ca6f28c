import { quantile } from "./quantile.ts";

/**
 * A numeric column's frozen bins. bin(x) = number of edges <= x, so bins are right-open, the outer two reach to
 * -Infinity and +Infinity, and -0 equals +0. Edges are distinct type-7 quantiles of the reference; a value that holds more
 * than 1/B of it (an atom) gets the edges v and nextUp(v), and so a bin of its own.
 */
export interface Grid {
  /** Ascending, distinct, finite; bins = edges.length + 1. */
  readonly edges: Float64Array;
  /**
   * Positions in `edges` of the reference's distinct type-7 deciles, ascending: PSI's groups and the directions. Where the last
   * of them is several deciles in one, and values lie above it, nextUp of it follows: what is rare and above an atom is a group
   * of its own, as what is rare and below one is.
   */
  readonly deciles: Int32Array;
  /** The reference's least and greatest finite value; NaN where it has none. */
  readonly minimum: number;
  readonly maximum: number;
  /** The reference's .001 and .999 quantiles (type 7): values outside count as novel. NaN where it has none. */
  readonly low: number;
  readonly high: number;
}

export const DEFAULT_BINS = 240;

/**
 * Freezes a grid on the values of a reference. `values` must not hold NaN and is sorted in place; infinite values are
 * allowed and decide nothing, since edges are quantiles of the finite ones. `bins` is nominal: each atom may add one.
 * With at most bins / 2 distinct values every one of them gets a bin of its own.
 */
export function buildGrid(values: Float64Array, bins = DEFAULT_BINS): Grid {
  values.sort();
  const range = finiteRange(values);
  const deciles = cutsOf(quantiles(values, range, 10), quantile(values, 1, range));
  const runs = distinctRuns(values, range);
  const few = runs.values.length <= bins / 2;
  const edges = few ? new Set(deciles) : new Set(quantiles(values, range, bins));
  const heavy = (range.to - range.from) / bins;
  for (const [position, value] of runs.values.entries()) {
    if (!few && runs.lengths[position] <= heavy) continue;
    edges.add(value);
    edges.add(nextUp(value));
  }
  for (const decile of deciles) edges.add(decile);
  const sorted = Float64Array.from(edges).filter(Number.isFinite).sort();
  return {
    edges: sorted,
    deciles: Int32Array.from(new Set(deciles), (decile) => sorted.indexOf(decile)),
    minimum: quantile(values, 0, range),
    maximum: quantile(values, 1, range),
    low: quantile(values, 0.001, range),
    high: quantile(values, 0.999, range),
  };
}

/** The least double above x: nextUp(0) is 5e-324, nextUp(Number.MAX_VALUE) is Infinity. x must not be NaN. */
export function nextUp(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return x;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x + 0);
  bits.setBigInt64(0, bits.getBigInt64(0) + (x >= 0 ? 1n : -1n));
  return bits.getFloat64(0) + 0;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function finiteRange(sorted: Float64Array): Range {
  let from = 0;
  let to = sorted.length;
  while (from < to && sorted[from] === Number.NEGATIVE_INFINITY) from += 1;
  while (to > from && sorted[to - 1] === Number.POSITIVE_INFINITY) to -= 1;
  return { from, to };
}

/** The inner quantiles at k / groups, ascending, with repetitions; none of an empty range. */
function quantiles(sorted: Float64Array, range: Range, groups: number): number[] {
  if (range.to === range.from) return [];
  return Array.from({ length: groups - 1 }, (_, k) => quantile(sorted, (k + 1) / groups, range));
}

/** The deciles, and what lies above the last of them if it holds two or more and is not the greatest value. */
function cutsOf(deciles: readonly number[], maximum: number): number[] {
  const [before, last] = deciles.slice(-2);
  const isAtom = last !== undefined && before === last;
  return isAtom && last < maximum ? [...deciles, nextUp(last)] : [...deciles];
}

function distinctRuns(sorted: Float64Array, range: Range): { values: Float64Array; lengths: Float64Array } {
  let distinct = 0;
  for (let i = range.from; i < range.to; i += 1) {
    if (i === range.from || sorted[i] !== sorted[i - 1]) distinct += 1;
  }
  const values = new Float64Array(distinct);
  const lengths = new Float64Array(distinct);
  let run = -1;
  for (let i = range.from; i < range.to; i += 1) {
    if (i === range.from || sorted[i] !== sorted[i - 1]) {
      run += 1;
      values[run] = sorted[i] + 0;
    }
    lengths[run] += 1;
  }
  return { values, lengths };
}
