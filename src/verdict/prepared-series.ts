import { nextUp } from "../counts/grid.ts";
import type { SeriesRef } from "../counts/ref.ts";
import { calibrate, fallback } from "../reference/calibration.ts";
import { LEAST_NULL_CASES, LEAST_WINDOWS } from "../statistics/calibration.ts";
import type { Calibration, Dispersion, Signal } from "../statistics/calibration.ts";
import { directionsOf } from "../statistics/directions.ts";
import type { Directions } from "../statistics/directions.ts";
import { studentCritical } from "../statistics/distributions.ts";
import type { ScoreStatus } from "../statistics/score.ts";
import {
  fewWeeks,
  isIndependent,
  isMuchLonger,
  LEAST_REFERENCE,
  LEAST_WEEKS,
  MANY_WEEKS,
  MANY_WINDOWS,
  trustOf,
  trustOfSeason,
} from "./trust.ts";
import type { Trusted } from "./trust.ts";

/** A direction with fewer rows to the reference's window, after deff, has no tail that could be trusted. */
const LEAST_EFFECTIVE = 30;

export interface SeriesToPrepare {
  readonly ref: SeriesRef;
  readonly signal: Signal;
  /** Of the rule's window length; absent where the reference has none. */
  readonly calibration: Calibration | undefined;
  /** For a segment: the calibration of the same column over all segments. */
  readonly parent?: Calibration | undefined;
  /** Of a slot of a season (prepared-season.ts): the calibration's `k` counts these. */
  readonly weeks?: number;
  /** The level of one evaluation (budget.ts). */
  readonly alpha: number;
}

/**
 * All that load time can know of one series at one level, so that an evaluation only counts and compares. Where `status` is
 * not `ok` no window of this series can be judged, whatever it holds. A series whose trust is `policy` has no p.
 */
export interface PreparedSeries extends Trusted {
  readonly status: ScoreStatus;
  readonly reason?: string;
  readonly directions: Directions;
  /** The directions in use, as positions in `directions`; their number is E. */
  readonly kept: Int32Array;
  /** Own or, for a small segment, partly its parent's. */
  readonly calibration: Calibration;
  /** Beyond it deff grows with the window: shared shocks do not shrink with traffic. Infinity for independent rows. */
  readonly growsFrom: number;
  /** Whether a shock that windows share may multiply a share: of a category, an atom, what is missing. */
  readonly mayMultiply: boolean;
  readonly share: Scale;
  readonly logit: Scale;
  /** A place for the window's counts by direction, so that an evaluation allocates nothing. */
  readonly work: Float64Array;
}

/** The terms of r^2 on one scale; entry i belongs to direction kept[i]. */
export interface Scale {
  readonly deff: Float64Array;
  readonly nu: Float64Array;
  /** deff K / ((nu + 1) N): what the reference's own uncertainty adds. */
  readonly reference: Float64Array;
  /** The smallest r^2 that is significant. */
  readonly critical: Float64Array;
}

/** Prepares a series at load: some 10 us per direction. */
export function prepareSeries(series: SeriesToPrepare): PreparedSeries {
  const directions = directionsOf(series.ref, series.signal);
  const { calibration, borrowed } = calibrationOf(series, directions);
  const policy = series.signal !== "distribution" && calibration.counts[0] < LEAST_NULL_CASES;
  const mixed: number[] = [];
  for (let e = 0; e < directions.size; e += 1) {
    if (calibration.counts[e] > 0 && calibration.counts[e] < calibration.n) mixed.push(e);
  }
  const steady = mixed.filter((e) => isSteady(calibration, e));
  const kept = Int32Array.from(steady);
  const level = Math.min(1, series.alpha / Math.max(1, kept.length));
  const trusted =
    series.weeks === undefined || policy
      ? trustOf({ calibration, kept: steady, borrowed, policy })
      : trustOfSeason(calibration, steady);
  // Memory is taken for as long as it may well be where the reference can bear it. Elsewhere that would leave next to nothing to see.
  const isBounded =
    series.weeks === undefined &&
    !borrowed &&
    !isIndependent(calibration) &&
    isMuchLonger(calibration, steady);
  const scaling = { calibration, kept, level, isBounded };
  return {
    ...fitnessOf({ series, calibration, mixed: mixed.length, steady: steady.length, policy }),
    ...trusted,
    directions,
    kept,
    calibration,
    growsFrom: isIndependent(calibration) ? Number.POSITIVE_INFINITY : calibration.meanRows,
    mayMultiply: !isIndependent(calibration) && !isSmooth(series.ref, directions),
    share: scaleOf(calibration.share, scaling),
    logit: scaleOf(calibration.logit, scaling),
    work: new Float64Array(Math.max(1, directions.size)),
  };
}

