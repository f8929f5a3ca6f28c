/*
 * Many p-values at once, each adjusted so that it may be held against the level itself. For one look at many columns; the
 * daemon shares a budget instead (SIGNIFICANCE 4).
 */

/**
 * Holm's step-down: what is at most alpha afterwards is significant with P(any false one) <= alpha, under any dependence.
 * Step k multiplies the k-th smallest by m - k + 1. Holm (1979). The p are from 0 to 1; answered in their order.
 */
export function holm(p: readonly number[]): Float64Array {
  const adjusted = new Float64Array(p.length);
  let largest = 0;
  for (const [rank, position] of ascending(p).entries()) {
    largest = Math.max(largest, Math.min(1, (p.length - rank) * p[position]));
    adjusted[position] = largest;
  }
  return adjusted;
}

/**
 * Benjamini and Hochberg's q: of those at most alpha, a share of alpha is expected to be false, for p that are independent or
 * positively dependent. Step-up: the k-th smallest times m / k. Benjamini and Hochberg (1995).
 */
export function benjaminiHochberg(p: readonly number[]): Float64Array {
  const adjusted = new Float64Array(p.length);
  let least = 1;
  for (const [fromTop, position] of ascending(p).toReversed().entries()) {
    least = Math.min(least, (p.length / (p.length - fromTop)) * p[position]);
    adjusted[position] = least;
  }
  return adjusted;
}

/** Positions by rising p. */
function ascending(p: readonly number[]): number[] {
  return Array.from(p, (_, position) => position).toSorted((a, b) => p[a] - p[b]);
}
