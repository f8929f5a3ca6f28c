import type { Measure } from "../measure.ts";
import { residualScore } from "../residual-score.ts";
import { ks } from "./ks.ts";

export const residualKs: Measure = {
  name: "residual-ks",
  title: "Kolmogorov-Smirnov distance of errors",
  from: ["residuals"],
  signal: "policy",
  unit: "ratio",
  isBounded: true,
  shownByDefault: false,
  formula:
    "ks of prediction - truth against the reference's: the largest distance of the distribution of the PIT of the errors from the uniform one. The exact distance lies in [lower, upper].",
  calm: "about 0.87 sqrt(1/N + 1/M), times the root of deff",
  source: "Kolmogorov (1933), Smirnov (1939); Dawid, The prequential approach (1984), for the PIT.",
  score: (_ref, window, context) => residualScore(ks, window, context),
};
