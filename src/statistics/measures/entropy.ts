import { meanCertainty } from "../certainty.ts";
import type { Measure } from "../measure.ts";

export const entropy: Measure = {
  name: "entropy",
  title: "Mean entropy of predictions, in bits",
  from: ["bins"],
  only: ["prediction.score"],
  signal: "distribution",
  unit: "bits",
  nature: "level",
  isBounded: true,
  defaultAtLeast: 0.05,
  shownByDefault: false,
  formula:
    "mean of -p log2 p - (1 - p) log2 (1 - p), p the probability of class 1: 0 where the model is sure, 1 where it knows nothing. " +
    "Scores stand at the middle of their bins, and the exact mean lies in [lower, upper]. The effect is the distance from extras.reference, the same of the reference; " +
    "chance is judged by the score's own directions. Undefined where the reference has scores outside of 0 to 1. Of more than two classes, the column prediction.entropy holds that of each prediction's probabilities, for all measures of numbers.",
  calm: "extras.reference",
  source: "Shannon (1948).",
  score(ref, window, context) {
    return meanCertainty({ certainty: entropyOf, ref, window, context });
  },
};

function entropyOf(probability: number): number {
  return bitsOf(probability) + bitsOf(1 - probability);
}

function bitsOf(share: number): number {
  return share > 0 ? -share * Math.log2(share) : 0;
}
