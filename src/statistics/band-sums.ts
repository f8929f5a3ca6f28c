import { OUTCOMES } from "../counts/outcomes.ts";
import { BAND, bandCount, bandStart } from "../counts/score-bands.ts";

/** Labels by bands of the score: one entry per band, sums in natural units. */
export interface BandSums {
  readonly size: number;
  readonly n: Float64Array;
  readonly positives: Float64Array;
  /** Sum of p. */
  readonly probability: Float64Array;
  /** Sum of p (1 - p). */
  readonly variance: Float64Array;
  /** Sum of (p - y)^2. */
  readonly squaredError: Float64Array;
}

/** The bands of an `outcomes` section. */
export function bandsOfSection(section: Float64Array): BandSums {
  return readBands(section.subarray(bandStart(0)), bandCount(section));
}

/** `slots` are band slots (counts/score-bands.ts) of `size` bands. */
export function readBands(slots: Float64Array, size: number): BandSums {
  const read = (field: number, unit: number): Float64Array =>
    Float64Array.from({ length: size }, (_, band) => slots[band * BAND.length + field] / unit);
  return {
    size,
    n: read(BAND.n, 1),
    positives: read(BAND.positives, 1),
    probability: read(BAND.probability, OUTCOMES.scale),
    variance: read(BAND.variance, OUTCOMES.scale),
    squaredError: read(BAND.squaredError, OUTCOMES.scale),
  };
}
