import { OUTCOMES } from "../../counts/outcomes.ts";
import { confusionCounts } from "../confusion.ts";
import { noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { sumOutcomes } from "../outcome-sums.ts";
import { wilsonInterval } from "../wilson.ts";

export const accuracy: Measure = {
  name: "accuracy",
  title: "Share of right decisions",
  from: ["outcomes", "top-label"],
  signal: "policy",
  unit: "ratio",
  nature: "share",
  shownByDefault: true,
  formula:
    "decisions that were the truth / labels with a decision; beside a score a decision is true or false, 1 or 0, yes or no, and without such a one score >= 0.5 is it. lower and upper are Wilson's 95% interval. extras hold the confusion matrix of class 1 against all others, where there are two.",
  calm: "the model's own",
  source: "Wilson, Probable inference (1927).",
  score(_ref, window, context) {
    const sums = sumOutcomes(window);
    const n = sums.n + window[OUTCOMES.decided];
    if (n === 0) return noData("no labels");
    const right = sums.correct + window[OUTCOMES.decidedCorrect];
    const value = right / n;
    const interval = wilsonInterval(right, n);
    // Of many classes there is a matrix, and no class 1.
    const extras = context?.classes === undefined ? confusionCounts(window, n) : {};
    return scored({ value, effect: value, n, trust: "policy", ...interval, extras }, "labels");
  },
};
