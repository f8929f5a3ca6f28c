import type { BinsRef } from "../counts/ref.ts";
import { countOfBins, pointsOf } from "./numeric-bins.ts";

/** A quantile of binned values, and the bounds that are certain: infinite where it lies beyond the outermost edges. */
export interface BinnedQuantile {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Type-7 quantile (numpy's default) of the values that a section counts, infinite ones included: linear between the two
 * order statistics around (m - 1) q, 0 <= q <= 1. Inside a bin values are taken as evenly spread; beyond the outermost edges
 * they stay between the edge and the reference's least or greatest value. Exact where every value has a bin of its own;
 * NaN of nothing, and on a grid without edges.
 */
export function quantileOfBins(ref: BinsRef, section: Float64Array, q: number): BinnedQuantile {
  const m = countOfBins(ref, section);
  if (m === 0) return { value: Number.NaN, lower: Number.NaN, upper: Number.NaN };
  const position = (m - 1) * q;
  const share = position - Math.floor(position);
  const below = orderStatistic(ref, section, Math.floor(position));
  if (share === 0) return below;
  const above = orderStatistic(ref, section, Math.floor(position) + 1);
  return {
    value: between(below.value, above.value, share),
    lower: between(below.lower, above.lower, share),
    upper: between(below.upper, above.upper, share),
  };
}

/** Third less first quartile of the reference; Infinity where a double cannot hold it. */
export function interquartileRange(ref: BinsRef): number {
  const [first, third] = [0.25, 0.75].map((q) => quantileOfBins(ref, ref.counts, q).value);
  return third - first;
}

/** The value that `rank` others, 0 <= rank < their number, stand before. */
function orderStatistic({ grid }: BinsRef, section: Float64Array, rank: number): BinnedQuantile {
  const { edges, minimum, maximum } = grid;
  let bin = 0;
  let before = 0;
  while (bin < edges.length && before + section[bin] <= rank) {
    before += section[bin];
    bin += 1;
  }
  const lower = bin > 0 ? edges[bin - 1] : Number.NEGATIVE_INFINITY;
  if (pointsOf(grid)[bin] === 1) return { value: lower, lower, upper: lower };
  const upper = bin < edges.length ? edges[bin] : Number.POSITIVE_INFINITY;
  const from = bin > 0 ? lower : Math.max(-Number.MAX_VALUE, Math.min(minimum, upper));
  const to = bin < edges.length ? upper : Math.min(Number.MAX_VALUE, Math.max(maximum, lower));
  const share = (rank - before + 0.5) / section[bin];
  return { value: Math.min(to, Math.max(from, from * (1 - share) + to * share)), lower, upper };
}

/** Equal ones first: the distance of two infinite bounds would be none. */
function between(low: number, high: number, share: number): number {
  return low === high ? low : low * (1 - share) + high * share;
}
