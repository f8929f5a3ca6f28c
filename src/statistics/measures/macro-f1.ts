import { macroScore } from "../macro-score.ts";
import type { Measure } from "../measure.ts";

export const macroF1: Measure = {
  name: "macro-f1",
  title: "Mean F1 of the classes",
  from: ["classes"],
  signal: "policy",
  unit: "ratio",
  shownByDefault: true,
  formula:
    "mean over the classes of macro-recall of 2 right / (labels + decisions), the harmonic mean of each one's precision and recall. extras hold every class.",
  calm: "the model's own",
  source:
    "Opitz and Burst, Macro F1 and macro F1 (2019): the mean of the classes' F1, as in scikit-learn, not the F1 of the means.",
  score(_ref, window, context) {
    const {
      lower: _lower,
      upper: _upper,
      ...score
    } = macroScore(({ right, came, decided }) => ({ right: 2 * right, of: came + decided }), window, context);
    return score;
  },
};
