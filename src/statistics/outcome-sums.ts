import { OUTCOMES } from "../counts/outcomes.ts";

/** Sums over all bins of an `outcomes` section, in natural units. */
export interface OutcomeSums {
  /** Labels with a probability. */
  readonly n: number;
  readonly positives: number;
  readonly correct: number;
  readonly variance: number;
  readonly squaredError: number;
  readonly spiegelhalter: number;
}

export function sumOutcomes(section: Float64Array): OutcomeSums {
  const { perBin, scale } = OUTCOMES;
  return {
    n: sumOver(section, perBin.n),
    positives: sumOver(section, perBin.positives),
    correct: sumOver(section, perBin.correct),
    variance: sumOver(section, perBin.variance) / scale,
    squaredError: sumOver(section, perBin.squaredError) / scale,
    spiegelhalter: sumOver(section, perBin.spiegelhalter) / scale,
  };
}

function sumOver(section: Float64Array, field: number): number {
  let sum = 0;
  for (let slot = field; slot < OUTCOMES.predicted; slot += OUTCOMES.perBin.length) sum += section[slot];
  return sum;
}
