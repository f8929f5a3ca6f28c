import { NO_REFERENCE, noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { errorsOf } from "../value-errors.ts";

/** A fifth more is what a seventh of the errors being twice as large makes. */
export const rmseRatio: Measure = {
  name: "rmse-ratio",
  title: "Root mean squared error over the reference's",
  from: ["values"],
  signal: "policy",
  unit: "none",
  defaultAbove: 1.2,
  shownByDefault: true,
  formula: "rmse of the cohort / rmse of the reference.",
  calm: "about 1",
  source: "Any textbook; the sums are exact in any order.",
  score(_ref, window, context) {
    const ruler = context?.values;
    const reference = context?.outcomes;
    if (ruler === undefined || reference === undefined) return NO_REFERENCE;
    const errors = errorsOf(window, ruler.step);
    if (errors.n === 0) return noData("no labels with a number");
    const usual = errorsOf(reference, ruler.step);
    if (usual.n === 0) return NO_REFERENCE;
    if (usual.root === 0) {
      return { status: "undefined", reason: "the reference's predictions have no error", n: errors.n };
    }
    const value = errors.root / usual.root;
    return scored({ value, effect: value, n: errors.n, trust: "policy" }, "labels");
  },
};
