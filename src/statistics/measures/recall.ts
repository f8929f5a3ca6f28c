import { confusionShare } from "../confusion.ts";
import type { Measure } from "../measure.ts";

export const recall: Measure = {
  name: "recall",
  title: "Share of class 1 that was found",
  from: ["outcomes"],
  signal: "policy",
  unit: "ratio",
  nature: "share",
  shownByDefault: false,
  formula:
    "true positives / labels of class 1, class 1 against all others; a decision is true or false, 1 or 0, yes or no, and without such a one score >= 0.5 is it. " +
    "lower and upper are Wilson's 95% interval; extras.of is the number of labels of class 1.",
  calm: "the model's own; the share of decisions for class 1 for a model that knows nothing",
  source: "van Rijsbergen, Information Retrieval (1979); Wilson, Probable inference (1927).",
  score(_ref, window) {
    return confusionShare(window, {
      total: ({ truePositives, falseNegatives }) => truePositives + falseNegatives,
      cases: "labels of class 1",
    });
  },
};
