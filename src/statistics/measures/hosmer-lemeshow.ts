import { sumOf } from "../../counts/vector.ts";
import { bandsOfSection } from "../band-sums.ts";
import { chi2Tail } from "../distributions.ts";
import { noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";

export const hosmerLemeshow: Measure = {
  name: "hosmer-lemeshow",
  title: "Hosmer and Lemeshow's statistic, against perfect calibration",
  from: ["outcomes", "top-label"],
  signal: "policy",
  unit: "none",
  shownByDefault: false,
  formula:
    "sum of (sum y - sum p)^2 / (n_b mean p (1 - mean p)) over the bands between the deciles of the reference's scores whose mean p is neither 0 nor 1. extras.df is their number, since the model was not fitted to these labels; extras.pPerfect the tail of chi-square. It grows with the labels, and a sound model need not have a small one.",
  calm: "about extras.df, for a model whose probabilities are right",
  source: "Hosmer and Lemeshow, Goodness of fit tests for the multiple logistic regression model (1980).",
  score(_ref, window) {
    const { size, n, positives, probability } = bandsOfSection(window);
    const labels = sumOf(n);
    if (labels === 0) return noData("no labels with a score");
    let value = 0;
    let df = 0;
    for (let band = 0; band < size; band += 1) {
      const mean = probability[band] / n[band];
      if (!(mean > 0 && mean < 1)) continue;
      value += (positives[band] - probability[band]) ** 2 / (n[band] * mean * (1 - mean));
      df += 1;
    }
    if (df === 0) return { status: "undefined", reason: "all scores are 0 or 1", n: labels };
    const extras = { df, pPerfect: chi2Tail(value, df) };
    return scored({ value, effect: value, n: labels, trust: "policy", extras }, "labels");
  },
};
