import type { SeriesRef } from "../counts/ref.ts";
import { binaryClasses } from "../event/yes-no.ts";
import { decisionThreshold, USUAL_THRESHOLD } from "./decision-threshold.ts";
import { selectedParts } from "./score-cells.ts";

/** Of each bin or category of a section, the part of its values that are decisions for class 1. */
export type DecisionParts = Float64Array;

/** A reference's categories and bins never change, nor do its labels. */
const known = new WeakMap<SeriesRef, DecisionParts>();

/**
 * Of a decision by its categories; undefined where they are neither yes nor no. Of a score by the threshold that the
 * decisions in `outcomes`, the reference's labels, follow; one half without.
 */
export function decisionParts(ref: SeriesRef, outcomes: Float64Array | undefined): DecisionParts | undefined {
  const found = known.get(ref);
  if (found !== undefined) return found;
  const parts =
    ref.kind === "bins"
      ? selectedParts(ref.grid, (outcomes && decisionThreshold(outcomes)) ?? USUAL_THRESHOLD)
      : binaryClasses(ref.categories);
  if (parts !== undefined) known.set(ref, parts);
  return parts;
}

/** Of a section that begins at `offset`; missing, faulty and unseen values decide nothing. */
export function countSelected(
  parts: DecisionParts,
  section: Float64Array,
  offset = 0,
): { decisions: number; selected: number } {
  let decisions = 0;
  let selected = 0;
  for (let slot = 0; slot < parts.length; slot += 1) {
    const count = section[offset + slot];
    decisions += count;
    selected += count * parts[slot];
  }
  return { decisions, selected };
}
