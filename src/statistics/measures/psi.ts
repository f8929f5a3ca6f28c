import { scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { pairOfGroups } from "../pairs.ts";

/** SIGNIFICANCE 3. On a normal column a shift of 0.3 sd is .086 once the window is full. */
export const psi: Measure = {
  name: "psi",
  title: "Population stability index",
  from: ["bins", "categories"],
  signal: "distribution",
  unit: "none",
  defaultAtLeast: 0.02,
  shownByDefault: true,
  formula:
    "sum of (q - p) ln(q / p) over the reference's distinct deciles or categories, p and q the shares (count + 1/2) / (total + groups/2). " +
    "corrected = value - (groups - 1)(1/N + 1/M); excess = value - sum of (1 - p) deff (1/N + 1/M), not below 0, is the effect.",
  calm: "about (groups - 1)(1/N + 1/M), times deff",
  source:
    "Yurdakul and Naranjo, Statistical properties of the population stability index (2020); Jeffreys' prior for empty groups.",
  score(ref, window, context) {
    const pair = pairOfGroups(ref, window, context);
    if ("status" in pair) return pair;
    const { size, reference, window: current, n, m } = pair;
    const noise = 1 / n + 1 / m;
    let value = 0;
    let chance = 0;
    for (let group = 0; group < size; group += 1) {
      const p = (reference[group] + 0.5) / (n + 0.5 * size);
      const q = (current[group] + 0.5) / (m + 0.5 * size);
      value += (q - p) * Math.log(q / p);
      chance += (1 - p) * (context?.groupDeff?.[group] ?? 1) * noise;
    }
    const excess = Math.max(0, value - chance);
    const corrected = value - (size - 1) * noise;
    return scored({ value, effect: excess, n: m, extras: { corrected, excess, chance } }, "values");
  },
};
