import { calibrationError } from "../calibration-error.ts";
import type { Measure } from "../measure.ts";
import { reliabilityOf } from "../reliability.ts";

export const ece: Measure = {
  name: "ece",
  title: "Expected calibration error",
  from: ["outcomes", "top-label"],
  signal: "policy",
  unit: "ratio",
  shownByDefault: true,
  formula:
    "sum of |sum p - sum y| over 15 equal-width groups of the score, over n. extras.nullMean = sqrt(2 / pi) sum of sqrt(sum p (1 - p)), over n: what a perfectly calibrated model would show.",
  calm: "about extras.nullMean, for a model whose probabilities are right",
  source: "Naeini, Cooper, Hauskrecht (2015); the null mean is that of a half-normal in every group.",
  score: (_ref, window) => calibrationError(reliabilityOf(window)),
};
