import { OUTCOMES } from "../../counts/outcomes.ts";
import { noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";

export const auc: Measure = {
  name: "auc",
  title: "Area under the ROC curve",
  from: ["outcomes"],
  signal: "policy",
  unit: "ratio",
  isBounded: true,
  shownByDefault: false,
  formula:
    "share of pairs of a label of class 1 and one of class 0 in which the first has the higher score, ties half, from 120 equal-width bins of the score: " +
    "pairs within a bin count half. The exact area lies in [lower, upper], where they count nothing and full; that is no confidence interval.",
  calm: "the model's own; 0.5 for a model that knows nothing",
  source: "Mann and Whitney (1947); Hanley and McNeil (1982).",
  score(_ref, window) {
    const { bins, perBin } = OUTCOMES;
    let n = 0;
    let positives = 0;
    let negatives = 0;
    let above = 0;
    let within = 0;
    for (let bin = 0; bin < bins; bin += 1) {
      const at = bin * perBin.length;
      const here = window[at + perBin.n];
      const right = window[at + perBin.positives];
      above += right * negatives;
      within += right * (here - right);
      positives += right;
      negatives += here - right;
      n += here;
    }
    if (n === 0) return noData("no labels with a score");
    const pairs = positives * negatives;
    if (pairs === 0) return { status: "undefined", reason: "all labels are of one class", n };
    const value = (above + within / 2) / pairs;
    const bounds = { lower: above / pairs, upper: (above + within) / pairs };
    return scored({ value, effect: value, n, ...bounds, trust: "policy" }, "labels");
  },
};
