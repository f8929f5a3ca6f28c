import { errorScore } from "../error-score.ts";
import type { Measure } from "../measure.ts";

export const rmse: Measure = {
  name: "rmse",
  title: "Root mean squared error of predictions",
  from: ["values"],
  signal: "policy",
  unit: "none",
  nature: "level",
  shownByDefault: true,
  formula:
    "root of the mean of (prediction - truth)^2, in the unit of the truth, summed as bias is. A few large errors decide it: mae beside it says whether they do.",
  calm: "the model's own, which extras.reference holds",
  source: "Any textbook; the sums are exact in any order.",
  score(_ref, window, context) {
    return errorScore({ value: ({ root }) => root, spread: () => Number.NaN }, window, context);
  },
};
