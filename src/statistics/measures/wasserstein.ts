import { finiteBounds } from "../bounded.ts";
import { scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { effectUnit } from "../moments.ts";
import { quartilesOf } from "../quantiles.ts";
import { pairOfSums } from "../pairs.ts";
import { transportDistance } from "../transport.ts";

/** A shift of 0.1 sd; what psi calls .02 is .14 on a normal column. */
export const wasserstein: Measure = {
  name: "wasserstein",
  title: "Wasserstein-1 distance",
  from: ["sums"],
  signal: "distribution",
  unit: "none",
  nature: "statistic",
  isBounded: true,
  defaultAtLeast: 0.1,
  shownByDefault: false,
  formula:
    "the area between F and G, in the column's own unit, over finite values: the sum over bins of |r w - (R - W)|, r being F - G at the bin's upper edge, w its width, " +
    "R and W the means over all values of what the bin's values of reference and window lie above its lower edge. That is exact unless F and G cross inside a bin. " +
    "The exact distance lies in [lower, upper], rounding of values included (half of a bin's width / 2^20 each). The effect is perSd, in standard deviations of the reference (of a constant reference: in multiples " +
    "of its value); extras.perIqr in its interquartile ranges. Values further than 2^25 spans beyond the reference's outermost bins count as that far (extras.clipped), and leave upper open.",
  calm: "about 0.9 sd sqrt(1/N + 1/M) on a normal column, times the root of deff",
  source: "Vaserstein (1969); the bounds follow from monotone F and G with known sums.",
  score(ref, window, context) {
    const pair = pairOfSums(ref, window, context);
    if ("status" in pair) return pair;
    const { reference, current, bins } = pair;
    const found = transportDistance(reference, current);
    const { value } = found;
    const perSd = Math.min(Number.MAX_VALUE, value / effectUnit(reference));
    const iqr = 2 * quartilesOf(bins).halfRange;
    const clipped = current.clippedLow + current.clippedHigh;
    const extras = {
      perSd,
      ...(iqr > 0 ? { perIqr: Math.min(Number.MAX_VALUE, value / iqr) } : {}),
      clipped,
    };
    return scored(
      {
        value,
        effect: perSd,
        n: current.n,
        ...finiteBounds(found),
        extras,
      },
      "values",
    );
  },
};
