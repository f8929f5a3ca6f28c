/**
 * G: the two-sample likelihood-ratio statistic of a 2x2 table, reference c of N and window d of M (SIGNIFICANCE 1;
 * Agresti, Categorical Data Analysis, 3.2). Near chi-square(1) under the null; 0 log 0 = 0, floored at 0 against rounding.
 */
export function likelihoodRatio(c: number, N: number, d: number, M: number): number {
  const share = (c + d) / (N + M);
  const rest = 1 - share;
  const g =
    surprise(d, M * share) + surprise(M - d, M * rest) + surprise(c, N * share) + surprise(N - c, N * rest);
  return g > 0 ? 2 * g : 0;
}

/**
 * L: the squared difference of the two log-odds over its variance under the null, from the reference's share. The same
 * question as G on a scale where shocks that multiply small shares have a constant size.
 */
export function logitRatio(c: number, N: number, d: number, M: number): number {
  const q = c / N;
  const difference = Math.log((d + 0.5) / (M - d + 0.5)) - Math.log((c + 0.5) / (N - c + 0.5));
  return (difference * difference * q * (1 - q)) / (1 / M + 1 / N);
}

/** observed ln(observed / expected), 0 ln 0 = 0: a term of every statistic that is a mean of log-ratios. */
export function surprise(observed: number, expected: number): number {
  return observed > 0 ? observed * Math.log(observed / expected) : 0;
}

/**
 * How much smaller than under the null the sampling error of the window's log-odds is: 1 unless the window has moved towards
 * one half, then the geometric mean of null and window. L alone saturates: from 40 in a million to a fifth of 2,500 values
 * is 8 units of log-odds, worth no more than L = 8, and a rare share could never be news.
 */
export function logitEase(c: number, N: number, d: number, M: number): number {
  const q = c / N;
  const moved = (d + 0.5) / (M + 1);
  return Math.min(1, Math.sqrt((q * (1 - q)) / (moved * (1 - moved))));
}

/**
 * The same on the scale of the logarithm of the share: a shock that multiplies a share of a half by a lognormal is skewed on
 * the scale of shares, more so on that of log-odds, and has a constant size only here. N - c and M - d ask for the rest.
 */
export function logRatio(c: number, N: number, d: number, M: number): number {
  const q = c / N;
  const difference = Math.log((d + 0.5) / (M + 1)) - Math.log((c + 0.5) / (N + 1));
  return (difference * difference * q) / ((1 - q) * (1 / M + 1 / N));
}

/** As logitEase, for the logarithm of the share: 1 unless the share has grown. */
export function logEase(c: number, N: number, d: number, M: number): number {
  const q = c / N;
  const moved = (d + 0.5) / (M + 1);
  return Math.min(1, Math.sqrt(((1 - moved) * q) / (moved * (1 - q))));
}
