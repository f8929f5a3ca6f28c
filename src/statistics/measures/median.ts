import { finiteBounds } from "../bounded.ts";
import { scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { pairOfBins } from "../pairs.ts";
import { quantilesOfBins, quartilesOf } from "../quantiles.ts";

const SHARES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

/** The effect of a shift of d sd on a normal column is .74 d; 0.1 is what psi calls .02. */
export const median: Measure = {
  name: "median",
  title: "Median",
  from: ["bins"],
  signal: "distribution",
  unit: "none",
  nature: "level",
  isBounded: true,
  defaultAtLeast: 0.1,
  shownByDefault: false,
  formula:
    "type-7 quantile at 1/2, each order statistic taken as evenly spread inside its bin: [lower, upper] are the edges around it, and one is left out where it lies beyond the outermost edges; " +
    "there the value stays between the edge and the reference's least or greatest value. extras: p01, p05, p25, p75, p95, p99, and reference, the reference's median. " +
    "The effect is the distance from the reference's median in its interquartile ranges; where its quartiles are one value, in multiples of that value.",
  calm: "the reference's median, but for 0.74 interquartile ranges times sqrt(1/N + 1/M) on a normal column, times the root of deff",
  source:
    "Hyndman and Fan, Sample quantiles in statistical packages (1996), type 7; quantiles of grouped data.",
  score(ref, window, context) {
    const pair = pairOfBins(ref, window, context);
    if ("status" in pair) return pair;
    const { bins, m: n } = pair;
    if (bins.grid.edges.length === 0) {
      return { status: "undefined", reason: "the reference has no finite value", n };
    }
    const [p01, p05, p25, middle, p75, p95, p99] = quantilesOfBins(bins, window, {
      shares: SHARES,
      shared: context?.shared,
    });
    const { value } = middle;
    const { median: before, halfRange } = quartilesOf(bins);
    const unit = halfRange || Math.abs(before / 2) || 0.5;
    return scored(
      {
        value,
        effect: Math.min(Number.MAX_VALUE, Math.abs(value / 2 - before / 2) / unit),
        n,
        ...finiteBounds(middle),
        extras: {
          p01: p01.value,
          p05: p05.value,
          p25: p25.value,
          p75: p75.value,
          p95: p95.value,
          p99: p99.value,
          reference: before,
        },
      },
      "values",
    );
  },
};
