import type { BinsRef } from "../../counts/ref.ts";
import { kolmogorovTail } from "../distributions.ts";
import { scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { pointsOf } from "../numeric-bins.ts";
import { pairOfBins } from "../pairs.ts";

/** A shift of 0.3 sd is .12 once the window is full; .05 is what psi calls .02. */
export const ks: Measure = {
  name: "ks",
  title: "Kolmogorov-Smirnov distance",
  from: ["bins"],
  signal: "distribution",
  unit: "ratio",
  isBounded: true,
  defaultAtLeast: 0.05,
  shownByDefault: true,
  formula:
    "largest |F - G| at the grid's edges (value = lower). The exact two-sample distance lies in [lower, upper]: inside a bin with differences l, r " +
    "at its edges and masses p, q it is at most min(l + p, r + q) and min(q - l, p - r). extras.pIid = Kolmogorov's Q, as if rows were independent.",
  calm: "about 0.87 sqrt(1/N + 1/M), times the root of deff",
  source: "Kolmogorov (1933), Smirnov (1939); the bounds follow from monotone F and G.",
  score(ref, window, context) {
    const pair = pairOfBins(ref, window, context);
    if ("status" in pair) return pair;
    const { bins, n, m } = pair;
    const { lower, upper } = distanceBounds(bins, window, m);
    const pIid = kolmogorovTail(lower * Math.sqrt((n * m) / (n + m)));
    return scored({ value: lower, effect: lower, n: m, lower, upper, extras: { pIid } }, "values");
  },
};

function distanceBounds(ref: BinsRef, window: Float64Array, m: number): { lower: number; upper: number } {
  const { counts, total: n, grid } = ref;
  const points = pointsOf(grid);
  const bins = points.length;
  // In units of 1/(N M) everything is an integer: no division and, below 2^53, no rounding.
  let lower = 0;
  let upper = 0;
  let left = 0;
  let before = 0;
  let beforeWindow = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    before += counts[bin];
    beforeWindow += window[bin];
    const right = before * m - beforeWindow * n;
    const size = right < 0 ? -right : right;
    if (size > lower) lower = size;
    // left + p = right + q and q - left = p - right: of the two bounds of each side one says it.
    const above = left + counts[bin] * m;
    const below = window[bin] * n - left;
    const inside = above > below ? above : below;
    // A bin of a single value has no inside; asked only where the answer matters.
    if (inside > upper && points[bin] === 0) upper = inside;
    left = right;
  }
  const scale = n * m;
  return { lower: Math.min(1, lower / scale), upper: Math.min(1, Math.max(lower, upper) / scale) };
}
