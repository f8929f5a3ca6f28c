import type { BinsRef } from "../../counts/ref.ts";
import { NO_REFERENCE, noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { countOfBins, isPoint } from "../numeric-bins.ts";

/** The effect of a shift of d sd on a normal column is .30 d; 0.04 is what psi calls .02. */
export const cvm: Measure = {
  name: "cvm",
  title: "Cramer-von Mises statistic",
  from: ["bins"],
  signal: "distribution",
  unit: "none",
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
  score(ref, window) {
    if (ref === undefined) return NO_REFERENCE;
    if (ref.kind !== "bins") return { status: "undefined", reason: "not a number column", n: 0 };
    const n = ref.total;
    const m = countOfBins(ref, window);
    if (m === 0) return noData("no values");
    if (n === 0) return NO_REFERENCE;
    const squares = meanSquares(ref, window, m);
    const scale = (n / (n + m)) * m;
    const effect = Math.sqrt(squares.value);
    const { lower, upper } = squares;
    return scored(
      { value: scale * squares.value, effect, n: m, lower: scale * lower, upper: scale * upper },
      "values",
    );
  },
};

interface Squares {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** The mean of (F - G)^2 over both samples. Inside a bin F - G is bounded as in ks. */
function meanSquares(ref: BinsRef, window: Float64Array, m: number): Squares {
  const { edges } = ref.grid;
  const { counts, total: n } = ref;
  let value = 0;
  let lower = 0;
  let upper = 0;
  let left = 0;
  let before = 0;
  let beforeWindow = 0;
  for (let bin = 0; bin <= edges.length; bin += 1) {
    before += counts[bin];
    beforeWindow += window[bin];
    const right = before / n - beforeWindow / m;
    const weight = counts[bin] + window[bin];
    if (isPoint(edges, bin)) {
      const square = weight * right * right;
      value += square;
      lower += square;
      upper += square;
    } else if (weight > 0) {
      const p = counts[bin] / n;
      const q = window[bin] / m;
      const high = Math.min(left + p, right + q);
      const low = Math.max(left - q, right - p);
      value += (weight * (left * left + left * right + right * right)) / 3;
      if (low > 0) lower += weight * low * low;
      if (high < 0) lower += weight * high * high;
      upper += weight * Math.max(low * low, high * high);
    }
    left = right;
  }
  const all = n + m;
  return { value: value / all, lower: Math.min(lower, value) / all, upper: Math.max(upper, value) / all };
}
