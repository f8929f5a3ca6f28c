import { normalQuantile } from "../../statistics/normal-table.ts";

/**
 * A share that wanders: in a pane it is Phi((h + sqrt(rho) G) / sqrt(1 - rho)) with h = Phi^-1(share), where G is standard normal
 * and remembers phi of its last pane (Vasicek's model). Its mean is the share itself, whatever rho.
 */
export interface WanderingShare {
  /** In (0, 1). */
  readonly share: number;
  /** How much it moves, 0 to 1. */
  readonly rho: number;
}

/** No further: from here on a share is all or nothing. */
const LARGEST_RHO = 0.95;
const TERMS = 24;
const STEPS = 50;

/**
 * Variance of the mean of `panes` panes of such a share, sampling apart: the covariance of two panes is
 * phi(h)^2 * sum over n >= 1 of He_{n-1}(h)^2 / n! * (rho * memory^lag)^n (Mehler), and powers of an exponential memory are one again.
 */
export function varianceOfMean(
  { share, rho }: WanderingShare,
  { memory, panes }: { readonly memory: number; readonly panes: number },
): number {
  const h = normalQuantile(share);
  const density = Math.exp((-h * h) / 2) / Math.sqrt(2 * Math.PI);
  let sum = 0;
  // He_{n-1}(h) / sqrt((n-1)!), which stays small where both grow.
  let hermite = 1;
  let before = 0;
  for (let n = 1; n <= TERMS; n += 1) {
    sum += (hermite ** 2 / n) * rho ** n * meanMemory(memory ** n, panes);
    const next = (h * hermite - Math.sqrt(n - 1) * before) / Math.sqrt(n);
    before = hermite;
    hermite = next;
  }
  return density ** 2 * sum;
}

/** The rho by which the means of `panes` panes vary so much. */
export function rhoOf(
  share: number,
  { variance, ...window }: { readonly variance: number; readonly memory: number; readonly panes: number },
): number {
  if (!(variance > 0)) return 0;
  return bisect(0, LARGEST_RHO, (rho) => varianceOfMean({ share, rho }, window) < variance);
}

/**
 * What a pane remembers of the last one, where runs of windows vary so many times as much as if windows had no memory (tau). Within a
 * window nobody knows: it is never taken for less than a tenth of the window.
 */
export function memoryOf(tau: number, panes: number): number {
  const least = Math.exp(-1 / Math.max(1, panes / 10));
  const most = Math.exp(-1 / (panes * 50));
  const inflation = (memory: number): number =>
    (1 + memory) / (1 - memory) / (panes * meanMemory(memory, panes));
  return bisect(least, most, (memory) => inflation(memory) < tau);
}

/** Variance of the mean of `panes` values of an AR(1) of variance 1: the mean of memory^|i - j| over all pairs. */
export function meanMemory(memory: number, panes: number): number {
  const rest = 1 - memory;
  if (panes <= 1 || rest < 1e-12) return 1;
  return ((1 + memory) / rest - (2 * memory * (1 - memory ** panes)) / (panes * rest * rest)) / panes;
}

/** The last place at which `isBelow` still holds. */
function bisect(from: number, to: number, isBelow: (place: number) => boolean): number {
  let low = from;
  let high = to;
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return low;
}
