import type { Measure } from "../measure.ts";
import { residualScore } from "../residual-score.ts";
import { psi } from "./psi.ts";

/** As of psi: a shift of the errors by 0.3 of their sd is .086. */
export const residualPsi: Measure = {
  name: "residual-psi",
  title: "Population stability index of errors",
  from: ["residuals"],
  signal: "policy",
  unit: "none",
  defaultAbove: 0.1,
  shownByDefault: true,
  formula:
    "psi of prediction - truth over the reference's distinct deciles of it: how far the PIT of the errors, their place among the reference's, is from uniform. It sees errors that are larger, smaller, more one-sided or otherwise shaped. " +
    "extras as of psi; the noise is that of independent rows.",
  calm: "about (groups - 1)(1/N + 1/M), times deff",
  source:
    "Dawid, The prequential approach (1984), and Gneiting, Balabdaoui, Raftery, Probabilistic forecasts (2007), for the PIT; that of a model of mere numbers is taken by its own past errors.",
  score: (_ref, window, context) => residualScore(psi, window, context),
};