function calibrationOf(
  { calibration, parent, signal }: SeriesToPrepare,
  directions: Directions,
): { calibration: Calibration; borrowed: boolean } {
  if (calibration === undefined) {
    const none = new Float64Array(0);
    const windows = { signal, windowSize: 0, directions: directions.size, rows: none, counts: none };
    return { calibration: calibrate({ ...windows, independent: false }), borrowed: false };
  }
  const borrowed =
    parent !== undefined && !isIndependent(calibration) && calibration.k < Math.min(LEAST_WINDOWS, parent.k);
  return { calibration: borrowed ? fallback(calibration, parent) : calibration, borrowed };
}

/**
 * Nine distinct deciles leave no room for a large atom. The shares of such a column do not vary by themselves but with its
 * values, and so together.
 */
function isSmooth(ref: SeriesRef, { sides, size }: Directions): boolean {
  if (ref.kind !== "bins" || sides.kind !== "cuts" || size !== 9) return false;
  const [atom, above] = ref.grid.deciles.slice(-2);
  return ref.grid.edges[above] !== nextUp(ref.grid.edges[atom]);
}

function isSteady(calibration: Calibration, e: number): boolean {
  return isIndependent(calibration) || calibration.meanRows / calibration.share.deff[e] >= LEAST_EFFECTIVE;
}

interface Fitness {
  readonly status: ScoreStatus;
  readonly reason?: string;
}

interface Fitting {
  readonly series: SeriesToPrepare;
  readonly calibration: Calibration;
  readonly mixed: number;
  readonly steady: number;
  readonly policy: boolean;
}

function fitnessOf({ series, calibration, mixed, steady, policy }: Fitting): Fitness {
  if (series.calibration === undefined) {
    return { status: "no-reference", reason: "the reference knows no windows of this length" };
  }
  if (calibration.n === 0) return { status: "too-few", reason: "no reference window has 50 values" };
  if (series.parent !== undefined && calibration.n < LEAST_REFERENCE) {
    return {
      status: "too-few",
      reason: "in this segment fewer than 1,000 values stand in reference windows of 50 or more",
    };
  }
  if (policy) return { status: "ok" };
  if (mixed === 0) return { status: "undefined", reason: "constant" };
  const isLong = series.weeks === undefined ? calibration.k >= MANY_WINDOWS : series.weeks >= MANY_WEEKS;
  if (steady === 0 || (steady < mixed && !isLong)) {
    // So few weeks say nothing of how much they differ.
    if (series.weeks !== undefined && series.weeks < LEAST_WEEKS) {
      return { status: "too-few", reason: fewWeeks(series.weeks) };
    }
    return { status: "too-variable", reason: "windows of this length differ too much by themselves" };
  }
  return { status: "ok" };
}

interface Scaling {
  readonly calibration: Calibration;
  readonly kept: Int32Array;
  /** Two-sided, of one direction. */
  readonly level: number;
  /** nu takes tau, the bound of the memory, at its word. */
  readonly isBounded: boolean;
}

function scaleOf(dispersion: Dispersion, { calibration, kept, level, isBounded }: Scaling): Scale {
  const { k, n } = calibration;
  const deff = Float64Array.from(kept, (e) => dispersion.deff[e]);
  const nu = Float64Array.from(kept, (e) =>
    isBounded ? Math.max(1, Math.min(dispersion.nu[e], k / dispersion.tau[e] - 1)) : dispersion.nu[e],
  );
  return {
    deff,
    nu,
    // K / (nu + 1) is at least 1 wherever nu <= K - 1. Independent rows have nu = Infinity, and still a finite reference. A
    // season's nu comes from all slots, and may be far above its weeks: what those remember of each other counts by itself.
    reference: deff.map((one, i) => (one * Math.max(1, k / (nu[i] + 1), dispersion.tau[kept[i]])) / n),
    critical: nu.map((one) => studentCritical(level, one) ** 2),
  };
}
