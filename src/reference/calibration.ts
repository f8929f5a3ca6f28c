import type { Calibration, Dispersion, Signal } from "../statistics/calibration.ts";
import { likelihoodRatio, logitRatio } from "../statistics/likelihood-ratio.ts";

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

/** A window with fewer values takes no part. */
const LEAST_ROWS = 50;
const LEAST_DAYS = 10;
const WINDOWS_PER_BLOCK = 3;
const DAY = 86_400_000;

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
    nu: new Float64Array(length).fill(nu.reduce((least, one) => Math.min(least, one), parent.k - 1)),
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

function noDispersion(directions: number): Dispersion {
  return {
    deff: new Float64Array(directions).fill(1),
    nu: new Float64Array(directions).fill(Number.POSITIVE_INFINITY),
    tau: new Float64Array(directions).fill(1),
  };
}

/** Which block each usable window belongs to; -1 = an incomplete last one, which says nothing about blocks. */
interface Blocks {
  readonly of: Int32Array;
  readonly count: number;
}

function blocksOf(windows: ReferenceWindows, usable: readonly number[]): Blocks {
  const { windowStart, windowSize } = windows;
  // Without event time there are no blocks, and so no trust.
  if (windowStart === undefined) return { of: new Int32Array(usable.length).fill(-1), count: 0 };
  const days = dayBlocks(windowStart, windowSize, usable);
  if (days.count >= LEAST_DAYS) return days;
  const count = Math.floor(usable.length / WINDOWS_PER_BLOCK);
  const of = Int32Array.from(usable, (_, i) => {
    const block = Math.floor(i / WINDOWS_PER_BLOCK);
    return block < count ? block : -1;
  });
  return { of, count };
}

function dayBlocks(windowStart: Float64Array, windowSize: number, usable: readonly number[]): Blocks {
  const end = (windowStart.at(-1) ?? 0) + windowSize;
  const of = new Int32Array(usable.length).fill(-1);
  let count = 0;
  let previous = Number.NaN;
  for (const [i, w] of usable.entries()) {
    const day = Math.floor(windowStart[w] / DAY);
    if ((day + 1) * DAY > end) break;
    if (day !== previous) count += 1;
    of[i] = count - 1;
    previous = day;
  }
  return { of, count };
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
    const meanSquare = z.reduce((sum, one) => sum + one * one, 0) / k;
    const tau = memoryOf(z, meanSquare);
    dispersion.tau[e] = tau;
    dispersion.deff[e] = Math.max(1, meanSquare) / (1 - tau / k);
    dispersion.nu[e] = Math.max(1, Math.min(freedomOf(z, blocks), k / tau - 1));
  }
  return dispersion;
}

/** tau: how many windows in a row say the same; 1 = none. Judged on runs of 1, 2, 4, ... windows, at most a fifth of all. */
function memoryOf(z: Float64Array, meanSquare: number): number {
  if (meanSquare === 0) return 1;
  let tau = 1;
  for (let length = 1; length <= z.length / 5; length *= 2) {
    const runs = Math.floor(z.length / length);
    const means = new Float64Array(runs);
    for (let i = 0; i < runs * length; i += 1) means[Math.floor(i / length)] += z[i] / length;
    tau = Math.max(tau, (length * varianceOf(means)) / meanSquare);
  }
  return Math.min(tau, z.length / 2);
}

/** How well deff is known, from how its blocks differ; at most K - 1. */
function freedomOf(z: Float64Array, blocks: Blocks): number {
  const most = z.length - 1;
  if (blocks.count < 2) return Math.min(1, most);
  const sums = new Float64Array(blocks.count);
  for (let i = 0; i < z.length; i += 1) {
    if (blocks.of[i] >= 0) sums[blocks.of[i]] += z[i] * z[i];
  }
  const mean = sums.reduce((sum, one) => sum + one, 0) / blocks.count;
  const variance = varianceOf(sums);
  return variance === 0 ? most : Math.min((2 * blocks.count * mean * mean) / variance, most);
}

/** With n - 1. */
function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  return values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1);
}
