import { meanCertainty } from "../certainty.ts";
import type { Measure } from "../measure.ts";

export const confidence: Measure = {
  name: "confidence",
  title: "Mean confidence of predictions",
  from: ["bins"],
  only: ["prediction.score"],
  signal: "distribution",
  unit: "ratio",
  nature: "level",
  isBounded: true,
  defaultAtLeast: 0.02,
  shownByDefault: false,
  formula:
    "mean of max(p, 1 - p), p the probability of class 1; scores stand at the middle of their bins, and the exact mean lies in [lower, upper]. " +
    "The effect is the distance from extras.reference, the same of the reference. The score holds all there is to know of it, so chance is judged by the score's own directions. " +
    "Undefined where the reference has scores outside of 0 to 1. Of more than two classes, the column prediction.confidence holds the largest of each prediction's probabilities, for all measures of numbers.",
  calm: "extras.reference",
  source:
    "Hendrycks and Gimpel, A baseline for detecting misclassified and out-of-distribution examples (2017).",
  score(ref, window, context) {
    return meanCertainty({ certainty: confidenceOf, ref, window, context });
  },
};

function confidenceOf(probability: number): number {
  return Math.max(probability, 1 - probability);
}
