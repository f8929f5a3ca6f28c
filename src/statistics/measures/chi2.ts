import { chi2Tail } from "../distributions.ts";
import { scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { pairOfPooledGroups } from "../pairs.ts";

/** Cohen's w of .14 is what psi calls .02. */
export const chi2: Measure = {
  name: "chi2",
  title: "Chi-square of homogeneity",
  from: ["bins", "categories"],
  signal: "distribution",
  unit: "none",
  nature: "statistic",
  defaultAtLeast: 0.14,
  shownByDefault: false,
  formula:
    "two-sample chi-square without correction over the groups of psi; groups with an expected count below 5 on either side are summed into one. " +
    "The effect is extras.w = sqrt(chi2 (1/N + 1/M)), which does not grow with the window; extras.v is Cramer's V, extras.pIid the tail as if rows were independent.",
  calm: "about extras.df, the groups less one, times deff",
  source:
    "Pearson (1900); Cohen, Statistical Power Analysis (1988) for w; Cochran (1954) for the limit of 5.",
  score(ref, window, context) {
    const pooled = pairOfPooledGroups(ref, window, context);
    if ("status" in pooled) return pooled;
    const { n, m } = pooled;
    let value = 0;
    for (let group = 0; group < pooled.size; group += 1) {
      const c = pooled.reference[group];
      const d = pooled.window[group];
      value += (c * m - d * n) ** 2 / (n * m * (c + d));
    }
    const df = pooled.size - 1;
    const w = Math.sqrt(value * (1 / n + 1 / m));
    const extras = { df, v: Math.sqrt(value / (n + m)), w, pIid: chi2Tail(value, df) };
    return scored({ value, effect: w, n: m, extras }, "values");
  },
};
