import { OUTCOMES } from "../counts/outcomes.ts";

/** A reliability table: labels with a probability, by equal-width groups of it. One entry per group, sums in natural units. */
export interface Reliability {
  readonly n: Float64Array;
  readonly positives: Float64Array;
  /** Sum of p. */
  readonly probability: Float64Array;
  /** Sum of p (1 - p). */
  readonly variance: Float64Array;
}

/** The groups that calibration errors are quoted on: eight bins each. */
const GROUPS = 15;

export function reliabilityOf(section: Float64Array): Reliability {
  const { perBin, scale } = OUTCOMES;
  const binsPerGroup = OUTCOMES.bins / GROUPS;
  const n = new Float64Array(GROUPS);
  const positives = new Float64Array(GROUPS);
  const probability = new Float64Array(GROUPS);
  const variance = new Float64Array(GROUPS);
  for (let bin = 0; bin < OUTCOMES.bins; bin += 1) {
    const at = bin * perBin.length;
    const group = Math.floor(bin / binsPerGroup);
    n[group] += section[at + perBin.n];
    positives[group] += section[at + perBin.positives];
    probability[group] += section[at + perBin.probability] / scale;
    variance[group] += section[at + perBin.variance] / scale;
  }
  return { n, positives, probability, variance };
}
