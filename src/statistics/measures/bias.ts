import { errorScore } from "../error-score.ts";
import type { Measure } from "../measure.ts";

export const bias: Measure = {
  name: "bias",
  title: "Mean error of predictions",
  from: ["values"],
  signal: "policy",
  unit: "none",
  nature: "level",
  shownByDefault: true,
  formula:
    "mean of prediction - truth, in the unit of the truth: above 0 where the model says too much. lower and upper are the 95% interval of a mean of independent rows; the effect is its size without sign. " +
    "Errors are summed in whole steps of a 65,536th of an error that is exceeded by 1 in 500 of the reference's (rounded up to a power of two); those beyond 1,024 times it count as that, extras.clipped of them.",
  calm: "the model's own, which extras.reference holds",
  source: "Any textbook; the sums are exact in any order.",
  score(_ref, window, context) {
    return errorScore(
      {
        value: ({ mean }) => mean,
        spread: ({ n, mean, square }) => Math.sqrt(Math.max(0, square - mean * mean) / n),
      },
      window,
      context,
    );
  },
};
