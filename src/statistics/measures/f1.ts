import { confusionShare } from "../confusion.ts";
import type { Measure } from "../measure.ts";

export const f1: Measure = {
  name: "f1",
  title: "F1: harmonic mean of precision and recall",
  from: ["outcomes"],
  signal: "policy",
  unit: "ratio",
  shownByDefault: false,
  formula:
    "2 TP / (2 TP + FP + FN) of class 1 against all others; a decision is true or false, 1 or 0, yes or no, and without such a one score >= 0.5 is it. It is 2 j / (1 + j) of j = TP / (TP + FP + FN), " +
    "and lower and upper are Wilson's 95% interval of j, carried over; extras.of is TP + FP + FN.",
  calm: "the model's own",
  source: "van Rijsbergen, Information Retrieval (1979); Wilson, Probable inference (1927).",
  score(_ref, window) {
    return confusionShare(window, {
      total: ({ truePositives, falsePositives, falseNegatives }) =>
        truePositives + falsePositives + falseNegatives,
      cases: "labels or decisions of class 1",
      transform: (share) => (2 * share) / (1 + share),
    });
  },
};
