import type { BinsRef } from "../../counts/ref.ts";
import type { Bounded } from "../bounded.ts";
import { scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { pointsOf } from "../numeric-bins.ts";
import { pairOfBins } from "../pairs.ts";

/** The effect of a shift of d sd on a normal column is .30 d; 0.04 is what psi calls .02. */
export const cvm: Measure = {
  name: "cvm",
  title: "Cramer-von Mises statistic",
  from: ["bins"],
  signal: "distribution",
  unit: "none",
  nature: "statistic",
  isBounded: true,
  defaultAtLeast: 0.04,
  shownByDefault: false,
  formula:
    "T = N M / (N + M)^2 times the sum of (F - G)^2 over all N + M values, F and G the shares at or below a value, so equal values count as one step. " +
    "Inside a bin F - G is taken to run straight from edge to edge; the exact T lies in [lower, upper], which are one where every value has its own bin. " +
    "Without ties this is scipy's T; with ties scipy takes midranks, which differ from 0 for equal shares of unequal samples. " +
    "The effect is the root mean square of F - G, which does not grow with the window.",
  calm: "about 1/6, times deff",
  source:
    "Cramer (1928), von Mises (1931); Anderson, On the distribution of the two-sample criterion (1962).",
  score(ref, window, context) {
    const pair = pairOfBins(ref, window, context);
    if ("status" in pair) return pair;
    const { bins, n, m } = pair;
    const squares = meanSquares(bins, window, m);
    const scale = (n / (n + m)) * m;
    const effect = Math.sqrt(squares.value);
    const { lower, upper } = squares;
    return scored(
      { value: scale * squares.value, effect, n: m, lower: scale * lower, upper: scale * upper },
      "values",
    );
  },
};

/** The mean of (F - G)^2 over both samples. Inside a bin with l at its left edge and masses p, q it runs within [l - q, l + p]. */
function meanSquares(ref: BinsRef, window: Float64Array, m: number): Bounded {
  const { counts, total: n, grid } = ref;
  const points = pointsOf(grid);
  const bins = points.length;
  // F and G in units of 1/(N M): no division and, below 2^53, no rounding.
  let value = 0;
  let lower = 0;
  let upper = 0;
  let left = 0;
  let before = 0;
  let beforeWindow = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const c = counts[bin];
    const d = window[bin];
    before += c;
    beforeWindow += d;
    const right = before * m - beforeWindow * n;
    const weight = c + d;
    if (points[bin] === 1) {
      const square = weight * right * right;
      value += square;
      lower += square;
      upper += square;
    } else if (weight > 0) {
      const high = left + c * m;
      const low = left - d * n;
      value += (weight * (left * left + left * right + right * right)) / 3;
      if (low > 0) lower += weight * low * low;
      if (high < 0) lower += weight * high * high;
      upper += weight * (high > -low ? high * high : low * low);
    }
    left = right;
  }
  const all = (n + m) * (n * m) ** 2;
  return { value: value / all, lower: Math.min(lower, value) / all, upper: Math.max(upper, value) / all };
}
