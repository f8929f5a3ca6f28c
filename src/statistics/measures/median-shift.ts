import type { BinsRef } from "../../counts/ref.ts";
import { NO_REFERENCE, noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { countOfBins, pointsOf } from "../numeric-bins.ts";

/** A shift of d sd on a normal column is .74 d; 0.1 is what psi calls .02. */
export const medianShift: Measure = {
  name: "median-shift",
  title: "Shift of the median, in interquartile ranges",
  from: ["bins"],
  signal: "distribution",
  unit: "none",
  defaultAtLeast: 0.1,
  shownByDefault: false,
  formula:
    "|median of the window - median of the reference| / (third - first quartile of the reference). Each lies in the bin of its order statistic, interpolated straight " +
    "between the bin's edges; beyond the outer edges it stays between the edge and the reference's least or greatest value. " +
    "extras.median and extras.reference are the two medians. Undefined where the quartiles are one value.",
  calm: "about 0.74 sqrt(1/N + 1/M) on a normal column, times the root of deff",
  source: "Quantiles of grouped data by linear interpolation.",
  score(ref, window, context) {
    if (ref === undefined) return NO_REFERENCE;
    if (ref.kind !== "bins") return { status: "undefined", reason: "not a number column", n: 0 };
    const m = countOfBins(ref, window, context?.shared);
    if (m === 0) return noData("no values");
    if (ref.total === 0) return NO_REFERENCE;
    const median = quantileOfBins(ref, window, m / 2);
    const { median: reference, range } = referenceQuartiles(ref);
    if (!(range > 0)) return { status: "undefined", reason: "the reference's quartiles are one value", n: m };
    const value = Math.min(Number.MAX_VALUE, Math.abs(median / 2 - reference / 2) / range);
    return scored({ value, effect: value, n: m, extras: { median, reference } }, "values");
  },
};

interface Quartiles {
  readonly median: number;
  /** Half of the interquartile range, since the difference of two doubles may be beyond them. */
  readonly range: number;
}

/** A reference's own counts never change. */
const quartilesByRef = new WeakMap<BinsRef, Quartiles>();

function referenceQuartiles(ref: BinsRef): Quartiles {
  const known = quartilesByRef.get(ref);
  if (known !== undefined) return known;
  const [first, median, third] = [0.25, 0.5, 0.75].map((share) =>
    quantileOfBins(ref, ref.counts, ref.total * share),
  );
  const quartiles = { median, range: third / 2 - first / 2 };
  quartilesByRef.set(ref, quartiles);
  return quartiles;
}

/** The value that `rank` of the section's values lie below, 0 < rank < their number; NaN on a grid without edges. */
function quantileOfBins({ grid }: BinsRef, section: Float64Array, rank: number): number {
  const { edges, minimum, maximum } = grid;
  let bin = 0;
  let before = 0;
  while (bin < edges.length && before + section[bin] < rank) {
    before += section[bin];
    bin += 1;
  }
  const from = bin > 0 ? edges[bin - 1] : Math.max(minimum, -Number.MAX_VALUE);
  if (pointsOf(grid)[bin] === 1) return from;
  const to = bin < edges.length ? edges[bin] : Math.max(from, Math.min(maximum, Number.MAX_VALUE));
  const share = Math.min(1, (rank - before) / section[bin]);
  return Math.min(to, Math.max(from, from * (1 - share) + to * share));
}
