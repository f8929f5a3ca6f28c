import { scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { pairOfGroups } from "../pairs.ts";

/** Near the null its square is an eighth of psi: 0.05 is what psi calls .02. */
export const hellinger: Measure = {
  name: "hellinger",
  title: "Hellinger distance",
  from: ["bins", "categories"],
  signal: "distribution",
  unit: "none",
  defaultAtLeast: 0.05,
  shownByDefault: false,
  formula: "sqrt(half of sum (sqrt p - sqrt q)^2) over the groups of psi, plain shares; from 0 to 1.",
  calm: "about sqrt((groups - 1)(1/N + 1/M) / 8), times the root of deff",
  source: "Hellinger (1909).",
  score(ref, window, context) {
    const pair = pairOfGroups(ref, window, context);
    if ("status" in pair) return pair;
    const { size, reference, window: current, n, m } = pair;
    let sum = 0;
    for (let group = 0; group < size; group += 1) {
      const difference = Math.sqrt(reference[group] / n) - Math.sqrt(current[group] / m);
      sum += difference * difference;
    }
    const value = Math.min(1, Math.sqrt(sum / 2));
    return scored({ value, effect: value, n: m }, "values");
  },
};
