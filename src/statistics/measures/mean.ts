import { scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { effectUnit, meanFromCenter, referenceMean } from "../moments.ts";
import { pairOfSums } from "../pairs.ts";

/** What psi calls .02 is .14 on a normal column. */
export const mean: Measure = {
  name: "mean",
  title: "Mean",
  from: ["sums"],
  signal: "distribution",
  unit: "none",
  nature: "level",
  isBounded: true,
  defaultAtLeast: 0.1,
  shownByDefault: false,
  formula:
    "the mean of the finite values, from their sums per bin in steps of the bin's width / 2^20; [lower, upper] holds the mean of the values before that rounding. " +
    "The effect is its distance from the reference's mean in standard deviations of the reference (of a constant reference: in multiples of its value). " +
    "extras.reference is the reference's mean. Values further than 2^25 spans beyond the reference's outermost bins count as that far, and leave a bound open.",
  calm: "the reference's mean, but for sd sqrt(1/N + 1/M), times the root of deff",
  source: "The arithmetic mean.",
  score(ref, window, context) {
    const pair = pairOfSums(ref, window, context);
    if ("status" in pair) return pair;
    const { reference, current } = pair;
    const { center } = reference.units;
    const before = referenceMean(reference);
    const { value, lower, upper } = meanFromCenter(current);
    const effect = Math.min(Number.MAX_VALUE, Math.abs(value - before) / effectUnit(reference));
    return scored(
      {
        value: held(center + value),
        effect,
        n: current.n,
        ...(Number.isFinite(lower) ? { lower: held(center + lower) } : {}),
        ...(Number.isFinite(upper) ? { upper: held(center + upper) } : {}),
        extras: { reference: held(center + before) },
      },
      "values",
    );
  },
};

/** A mean of clipped values may lie where no double is. */
function held(x: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, x));
}
