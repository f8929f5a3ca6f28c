import { ownClasses } from "../../counts/classes.ts";
import { CLASSWISE, classwiseSlot } from "../../counts/classwise.ts";
import { OUTCOMES } from "../../counts/outcomes.ts";
import { NO_REFERENCE, noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";

export const classwiseEce: Measure = {
  name: "classwise-ece",
  title: "Expected calibration error of the classes",
  from: ["classwise"],
  signal: "policy",
  unit: "ratio",
  shownByDefault: false,
  formula:
    "mean over the classes of ece, each held against whether it came: sum of |sum p - sum y| over 15 equal-width groups of its probability, over n. Of the 32 classes that the reference decided for most often; extras hold every class, and nullMean what perfect probabilities would show. " +
    "Probabilities are kept to a 65,535th until the label comes: 8 bytes for every three classes of each prediction that waits, where a rule names classwise-ece or classwise-logloss.",
  calm: "about extras.nullMean, for a model whose probabilities are right",
  source: "Kull et al., Beyond temperature scaling (2019).",
  score(_ref, window, context) {
    const names = context?.classes?.classes;
    if (names === undefined) return NO_REFERENCE;
    const n = window[CLASSWISE.n];
    if (!(n > 0)) return noData("no labels with probabilities");
    const own = names.slice(0, ownClasses(names.length));
    const extras: Record<string, number> = {};
    let total = 0;
    let chance = 0;
    for (const [one, name] of own.entries()) {
      const { gap, spread } = gapOf(window, one);
      extras[`class ${name}`] = gap / n;
      total += gap;
      chance += spread;
    }
    const value = total / n / own.length;
    extras["nullMean"] = (Math.sqrt(2 / Math.PI) * chance) / n / own.length;
    return scored({ value, effect: value, n, trust: "policy", extras }, "labels");
  },
};

/** Of one class over its bins: the sums of |sum p - sum y| and of the roots of sum p (1 - p). */
function gapOf(section: Float64Array, one: number): { gap: number; spread: number } {
  const { bins, perBin } = CLASSWISE;
  let gap = 0;
  let spread = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const at = classwiseSlot(one, bin);
    gap += Math.abs(section[at + perBin.probability] / OUTCOMES.scale - section[at + perBin.positives]);
    spread += Math.sqrt(section[at + perBin.variance] / OUTCOMES.scale);
  }
  return { gap, spread };
}
