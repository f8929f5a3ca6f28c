import { sumOf } from "../../counts/vector.ts";
import { noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { reliabilityOf } from "../reliability.ts";

export const ecel2: Measure = {
  name: "ecel2",
  title: "Squared calibration error, debiased",
  from: ["outcomes", "top-label"],
  signal: "policy",
  unit: "none",
  shownByDefault: false,
  formula:
    "sum of n_b / n ((mean p - mean y)^2 - mean y (1 - mean y) / (n_b - 1)) over the groups of ece with more than one label. " +
    "It may be negative, and is shown so; the effect is not below 0. extras.plugin is the sum without the correction, extras.root the root of the effect.",
  calm: "about 0, for a model whose probabilities are right",
  source: "Kumar, Liang, Ma, Verified uncertainty calibration (2019).",
  score(_ref, window) {
    const { n, positives, probability } = reliabilityOf(window);
    const labels = sumOf(n);
    if (labels === 0) return noData("no labels with a score");
    let value = 0;
    let plugin = 0;
    for (let group = 0; group < n.length; group += 1) {
      const count = n[group];
      if (count === 0) continue;
      const came = positives[group] / count;
      const square = (probability[group] / count - came) ** 2;
      plugin += (count / labels) * square;
      if (count > 1) value += (count / labels) * (square - (came * (1 - came)) / (count - 1));
    }
    const effect = Math.max(0, value);
    const extras = { plugin, root: Math.sqrt(effect) };
    return scored({ value, effect, n: labels, trust: "policy", extras }, "labels");
  },
};
