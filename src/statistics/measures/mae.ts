import { errorScore } from "../error-score.ts";
import type { Measure } from "../measure.ts";

export const mae: Measure = {
  name: "mae",
  title: "Mean absolute error of predictions",
  from: ["values"],
  signal: "policy",
  unit: "none",
  nature: "level",
  shownByDefault: true,
  formula:
    "mean of |prediction - truth|, in the unit of the truth, summed as bias is. lower and upper are the 95% interval of a mean of independent rows.",
  calm: "the model's own, which extras.reference holds",
  source: "Any textbook; the sums are exact in any order.",
  score(_ref, window, context) {
    return errorScore(
      {
        value: ({ magnitude }) => magnitude,
        spread: ({ n, magnitude, square }) => Math.sqrt(Math.max(0, square - magnitude * magnitude) / n),
      },
      window,
      context,
    );
  },
};
