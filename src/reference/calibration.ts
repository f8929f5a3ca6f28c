import type { Calibration, Dispersion, Signal } from "../statistics/calibration.ts";
import { likelihoodRatio, logitRatio } from "../statistics/likelihood-ratio.ts";
import { blocksOf, disperse } from "./dispersion.ts";
import type { Blocks } from "./dispersion.ts";

/** A reference's own disjoint windows of one length, counted by the directions of one series. */
export interface ReferenceWindows {
  readonly signal: Signal;
  /** ms. */
  readonly windowSize: number;
  /** E, the number of directions. */
  readonly directions: number;
  /** M_w: the values in question of each window. */
  readonly rows: Float64Array;
  /** d_{e,w} at w * E + e. */
  readonly counts: Float64Array;
  /** ms since the epoch, ascending; absent without event time: row order proves nothing. */
  readonly windowStart?: Float64Array;
  /** Declared: the rows are shuffled or sampled, so windows owe nothing to each other. */
  readonly independent: boolean;
}

/** A window with fewer values takes no part, whatever the segment (SIGNIFICANCE 1). */
export const LEAST_ROWS = 50;

/**
 * How much the series varies between its own windows: deff, nu and tau of every direction, on the scale of shares and on
 * that of log-odds (SIGNIFICANCE 1). Each window is held against the rest of the reference.
 */
export function calibrate(windows: ReferenceWindows): Calibration {
  const { signal, windowSize, directions, independent } = windows;
  const usable = usableWindows(windows);
  const k = usable.length;
  const counts = new Float64Array(directions);
  let n = 0;
  for (const w of usable) {
    n += windows.rows[w];
    for (let e = 0; e < directions; e += 1) counts[e] += windows.counts[w * directions + e];
  }
  const blocks = independent ? undefined : blocksOf(windows, usable);
  const measure = (statistic: typeof likelihoodRatio): Dispersion =>
    blocks === undefined
      ? noDispersion(directions)
      : dispersionOf({ windows, usable, totals: { counts, n }, blocks, statistic });
  return {
    signal,
    windowSize,
    k,
    blocks: blocks?.count ?? k,
    n,
    meanRows: k === 0 ? 0 : n / k,
    counts,
    share: measure(likelihoodRatio),
    logit: measure(logitRatio),
  };
}

/**
 * The calibration of a segment that has too few usable windows to learn from: its own counts with its parent's dispersion, the
 * column over all segments (SIGNIFICANCE 1). A segment may lack some of the parent's directions, so the worst of all stands
 * for each: the largest deff and tau, the smallest nu.
 */
export function fallback(calibration: Calibration, parent: Calibration): Calibration {
  const { length } = calibration.counts;
  const borrow = ({ deff, nu, tau }: Dispersion): Dispersion => ({
    deff: new Float64Array(length).fill(deff.reduce((most, one) => Math.max(most, one), 1)),
    nu: new Float64Array(length).fill(
      nu.reduce((least, one) => Math.min(least, one), Math.max(1, parent.k - 1)),
    ),
    tau: new Float64Array(length).fill(tau.reduce((most, one) => Math.max(most, one), 1)),
  });
  return {
    ...calibration,
    k: parent.k,
    blocks: parent.blocks,
    share: borrow(parent.share),
    logit: borrow(parent.logit),
  };
}

function usableWindows({ rows, independent }: ReferenceWindows): number[] {
  const usable: number[] = [];
  for (let w = 0; w < rows.length; w += 1) {
    if (rows[w] >= LEAST_ROWS || (independent && rows[w] > 0)) usable.push(w);
  }
  return usable;
}

export function noDispersion(directions: number): Dispersion {
  return {
    deff: new Float64Array(directions).fill(1),
    nu: new Float64Array(directions).fill(Number.POSITIVE_INFINITY),
    tau: new Float64Array(directions).fill(1),
  };
}

interface Dispersing {
  readonly windows: ReferenceWindows;
  readonly usable: readonly number[];
  readonly totals: { readonly counts: Float64Array; readonly n: number };
  readonly blocks: Blocks;
  readonly statistic: typeof likelihoodRatio;
}

function dispersionOf({ windows, usable, totals, blocks, statistic }: Dispersing): Dispersion {
  const { directions, rows, counts } = windows;
  const k = usable.length;
  const dispersion = {
    deff: new Float64Array(directions).fill(1),
    nu: new Float64Array(directions).fill(1),
    tau: new Float64Array(directions).fill(1),
  };
  if (k < 2) return dispersion;
  const z = new Float64Array(k);
  for (let e = 0; e < directions; e += 1) {
    for (const [i, w] of usable.entries()) {
      const d = counts[w * directions + e];
      const c = totals.counts[e] - d;
      const rest = totals.n - rows[w];
      z[i] = Math.sign(d / rows[w] - c / rest) * Math.sqrt(statistic(c, rest, d, rows[w]));
    }
    const { deff, nu, tau } = disperse(z, blocks);
    dispersion.deff[e] = deff;
    dispersion.nu[e] = nu;
    dispersion.tau[e] = tau;
  }
  return dispersion;
}
