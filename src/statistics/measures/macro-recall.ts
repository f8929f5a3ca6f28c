import { macroScore } from "../macro-score.ts";
import type { Measure } from "../measure.ts";

export const macroRecall: Measure = {
  name: "macro-recall",
  title: "Mean recall of the classes",
  from: ["classes"],
  signal: "policy",
  unit: "ratio",
  nature: "share",
  shownByDefault: false,
  formula:
    "mean over the classes of the share of their labels that were decided for; also called balanced accuracy where every class came. Of the 32 classes that the reference decided for most often those that came or were decided for; a class without labels counts 0, as in scikit-learn. " +
    "lower and upper are Wald's 95% interval of the mean, as if rows were independent; extras hold every class.",
  calm: "the model's own",
  source: "Sokolova and Lapalme, A systematic analysis of performance measures (2009).",
  score: (_ref, window, context) => macroScore(({ right, came }) => ({ right, of: came }), window, context),
};
