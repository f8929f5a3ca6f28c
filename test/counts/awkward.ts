import * as fc from "fast-check";

/** Values that break careless binning. */
export const AWKWARD = [
  0,
  -0,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  1e308,
  -1e308,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 53),
  1,
  1 + Number.EPSILON,
  1 - Number.EPSILON / 2,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];

const value = fc.oneof(
  fc.constantFrom(...AWKWARD),
  fc.double({ noNaN: true }),
  fc.integer({ min: -20, max: 20 }),
  fc.double({ min: 1, max: 1 + 1e-12, noNaN: true }),
);

/** Samples of every shape, ties and constants among them; no NaN. */
export const samples = fc.oneof(
  fc.array(value, { minLength: 1, maxLength: 600 }),
  fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 300 }),
  fc
    .tuple(value, fc.integer({ min: 1, max: 300 }))
    .map(([constant, times]) => Array.from({ length: times }, () => constant)),
  fc.array(fc.double({ min: -1e-300, max: 1e-300, noNaN: true }), { minLength: 1, maxLength: 600 }),
);

/** The definition: number of edges <= x. */
export function naiveBin(edges: Float64Array, x: number): number {
  return edges.filter((edge) => edge <= x).length;
}
