import { sumOf } from "../../counts/vector.ts";
import { surprise } from "../likelihood-ratio.ts";

/** Shares of counts; zeros of nothing. */
export function sharesOf(counts: ArrayLike<number>): Float64Array {
  const shares = Float64Array.from(counts);
  const total = sumOf(shares);
  return total === 0 ? shares : shares.map((count) => count / total);
}

/** scipy's jensenshannon: the square root of the divergence, of two lists that each add up to 1; nats unless `base` is given. */
export function jensenShannonDistance(p: Float64Array, q: Float64Array, base = Math.E): number {
  let sum = 0;
  for (const [k, share] of p.entries()) {
    const middle = (share + q[k]) / 2;
    sum += surprise(share, middle) + surprise(q[k], middle);
  }
  return Math.sqrt(Math.max(0, sum) / 2 / Math.log(base));
}

/** scipy's entropy(p, q) in nats, which makes each add up to 1. */
export function relativeEntropy(p: Float64Array, q: Float64Array): number {
  const left = sharesOf(p);
  const right = sharesOf(q);
  return left.reduce((sum, share, k) => sum + surprise(share, right[k]), 0);
}

/** The root of half the sum of squared differences of the roots. */
export function hellingerDistance(p: Float64Array, q: Float64Array): number {
  return Math.sqrt(p.reduce((sum, share, k) => sum + (Math.sqrt(share) - Math.sqrt(q[k])) ** 2, 0) / 2);
}

export function stabilityIndex(p: Float64Array, q: Float64Array): number {
  return p.reduce((sum, share, k) => sum + (share - q[k]) * Math.log(share / q[k]), 0);
}
