import { chi2Tail } from "../distributions.ts";
import { scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { pairOfPooledGroups } from "../pairs.ts";
import { deviance } from "../saddle-point.ts";

/** Near the null it is chi2; a w of .14 is what psi calls .02. */
export const g: Measure = {
  name: "g",
  title: "Likelihood ratio of homogeneity (G)",
  from: ["bins", "categories"],
  signal: "distribution",
  unit: "none",
  nature: "statistic",
  defaultAtLeast: 0.14,
  shownByDefault: false,
  formula:
    "2 sum of count ln(count / expected) over both samples and the groups of chi2, which pools small ones; 0 ln 0 = 0, no correction. " +
    "The effect is extras.w = sqrt(G (1/N + 1/M)), which does not grow with the window; extras.pIid is the tail as if rows were independent.",
  calm: "about extras.df, the groups less one, times deff",
  source: "Wilks (1938); Agresti, Categorical Data Analysis, 3.2.",
  score(ref, window, context) {
    const pooled = pairOfPooledGroups(ref, window, context);
    if ("status" in pooled) return pooled;
    const { n, m } = pooled;
    let sum = 0;
    for (let group = 0; group < pooled.size; group += 1) {
      const c = pooled.reference[group];
      const d = pooled.window[group];
      const share = (c + d) / (n + m);
      // What deviance adds to count ln(count / expected), expected - count, cancels over all groups.
      sum += deviance(c, n * share) + deviance(d, m * share);
    }
    const df = pooled.size - 1;
    const value = 2 * sum;
    const w = Math.sqrt(value * (1 / n + 1 / m));
    return scored({ value, effect: w, n: m, extras: { df, w, pIid: chi2Tail(value, df) } }, "values");
  },
};
