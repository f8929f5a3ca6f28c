import { deviance, stirlingError } from "./saddle-point.ts";

const EPSILON = 2 ** -53;
const TINY = 1e-300;

/**
 * Regularised incomplete beta function I_x(a, b); a, b > 0, 0 <= x <= 1. `complement` is 1 - x for callers that know it
 * better than a subtraction. Continued fraction (DLMF 8.17.22, Press et al. 6.4) with Loader's prefactor: relative error near
 * 1e-13, also for results of 1e-290.
 */
export function incompleteBeta(a: number, b: number, x: number, complement = 1 - x): number {
  if (!(a > 0) || !(b > 0) || !(x >= 0) || !(complement >= 0)) return Number.NaN;
  if (x === 0) return 0;
  if (complement === 0) return 1;
  const n = a + b;
  // x^a (1-x)^b / B(a, b)
  const density =
    Math.exp(
      stirlingError(n) -
        stirlingError(a) -
        stirlingError(b) -
        deviance(a, n * x) -
        deviance(b, n * complement),
    ) * Math.sqrt((a * b) / (2 * Math.PI * n));
  // The fraction converges fast on this side of the mean, and the result is far from 1.
  if (x * (n + 2) < a + 1) return (density * continuedFraction(a, b, x)) / a;
  return 1 - (density * continuedFraction(b, a, complement)) / b;
}

/** Lentz's method, as modified by Thompson and Barnett; two coefficients a step. */
function continuedFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 1e6; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    result *= c * d;
    if (Math.abs(c * d - 1) < 2 * EPSILON) break;
  }
  return result;
}

function away(x: number): number {
  return Math.abs(x) < TINY ? TINY : x;
}
