import { countDirections } from "../statistics/directions.ts";
import { studentTail } from "../statistics/distributions.ts";
import { likelihoodRatio, logEase, logitEase, logitRatio, logRatio } from "../statistics/likelihood-ratio.ts";
import { LEAST_VALUES } from "../statistics/measure.ts";
import type { Score, ScoreStatus, Trust } from "../statistics/score.ts";
import type { PreparedSeries, Scale } from "./prepared-series.ts";

/** What chance has to say about one window (SIGNIFICANCE 1). */
export interface Significance {
  readonly status: ScoreStatus;
  /** Why the window may not be judged or, where it may, why its p promises less than it could. */
  readonly reason?: string;
  readonly n: number;
  readonly trust: Trust;
  /** Absent where trust is `policy`. */
  readonly p?: number;
  readonly largest?: LargestMove;
}

/** The direction of the largest |r|, with its terms on the scale of shares. */
interface LargestMove {
  readonly direction: string;
  /** Above 0 where the window has more than the reference. */
  readonly r: number;
  readonly nu: number;
  readonly deff: number;
  /** M / deff(M). */
  readonly neff: number;
}

/**
 * Whether p <= alpha, for the alpha that the series was prepared for. `section` is the window's section of the column.
 * Compares with what prepareSeries worked out: no power, no beta function, no allocation.
 */
export function isSignificant(series: PreparedSeries, section: Float64Array): boolean {
  const { kept, work, calibration, share, logit } = series;
  if (series.status !== "ok" || series.trust === "policy") return false;
  const m = countDirections(series.directions, section, work);
  if (m < LEAST_VALUES) return false;
  const { n, counts } = calibration;
  const spread = 1 / m + 1 / n;
  const growth = Math.max(1, m / series.growsFrom);
  for (let i = 0; i < kept.length; i += 1) {
    const c = counts[kept[i]];
    const d = work[kept[i]];
    const needed = share.critical[i] * varianceOf(share, i, growth / m);
    // ln x <= x - 1 makes G at most twice Pearson's statistic, which needs no logarithm: it settles nearly all calm windows.
    const pooled = (c + d) / (n + m);
    const difference = d / m - c / n;
    if (2 * difference * difference < needed * pooled * (1 - pooled)) continue;
    if (
      likelihoodRatio(c, n, d, m) * spread >= needed &&
      logitRatio(c, n, d, m) * spread >=
        logit.critical[i] *
          easedVariance(varianceOf(logit, i, growth / m), logitEase(c, n, d, m), growth / m) &&
      logRoot(series, i, growth, { c, n, d, m }) ** 2 >= share.critical[i]
    ) {
      return true;
    }
  }
  return false;
}

/** The exact p of a window, with the direction that moved most: for display and firing. Microseconds per direction. */
export function explainSignificance(series: PreparedSeries, section: Float64Array): Significance {
  const { kept, work, calibration, share, logit, trust } = series;
  const m = countDirections(series.directions, section, work);
  const base = { n: m, trust };
  if (series.status !== "ok") return { ...base, ...reasonOf(series.reason), status: series.status };
  if (m === 0) return { ...base, status: "no-data", reason: "no values" };
  if (m < LEAST_VALUES) return { ...base, status: "too-few", reason: `fewer than ${LEAST_VALUES} values` };
  const result = { ...base, ...reasonOf(series.trustReason), status: "ok" } as const;
  if (trust === "policy") return result;
  const growth = Math.max(1, m / series.growsFrom);
  let least = 1;
  let largest: LargestMove | undefined;
  for (const [i, e] of kept.entries()) {
    const two = { c: calibration.counts[e], n: calibration.n, d: work[e], m };
    const r = shareRoot(share, i, growth, two);
    const onLogit = logitRoot(logit, i, growth, two);
    const onShares = Math.min(r, logRoot(series, i, growth, two));
    const p = 2 * Math.max(studentTail(onShares, share.nu[i]), studentTail(onLogit, logit.nu[i]));
    least = Math.min(least, p);
    if (largest === undefined || r > Math.abs(largest.r)) {
      const deff = share.deff[i] * growth;
      const sign = two.d / m < two.c / two.n ? -1 : 1;
      const direction = series.directions.labels[e];
      largest = { direction, r: sign * r, nu: share.nu[i], deff, neff: m / deff };
    }
  }
  return { ...result, p: Math.min(1, kept.length * least), ...(largest === undefined ? {} : { largest }) };
}

/** A measure's score with what chance says of it: the Score that people see. */
export function judgeScore(score: Score, significance: Significance): Score {
  const { status, trust, reason, p, largest } = significance;
  if (score.status !== "ok" && score.status !== "too-few") return { ...score, trust };
  const extras = showTail(score);
  const judged = { ...score, status, trust, ...reasonOf(reason), ...(extras && { extras }) };
  if (p === undefined || largest === undefined) return judged;
  const { r, nu, deff, neff } = largest;
  return { ...judged, p, neff, extras: { ...extras, r, nu, deff } };
}

