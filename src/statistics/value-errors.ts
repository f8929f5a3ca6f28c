import { SQUARE_PART, VALUES } from "../counts/values.ts";

/** The errors of a section of the kind `values`, prediction less truth, in the unit of the truth. */
export interface ValueErrors {
  /** Labels with two numbers. */
  readonly n: number;
  /** Of those, the ones whose error is cut off. */
  readonly clipped: number;
  readonly mean: number;
  /** Mean of the errors without sign. */
  readonly magnitude: number;
  /** Mean of their squares, which may be beyond any number where its root is not. */
  readonly square: number;
  readonly root: number;
}

/** `step` is the ruler's. Means are NaN without labels. */
export function errorsOf(section: Float64Array, step: number): ValueErrors {
  const n = section[VALUES.n];
  const squares = section[VALUES.squaresHigh] * SQUARE_PART + section[VALUES.squaresLow];
  return {
    n,
    clipped: section[VALUES.clipped],
    mean: (section[VALUES.errors] / n) * step,
    magnitude: (section[VALUES.magnitudes] / n) * step,
    square: (squares / n) * step * step,
    root: Math.sqrt(squares / n) * step,
  };
}
