import { brierParts } from "../brier-parts.ts";
import { noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { sumOutcomes } from "../outcome-sums.ts";
import { reliabilityOf } from "../reliability.ts";

export const brier: Measure = {
  name: "brier",
  title: "Brier score",
  from: ["outcomes", "top-label"],
  signal: "policy",
  unit: "none",
  shownByDefault: true,
  formula:
    "mean of (p - y)^2. extras.calibrated = mean of p (1 - p): what it would be if the probabilities were right. The value is extras.reliability - resolution + uncertainty + withinVariance - withinCovariance, over the groups of ece, exactly.",
  calm: "about extras.calibrated, for a model whose probabilities are right",
  source:
    "Brier (1950); Murphy, A new vector partition of the probability score (1973); Stephenson, Coelho, Jolliffe, Two extra components in the Brier score decomposition (2008).",
  score(_ref, window) {
    const { n, squaredError, variance } = sumOutcomes(window);
    if (n === 0) return noData("no labels");
    const value = squaredError / n;
    const extras = { calibrated: variance / n, ...brierParts(reliabilityOf(window)) };
    return scored({ value, effect: value, n, trust: "policy", extras }, "labels");
  },
};