/** No tail of a single measure is shown to be smaller. */
const LEAST_TAIL = 1e-4;
/** With fewer rows to a cell the law of chi-square measures does not hold far out. */
const LEAST_PER_CELL = 20;

/** The tail of a single measure takes rows for independent: it is shown only where, and as far as, its law holds (SIGNIFICANCE 2). */
function showTail({ extras, n }: Score): Score["extras"] {
  if (extras === undefined || !("pIid" in extras)) return extras;
  const { pIid, ...others } = extras;
  const { df } = others;
  const isThin = df !== undefined && n < LEAST_PER_CELL * (df + 1);
  return isThin ? others : { ...others, pIid: Math.max(LEAST_TAIL, pIid) };
}

/** The smallest change of a share that a window of `rows` values could show as significant. */
export interface VisibleChange {
  readonly direction: string;
  /** The reference's share, and the window's. */
  readonly from: number;
  readonly to: number;
}

/**
 * For `check`: in each direction, up and down, the smallest change that is significant. Empty where the series cannot be judged
 * or no change would be seen. `rows` defaults to the reference's mean window.
 */
export function visibleChanges(series: PreparedSeries, rows = series.calibration.meanRows): VisibleChange[] {
  if (series.status !== "ok" || series.trust === "policy" || rows < LEAST_VALUES) return [];
  return Array.from(series.kept).flatMap((e, i) => {
    const from = series.calibration.counts[e] / series.calibration.n;
    const direction = series.directions.labels[e];
    return [0, 1].flatMap((end) => {
      const to = firstVisible({ series, i, rows, from, end });
      return to === undefined ? [] : [{ direction, from, to }];
    });
  });
}

interface Looking {
  readonly series: PreparedSeries;
  readonly i: number;
  readonly rows: number;
  readonly from: number;
  /** The share that is looked towards: 0 or 1. */
  readonly end: number;
}

/** By halving, to a ten-millionth: the statistics grow with the distance from the reference's share. */
function firstVisible({ series, i, rows, from, end }: Looking): number | undefined {
  const { calibration, share, logit } = series;
  const c = calibration.counts[series.kept[i]];
  const n = calibration.n;
  const growth = Math.max(1, rows / series.growsFrom);
  const isVisible = (to: number): boolean => {
    const two = { c, n, d: to * rows, m: rows };
    return (
      shareRoot(share, i, growth, two) ** 2 >= share.critical[i] &&
      logRoot(series, i, growth, two) ** 2 >= share.critical[i] &&
      logitRoot(logit, i, growth, two) ** 2 >= logit.critical[i]
    );
  };
  if (!isVisible(end)) return undefined;
  let hidden = from;
  let seen = end;
  for (let step = 0; step < 24; step += 1) {
    const middle = (hidden + seen) / 2;
    if (isVisible(middle)) seen = middle;
    else hidden = middle;
  }
  return seen;
}

/** deff(M) / M + deff K / ((nu + 1) N), where `perRow` is growth / M. */
function varianceOf(scale: Scale, i: number, perRow: number): number {
  return scale.deff[i] * perRow + scale.reference[i];
}

/** Of deff, a part of 1 is sampling error: that part is eased, what all rows of a window share is not. */
function easedVariance(variance: number, ease: number, perRow: number): number {
  return variance - (1 - ease) * perRow;
}

interface TwoSamples {
  readonly c: number;
  readonly n: number;
  readonly d: number;
  readonly m: number;
}

/** |r| on the scale of shares. */
function shareRoot(scale: Scale, i: number, growth: number, { c, n, d, m }: TwoSamples): number {
  return Math.sqrt((likelihoodRatio(c, n, d, m) * (1 / m + 1 / n)) / varianceOf(scale, i, growth / m));
}

/** |r| on the scale of log-odds. */
function logitRoot(scale: Scale, i: number, growth: number, { c, n, d, m }: TwoSamples): number {
  const variance = easedVariance(varianceOf(scale, i, growth / m), logitEase(c, n, d, m), growth / m);
  return Math.sqrt((logitRatio(c, n, d, m) * (1 / m + 1 / n)) / variance);
}

/**
 * The smaller |r| on the scales of the two logarithms, of the share and of the rest. To first order they vary as the share
 * and its log-odds do, and more evenly than either: the smaller of their dispersions serves. Where nothing multiplies shares
 * it does not count.
 */
function logRoot(series: PreparedSeries, i: number, growth: number, { c, n, d, m }: TwoSamples): number {
  if (!series.mayMultiply) return Number.POSITIVE_INFINITY;
  const { share, logit } = series;
  const variance = Math.min(varianceOf(share, i, growth / m), varianceOf(logit, i, growth / m));
  const side = (cases: number, found: number): number =>
    logRatio(cases, n, found, m) / easedVariance(variance, logEase(cases, n, found, m), growth / m);
  return Math.sqrt(Math.min(side(c, d), side(n - c, m - d)) * (1 / m + 1 / n));
}

function reasonOf(reason: string | undefined): { reason?: string } {
  return reason === undefined ? {} : { reason };
}
