import { scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { pairOfGroups } from "../pairs.ts";

/** Near the null it is half of psi: 0.01 is what psi calls .02. */
export const kl: Measure = {
  name: "kl",
  title: "Kullback-Leibler divergence of the window from the reference",
  from: ["bins", "categories"],
  signal: "distribution",
  unit: "none",
  defaultAtLeast: 0.01,
  shownByDefault: false,
  formula:
    "sum of q ln(q / p) in nats over the groups of psi, p and q the shares of reference and window (count + 1/2) / (total + groups/2): " +
    "with plain shares one new category would make it infinite. extras.reverse is sum of p ln(p / q); the two add up to psi.",
  calm: "about (groups - 1)(1/N + 1/M) / 2, times deff",
  source: "Kullback and Leibler (1951); Jeffreys' prior for empty groups.",
  score(ref, window, context) {
    const pair = pairOfGroups(ref, window, context);
    if ("status" in pair) return pair;
    const { size, reference, window: current, n, m } = pair;
    let forward = 0;
    let reverse = 0;
    for (let group = 0; group < size; group += 1) {
      const p = (reference[group] + 0.5) / (n + 0.5 * size);
      const q = (current[group] + 0.5) / (m + 0.5 * size);
      const ratio = Math.log(q / p);
      forward += q * ratio;
      reverse -= p * ratio;
    }
    const value = Math.max(0, forward);
    return scored({ value, effect: value, n: m, extras: { reverse: Math.max(0, reverse) } }, "values");
  },
};
