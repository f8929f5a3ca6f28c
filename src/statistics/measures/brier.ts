import { noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { sumOutcomes } from "../outcome-sums.ts";

export const brier: Measure = {
  name: "brier",
  title: "Brier score",
  from: ["outcomes"],
  signal: "policy",
  unit: "none",
  shownByDefault: true,
  formula:
    "mean of (p - y)^2. extras.calibrated = mean of p (1 - p): what it would be if the probabilities were right.",
  calm: "about extras.calibrated, for a model whose probabilities are right",
  source: "Brier (1950).",
  score(_ref, window) {
    const { n, squaredError, variance } = sumOutcomes(window);
    if (n === 0) return noData("no labels");
    const value = squaredError / n;
    return scored(
      { value, effect: value, n, trust: "policy", extras: { calibrated: variance / n } },
      "labels",
    );
  },
};
