import { NO_REFERENCE, noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { countOfBins } from "../numeric-bins.ts";
import { quantilesOfBins, quartilesOf } from "../quantiles.ts";

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
    "|median of the window - median of the reference| / (third - first quartile of the reference): type-7 quantiles, each order statistic taken as evenly spread inside " +
    "its bin; beyond the outer edges it stays between the edge and the reference's least or greatest value. " +
    "extras.median and extras.reference are the two medians. Undefined where the quartiles are one value.",
  calm: "about 0.74 sqrt(1/N + 1/M) on a normal column, times the root of deff",
  source:
    "Hyndman and Fan, Sample quantiles in statistical packages (1996), type 7; quantiles of grouped data.",
  score(ref, window, context) {
    if (ref === undefined) return NO_REFERENCE;
    if (ref.kind !== "bins") return { status: "undefined", reason: "not a number column", n: 0 };
    const m = countOfBins(ref, window, context?.shared);
    if (m === 0) return noData("no values");
    if (ref.total === 0) return NO_REFERENCE;
    const [{ value: median }] = quantilesOfBins(ref, window, { shares: [0.5], shared: context?.shared });
    const { median: reference, halfRange } = quartilesOf(ref);
    if (!(halfRange > 0)) {
      return { status: "undefined", reason: "the reference's quartiles are one value", n: m };
    }
    const value = Math.min(Number.MAX_VALUE, Math.abs(median / 2 - reference / 2) / halfRange);
    return scored({ value, effect: value, n: m, extras: { median, reference } }, "values");
  },
};
