import { fixed, isScored, OUTCOMES } from "./outcomes.ts";
import type { Outcome } from "./outcomes.ts";

/*
 * The second part of an `outcomes` section: labels with a probability, by bands of the score that end at the deciles of the
 * reference's scores, so that every band holds enough labels whatever the scores are. Integers in the same units.
 */
export const BAND = {
  n: 0,
  positives: 1,
  /** Sum of p. */
  probability: 2,
  /** Sum of p (1 - p). */
  variance: 3,
  /** Sum of (p - y)^2. The sum of (y - p) p follows: half of positives - probability - squaredError + variance. */
  squaredError: 4,
  length: 5,
} as const;

/** A model without scores has one band, which stays empty. */
export const NO_EDGES = new Float64Array(0);

/** Length of an `outcomes` section: the equal-width bins with their counters, then the bands between `edges`. */
export function outcomesLength(edges: Float64Array): number {
  return OUTCOMES.length + (edges.length + 1) * BAND.length;
}

/** How many bands a section has; 0 where it was counted without. */
export function bandCount(section: Float64Array): number {
  return (section.length - OUTCOMES.length) / BAND.length;
}

/** Where the slots of one band begin in a section. */
export function bandStart(band: number): number {
  return OUTCOMES.length + band * BAND.length;
}

/** The band of a score: the number of edges (ascending) that it reaches. */
export function bandOf(edges: Float64Array, score: number): number {
  let band = 0;
  while (band < edges.length && score >= edges[band]) band += 1;
  return band;
}

/**
 * Counts one label in its band, in the band slots that begin at `offset` (for a section, its own offset and bandStart(0));
 * sign -1 takes it back. A label without a probability is in none.
 */
export function addToBand(
  slots: Float64Array,
  offset: number,
  label: { readonly edges: Float64Array; readonly outcome: Outcome; readonly sign: 1 | -1 },
): void {
  const { edges, outcome, sign } = label;
  if (!isScored(outcome)) return;
  const { score, truth } = outcome;
  const at = offset + bandOf(edges, score) * BAND.length;
  slots[at + BAND.n] += sign;
  slots[at + BAND.positives] += sign * truth;
  slots[at + BAND.probability] += sign * fixed(score);
  slots[at + BAND.variance] += sign * fixed(score * (1 - score));
  slots[at + BAND.squaredError] += sign * fixed((score - truth) ** 2);
}
