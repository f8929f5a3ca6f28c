import { kolmogorovTail } from "../distributions.ts";

/** Above this scipy leaves the exact law. */
export const MOST_EXACT = 10_000;

/**
 * P(D >= d) of the two-sample Kolmogorov-Smirnov distance of n and m values without ties, 0 <= d <= 1, as scipy's ks_2samp
 * gives it: exactly up to 10,000 values a side, else by the one-sample law of round(nm / (n + m)) values, here in Vrbik's
 * approximation of it (2018; within 1e-4).
 */
export function twoSampleTail(d: number, n: number, m: number): number {
  if (d <= 0) return 1;
  if (Math.max(n, m) <= MOST_EXACT) return exactTail(d, n, m);
  const size = Math.round((n * m) / (n + m));
  const z = d * Math.sqrt(size);
  return Math.max(0, Math.min(1, kolmogorovTail(z + 1 / (6 * Math.sqrt(size)) + (z - 1) / (4 * size))));
}

/**
 * The share of lattice paths from (0, 0) to (n, m) that reach |i/n - j/m| >= d. Hodges, The significance probability of the
 * Smirnov two-sample test (1957): the share at (i, j) is that of its two predecessors, weighted by i and j.
 */
function exactTail(d: number, n: number, m: number): number {
  const [longer, shorter] = n > m ? [n, m] : [m, n];
  const divisor = commonDivisor(longer, shorter);
  const step = longer / divisor;
  const stepShorter = shorter / divisor;
  const h = Math.round(d * step * shorter);
  if (h === 0) return 1;
  // One column of shares is kept, from `first` to before `end`; all places outside have left the band: share 1.
  let first = 0;
  let end = Math.min(Math.ceil(h / step), shorter + 1);
  const shares = new Float64Array(Math.min(2 * end + 2, shorter + 1) + 1).fill(1);
  shares.fill(0, 0, end);
  for (let i = 1; i <= longer; i += 1) {
    const firstBefore = first;
    const lengthBefore = end - first;
    first = Math.min(Math.max(Math.floor((stepShorter * i - h) / step) + 1, 0), shorter);
    end = Math.min(Math.ceil((stepShorter * i + h) / step), shorter + 1);
    if (end <= first) return 1;
    let share = first === 0 ? 0 : 1;
    for (let j = first; j < end; j += 1) {
      share = (shares[j - firstBefore] * i + share * j) / (i + j);
      shares[j - first] = share;
    }
    const length = end - first;
    if (lengthBefore > length) shares.fill(1, length, lengthBefore);
  }
  return shares[end - first - 1];
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
