import { surprise } from "../likelihood-ratio.ts";
import { scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { pairOfGroups } from "../pairs.ts";

/** Near the null the divergence in nats is an eighth of psi; 0.0035 bits is what psi calls .02. */
export const js: Measure = {
  name: "js",
  title: "Jensen-Shannon divergence",
  from: ["bins", "categories"],
  signal: "distribution",
  unit: "bits",
  defaultAtLeast: 0.0035,
  shownByDefault: true,
  formula:
    "half of sum p log2(p / m) + sum q log2(q / m), m = (p + q) / 2, over the groups of psi; from 0 to 1 bit. extras.distance is its square root.",
  calm: "about (groups - 1)(1/N + 1/M) / (8 ln 2) bits, times deff",
  source: "Lin, Divergence measures based on the Shannon entropy (1991).",
  score(ref, window, context) {
    const pair = pairOfGroups(ref, window, context);
    if ("status" in pair) return pair;
    const { size, reference, window: current, n, m } = pair;
    let sum = 0;
    for (let group = 0; group < size; group += 1) {
      const p = reference[group] / n;
      const q = current[group] / m;
      const middle = (p + q) / 2;
      sum += surprise(p, middle) + surprise(q, middle);
    }
    const value = Math.min(1, Math.max(0, sum / 2 / Math.LN2));
    return scored({ value, effect: value, n: m, extras: { distance: Math.sqrt(value) } }, "values");
  },
};
