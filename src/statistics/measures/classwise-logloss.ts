import { CLASSWISE } from "../../counts/classwise.ts";
import { OUTCOMES } from "../../counts/outcomes.ts";
import { noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";

export const classwiseLogloss: Measure = {
  name: "classwise-logloss",
  title: "Log loss of many classes",
  from: ["classwise"],
  signal: "policy",
  unit: "none",
  shownByDefault: false,
  formula:
    "mean of -ln(the probability given to the class that came), in nats; one below a 131,070th, which is not kept, counts as that. A class without a row of its own was given what the 32 others leave. It costs what classwise-ece costs.",
  calm: "the model's own; ln C for a model that gives C classes the same",
  source: "Good, Rational decisions (1952).",
  score(_ref, window) {
    const n = window[CLASSWISE.n];
    if (!(n > 0)) return noData("no labels with probabilities");
    const value = window[CLASSWISE.logLoss] / OUTCOMES.scale / n;
    return scored({ value, effect: value, n, trust: "policy" }, "labels");
  },
};
