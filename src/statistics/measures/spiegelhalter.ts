import { normalTail } from "../distributions.ts";
import { noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { sumOutcomes } from "../outcome-sums.ts";

export const spiegelhalter: Measure = {
  name: "spiegelhalter",
  title: "Spiegelhalter's Z, against perfect calibration",
  from: ["outcomes", "top-label"],
  signal: "policy",
  unit: "none",
  shownByDefault: false,
  formula:
    "sum of (y - p)(1 - 2p) / sqrt(sum of (1 - 2p)^2 p (1 - p)); standard normal if the probabilities are right. extras.pPerfect is its two-sided tail. A sound model need not be near 0.",
  calm: "0 with a standard deviation of 1, for a model whose probabilities are right",
  source: "Spiegelhalter, Probabilistic prediction in patient management (1986).",
  score(_ref, window) {
    const { n, squaredError, variance, spiegelhalter: spread } = sumOutcomes(window);
    if (n === 0) return noData("no labels");
    if (spread === 0) return { status: "undefined", reason: "all scores are 0, 0.5 or 1", n };
    const value = (squaredError - variance) / Math.sqrt(spread);
    const extras = { pPerfect: 2 * normalTail(Math.abs(value)) };
    return scored({ value, effect: Math.abs(value), n, trust: "policy", extras }, "labels");
  },
};
