/*
 * The pieces of Loader's saddle-point expansion ("Fast and accurate computation of binomial probabilities", 2000): they give
 * the prefactors of the incomplete gamma and beta functions without the cancellation of log-gammas.
 */

/** Above this the asymptotic series is exact to the last bit. */
const SERIES_FROM = 15;

/** delta(z) = ln Gamma(z + 1) - (z + 1/2) ln z + z - ln(2 pi) / 2, the error of Stirling's formula; z > 0. */
export function stirlingError(z: number): number {
  let shifted = z;
  let sum = 0;
  // delta(z) - delta(z + 1) = (z + 1/2) ln(1 + 1/z) - 1
  while (shifted < SERIES_FROM) {
    sum += (shifted + 0.5) * Math.log1p(1 / shifted) - 1;
    shifted += 1;
  }
  const s = 1 / (shifted * shifted);
  return sum + (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - s / 1188) * s) * s) * s) / shifted;
}

/** x ln(x / mean) + mean - x: how far x lies from its mean, without cancellation where they are close; x >= 0, mean > 0. */
export function deviance(x: number, mean: number): number {
  if (x === 0) return mean;
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const v = difference / (x + mean);
  let sum = difference * v;
  let term = 2 * x * v;
  for (let j = 1; ; j += 1) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return next;
    sum = next;
  }
}
