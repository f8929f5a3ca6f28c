import { scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { pairOfGroups } from "../pairs.ts";

/** The outer decile of a normal column moves by as much at the shift that psi calls .02. */
export const linf: Measure = {
  name: "linf",
  title: "Largest change of a share (L-infinity)",
  from: ["bins", "categories"],
  signal: "distribution",
  unit: "ratio",
  defaultAtLeast: 0.025,
  shownByDefault: false,
  formula:
    "largest |q - p| over the groups of psi: categories, or the spans between the reference's deciles. " +
    "extras.reference and extras.window are the two shares of the group where it is reached.",
  calm: "about 1.5 to 3 times sqrt(p (1 - p)(1/N + 1/M)) of the largest group, times the root of deff",
  source: "The L-infinity distance of two discrete distributions.",
  score(ref, window, context) {
    const pair = pairOfGroups(ref, window, context);
    if ("status" in pair) return pair;
    const { size, reference, window: current, n, m } = pair;
    let value = -1;
    let most = 0;
    for (let group = 0; group < size; group += 1) {
      const change = Math.abs(current[group] / m - reference[group] / n);
      if (change > value) {
        value = change;
        most = group;
      }
    }
    const extras = { reference: reference[most] / n, window: current[most] / m };
    return scored({ value, effect: value, n: m, extras }, "values");
  },
};
