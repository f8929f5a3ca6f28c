import { finiteBounds } from "../bounded.ts";
import { scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { effectUnit, referenceDeviation, standardDeviation } from "../moments.ts";
import { pairOfSums } from "../pairs.ts";

/** A tenth wider or narrower on a normal column is what psi calls .02. */
export const sd: Measure = {
  name: "sd",
  title: "Standard deviation",
  from: ["sums"],
  signal: "distribution",
  unit: "none",
  nature: "level",
  isBounded: true,
  defaultAtLeast: 0.1,
  shownByDefault: false,
  formula:
    "the standard deviation (ddof 0) of the finite values: the spread of the bins' means, the squares beyond the outermost edges, and inside a bin of width w a third of m (w - m), " +
    "m being the mean of its values above its lower edge. The exact one lies in [lower, upper], where a bin adds nothing, or all of m (w - m). " +
    "The effect is |sd / reference - 1| (of a constant reference: sd in multiples of its value); extras.reference is the reference's. " +
    "Values further than 2^25 spans beyond the reference's outermost bins count as that far, and leave upper open.",
  calm: "the reference's, but for sd / sqrt(2 M) on a normal column, times the root of deff",
  source:
    "The standard deviation of grouped values; Bhatia and Davis, A better bound on the variance (2000).",
  score(ref, window, context) {
    const pair = pairOfSums(ref, window, context);
    if ("status" in pair) return pair;
    const { reference, current } = pair;
    const before = referenceDeviation(reference);
    const found = standardDeviation(current);
    const { value } = found;
    return scored(
      {
        value,
        effect: Math.min(Number.MAX_VALUE, Math.abs(value - before) / effectUnit(reference)),
        n: current.n,
        ...finiteBounds(found),
        extras: { reference: before },
      },
      "values",
    );
  },
};
