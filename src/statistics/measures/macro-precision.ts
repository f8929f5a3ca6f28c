import { macroScore } from "../macro-score.ts";
import type { Measure } from "../measure.ts";

export const macroPrecision: Measure = {
  name: "macro-precision",
  title: "Mean precision of the classes",
  from: ["classes"],
  signal: "policy",
  unit: "ratio",
  nature: "share",
  shownByDefault: false,
  formula:
    "mean over the classes of the share of decisions for them that came true, over the classes of macro-recall; a class that was never decided for counts 0. lower, upper and extras as there.",
  calm: "the model's own",
  source: "Sokolova and Lapalme, A systematic analysis of performance measures (2009).",
  score: (_ref, window, context) =>
    macroScore(({ right, decided }) => ({ right, of: decided }), window, context),
};
