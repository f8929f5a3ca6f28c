import type { Grid } from "../counts/grid.ts";

/** A grid as JSON: lists for typed arrays, and null where it has no number. */
export interface PlainGrid {
  readonly edges: readonly number[];
  readonly deciles: readonly number[];
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export function plainGrid({ edges, deciles, minimum, maximum, low, high }: Grid): PlainGrid {
  const plain = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return {
    edges: [...edges],
    deciles: [...deciles],
    minimum: plain(minimum),
    maximum: plain(maximum),
    low: plain(low),
    high: plain(high),
  };
}

/** The inverse of plainGrid. */
export function gridOfPlain({ edges, deciles, minimum, maximum, low, high }: PlainGrid): Grid {
  return {
    edges: Float64Array.from(edges),
    deciles: Int32Array.from(deciles),
    minimum: minimum ?? Number.NaN,
    maximum: maximum ?? Number.NaN,
    low: low ?? Number.NaN,
    high: high ?? Number.NaN,
  };
}
