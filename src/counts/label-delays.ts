/*
 * `delays`, of a cohort of predictions: how many there are, how many got a label, and how long after the prediction it came.
 * A later label of the same prediction revises its truth, not this.
 */

/** Spans per doubling of the delay: each is a twelfth wide at most. */
const PER_OCTAVE = 8;
/** From one second to 388 days; what takes longer is counted in the last span. */
const OCTAVES = 25;

export const DELAYS = {
  predicted: 0,
  /** The first span, below a second; the others follow. */
  spans: 1,
  length: 2 + PER_OCTAVE * OCTAVES,
} as const;

/** The slot of a label that came `delay` ms after its prediction; one from before it came at once. */
export function delaySlot(delay: number): number {
  const seconds = delay / 1000;
  if (!(seconds >= 1)) return DELAYS.spans;
  const span = 1 + Math.floor(PER_OCTAVE * Math.log2(seconds));
  return DELAYS.spans + Math.min(span, DELAYS.length - 1 - DELAYS.spans);
}

/** Upper end of a span, seconds. */
export function delayEnd(slot: number): number {
  return 2 ** ((slot - DELAYS.spans) / PER_OCTAVE);
}

/** How many of the section's predictions have a label. */
export function labelledIn(section: Float64Array): number {
  let labelled = 0;
  for (let slot = DELAYS.spans; slot < DELAYS.length; slot += 1) labelled += section[slot];
  return labelled;
}
