import { OUTCOMES } from "../../counts/outcomes.ts";
import { noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { sumOutcomes } from "../outcome-sums.ts";

export const logloss: Measure = {
  name: "logloss",
  title: "Log loss",
  from: ["outcomes"],
  signal: "policy",
  unit: "none",
  shownByDefault: false,
  formula:
    "mean of -ln(the probability given to what came), in nats, p kept within [1e-15, 1 - 1e-15]. Summed label by label in units of 2^-30, not from bins.",
  calm: "the model's own; ln 2 = 0.693 for a model that says 0.5 of everything",
  source: "Good, Rational decisions (1952).",
  score(_ref, window) {
    const { n } = sumOutcomes(window);
    if (n === 0) return noData("no labels with a score");
    const value = window[OUTCOMES.logLoss] / OUTCOMES.scale / n;
    return scored({ value, effect: value, n, trust: "policy" }, "labels");
  },
};
