import { noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { reliabilityOf } from "../reliability.ts";

export const ece: Measure = {
  name: "ece",
  title: "Expected calibration error",
  from: ["outcomes"],
  signal: "policy",
  unit: "ratio",
  shownByDefault: true,
  formula:
    "sum of |sum p - sum y| over 15 equal-width groups of the score, over n. extras.nullMean = sqrt(2 / pi) sum of sqrt(sum p (1 - p)), over n: what a perfectly calibrated model would show.",
  calm: "about extras.nullMean, for a model whose probabilities are right",
  source: "Naeini, Cooper, Hauskrecht (2015); the null mean is that of a half-normal in every group.",
  score(_ref, window) {
    const { n, positives, probability, variance } = reliabilityOf(window);
    let labels = 0;
    let gap = 0;
    let chance = 0;
    for (let group = 0; group < n.length; group += 1) {
      labels += n[group];
      gap += Math.abs(probability[group] - positives[group]);
      chance += Math.sqrt(variance[group]);
    }
    if (labels === 0) return noData("no labels");
    const value = gap / labels;
    const extras = { nullMean: (Math.sqrt(2 / Math.PI) * chance) / labels };
    return scored({ value, effect: value, n: labels, trust: "policy", extras }, "labels");
  },
};
