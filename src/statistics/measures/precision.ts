import { confusionShare } from "../confusion.ts";
import type { Measure } from "../measure.ts";

export const precision: Measure = {
  name: "precision",
  title: "Share of right decisions among those for class 1",
  from: ["outcomes"],
  signal: "policy",
  unit: "ratio",
  nature: "share",
  shownByDefault: false,
  formula:
    "true positives / decisions for class 1, class 1 against all others; a decision is true or false, 1 or 0, yes or no, and without such a one score >= 0.5 is it. " +
    "lower and upper are Wilson's 95% interval; extras.of is the number of decisions for class 1.",
  calm: "the model's own; the share of class 1 for a model that knows nothing",
  source: "van Rijsbergen, Information Retrieval (1979); Wilson, Probable inference (1927).",
  score(_ref, window) {
    return confusionShare(window, {
      total: ({ truePositives, falsePositives }) => truePositives + falsePositives,
      cases: "decisions for class 1",
    });
  },
};
