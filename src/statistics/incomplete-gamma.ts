import { deviance, stirlingError } from "./saddle-point.ts";

const EPSILON = 2 ** -53;
const TINY = 1e-300;

/**
 * Upper regularised incomplete gamma function Q(a, x); a > 0, x >= 0. Series below a + 1, Legendre's continued fraction
 * above (Press et al., Numerical Recipes, 6.2; DLMF 8.7.1 and 8.9.2), with Loader's prefactor: relative error near 1e-13, also
 * for results of 1e-290.
 */
export function upperGamma(a: number, x: number): number {
  if (!(a > 0) || !(x >= 0)) return Number.NaN;
  if (x === 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  // x^a e^-x / Gamma(a + 1)
  const prefactor = Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a);
  return x < a + 1 ? 1 - prefactor * series(a, x) : prefactor * a * continuedFraction(a, x);
}

/** sum x^n / ((a+1)...(a+n)), from n = 0. */
function series(a: number, x: number): number {
  let sum = 1;
  let term = 1;
  for (let n = 1; term > sum * EPSILON; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Lentz's method, as modified by Thompson and Barnett. */
function continuedFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let result = d;
  for (let i = 1; i < 1e6; i += 1) {
    const numerator = -i * (i - a);
    b += 2;
    d = 1 / away(numerator * d + b);
    c = away(b + numerator / c);
    result *= c * d;
    if (Math.abs(c * d - 1) < 2 * EPSILON) break;
  }
  return result;
}

function away(x: number): number {
  return Math.abs(x) < TINY ? TINY : x;
}
