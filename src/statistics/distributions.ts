import { incompleteBeta } from "./incomplete-beta.ts";
import { upperGamma } from "./incomplete-gamma.ts";
import { deviance, stirlingError } from "./saddle-point.ts";

/** P(X > x) of a chi-square with k > 0 degrees of freedom; x >= 0. */
export function chi2Tail(x: number, k: number): number {
  return upperGamma(k / 2, x / 2);
}

/** P(Z > z) of the standard normal. */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  return upperGamma(0.5, (z * z) / 2) / 2;
}

/** Beyond this t * t leaves the doubles; the tail has long been a pure power. */
const POWER_FROM = 1e100;

/** No critical value for a p in the doubles lies above it. */
const LARGEST_ROOT = 1e306;

/** P(T > t) of Student's t; nu > 0, Infinity is the normal. Good in relative terms down to 1e-300. */
export function studentTail(t: number, nu: number): number {
  if (t < 0) return 1 - studentTail(-t, nu);
  if (nu === Number.POSITIVE_INFINITY) return normalTail(t);
  if (t > POWER_FROM) return studentTail(POWER_FROM, nu) * (POWER_FROM / t) ** nu;
  const square = t * t;
  return incompleteBeta(nu / 2, 0.5, nu / (nu + square), square / (nu + square)) / 2;
}

/**
 * The two-sided critical value: the t >= 0 with P(|T| >= t) = p, 0 < p <= 1; for an upper tail of p ask for 2 p. Newton's
 * method on the logarithms of both, kept inside a bracket: the tail is nearly a line there.
 */
export function studentCritical(p: number, nu: number): number {
  if (!(p > 0) || !(p <= 1)) return Number.NaN;
  if (p === 1) return 0;
  const target = p / 2;
  let low = 0;
  let high = 2;
  while (high < LARGEST_ROOT && studentTail(high, nu) > target) {
    low = high;
    high = Math.min(high * high, LARGEST_ROOT);
  }
  let t = low === 0 ? 1 : Math.sqrt(low) * Math.sqrt(high);
  for (let step = 0; step < 200; step += 1) {
    const tail = studentTail(t, nu);
    if (tail > target) low = t;
    else high = t;
    const slope = t > POWER_FROM ? -nu : (-t * studentDensity(t, nu)) / tail;
    let next = t * Math.exp(Math.log(target / tail) / slope);
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (Math.abs(next - t) <= 4e-16 * t) return next;
    t = next;
  }
  return t;
}

/** The density of Student's t at t >= 0, as in R's dt (after Loader). */
function studentDensity(t: number, nu: number): number {
  if (nu === Number.POSITIVE_INFINITY) return Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  const a = nu / 2;
  const constant = stirlingError(a + 0.5) - stirlingError(a) - deviance(a, a + 0.5);
  return Math.exp(constant - (a + 0.5) * Math.log1p((t * t) / nu)) / Math.sqrt(2 * Math.PI);
}

/** A term of a sum that is smaller changes no bit of it. */
const NO_TERM = 1e-17;

/** Kolmogorov's limit law Q(z) = P(sup |bridge| > z); z >= 0. Both of its series (Marsaglia, Tsang, Wang 2003). */
export function kolmogorovTail(z: number): number {
  if (!(z >= 0)) return Number.NaN;
  if (z < 0.2) return 1;
  if (z < 1) {
    let sum = 0;
    for (let j = 1, term = 1; term > NO_TERM * sum; j += 2) {
      term = Math.exp((-j * j * Math.PI * Math.PI) / (8 * z * z));
      sum += term;
    }
    return 1 - (Math.sqrt(2 * Math.PI) / z) * sum;
  }
  let sum = 0;
  for (let j = 1, term = 1; term > NO_TERM * sum; j += 1) {
    term = 2 * Math.exp(-2 * j * j * z * z);
    sum += j % 2 === 1 ? term : -term;
  }
  return sum;
}
