import { OUTCOMES } from "../counts/outcomes.ts";
import { wilsonInterval } from "./wilson.ts";

/** A reliability table: labels with a probability, by groups of it. One entry per group, sums in natural units. */
export interface Reliability {
  readonly n: Float64Array;
  readonly positives: Float64Array;
  /** Sum of p. */
  readonly probability: Float64Array;
  /** Sum of p (1 - p). */
  readonly variance: Float64Array;
  /** Sum of (p - y)^2. */
  readonly squaredError: Float64Array;
}

/** The groups that calibration errors are quoted on: eight bins each. */
const GROUPS = 15;

/** By equal-width groups of the score; `groups` divides the number of bins. */
export function reliabilityOf(section: Float64Array, groups = GROUPS): Reliability {
  const { perBin, scale, bins } = OUTCOMES;
  const read = (field: number, unit: number): Float64Array => {
    const sums = new Float64Array(groups);
    for (let bin = 0; bin < bins; bin += 1) {
      sums[Math.floor((bin * groups) / bins)] += section[bin * perBin.length + field] / unit;
    }
    return sums;
  };
  return {
    n: read(perBin.n, 1),
    positives: read(perBin.positives, 1),
    probability: read(perBin.probability, scale),
    variance: read(perBin.variance, scale),
    squaredError: read(perBin.squaredError, scale),
  };
}

/** A group of scores as people read it. */
export interface ReliabilityRow {
  /** Scores from <= p < to; the last group holds 1 as well. */
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** Mean score. */
  readonly score: number;
  /** Share that came true, with Wilson's 95% interval. */
  readonly share: number;
  readonly lower: number;
  readonly upper: number;
}

/** The equal-width groups that hold labels. */
export function reliabilityTable(section: Float64Array, groups = GROUPS): ReliabilityRow[] {
  const { n, positives, probability } = reliabilityOf(section, groups);
  return Array.from(n).flatMap((labels, group) => {
    if (labels === 0) return [];
    return [
      {
        from: group / groups,
        to: (group + 1) / groups,
        n: labels,
        score: probability[group] / labels,
        share: positives[group] / labels,
        ...wilsonInterval(positives[group], labels),
      },
    ];
  });
}
