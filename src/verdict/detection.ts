import type { SeriesRef } from "../counts/ref.ts";
import { LEAST_VALUES } from "../statistics/measure.ts";
import { addExpectedSums, calmWindow, mixWindows, shiftedWindow, windowOfShare } from "./expected-window.ts";
import type { PreparedSeries } from "./prepared-series.ts";
import type { RuleSeries } from "./rule-series.ts";
import { isSignificant, visibleChanges } from "./significance.ts";
import type { VisibleChange } from "./significance.ts";

/** How soon a rule fires on a change, and if never, why. Times are ms. */
type Detection =
  | { readonly after: number }
  /** `effect`: chance is ruled out, but the rule's limit is not reached. `level`: chance could do as much. */
  | { readonly after: undefined; readonly because: "effect" | "level" };

/** What is looked for: the series of a rule that can be judged by chance. */
interface Watched {
  readonly series: RuleSeries;
  readonly prepared: PreparedSeries;
  readonly ref: SeriesRef;
  /** Values in the reference's mean window, or in that which it is a sample of. */
  readonly rows: number;
}

/** Halvings of what is left of a share: to 1/60,000 of it. */
const HALVINGS = 16;
/** Shifts are told to so many sd, and none that is larger is looked for. */
const SHIFT_STEP = 0.01;
const LARGEST_SHIFT = 3;

export interface ShiftDetection {
  /** The smallest shift, in sd, on which the rule fires at all; undefined where not even LARGEST_SHIFT is seen. */
  readonly smallest: number | undefined;
  readonly asked: Detection;
}

/**
 * What a rule makes of all values of a number column lying some sd higher, or lower, from some moment on, at the reference's
 * traffic: the worse of the two. `shift` sd is what is asked about. Undefined for what is no number column, or not judged by
 * chance.
 */
export function detectShift(series: RuleSeries, shift: number): ShiftDetection | undefined {
  const watched = watch(series);
  if (watched?.ref.kind !== "bins" || watched.prepared.directions.signal !== "distribution") return undefined;
  const { ref, rows } = watched;
  const up = detect(watched, shiftedWindow(ref, shift, rows));
  const down = detect(watched, shiftedWindow(ref, -shift, rows));
  const isSeen = (step: number): boolean =>
    [step, -step].every((one) => fires(watched, shiftedWindow(ref, one * SHIFT_STEP, rows)));
  const most = Math.round(LARGEST_SHIFT / SHIFT_STEP);
  const smallest = isSeen(most) ? SHIFT_STEP * leastOf(most, isSeen) : undefined;
  return { smallest, asked: later(up, down) };
}

/** How soon the rule fires on shifts of several sizes, and how many values a window must have for it. */
export interface ShiftTimes {
  /** Values of a usual window. */
  readonly rows: number;
  /** Event time until it fires on each of the shifts that were asked about, in their order. */
  readonly times: readonly Detection[];
  /** Of each: from so many values in a window on it is seen at all; undefined for never, however many. */
  readonly needed: readonly (number | undefined)[];
}

/** The same as detectShift for several shifts, in sd. Undefined for what is no number column, or not judged by chance. */
export function detectShifts(series: RuleSeries, shifts: readonly number[]): ShiftTimes | undefined {
  const watched = watch(series);
  if (watched?.ref.kind !== "bins" || watched.prepared.directions.signal !== "distribution") return undefined;
  const { ref, rows } = watched;
  const seenAt = (shift: number, count: number): boolean =>
    [shift, -shift].every((one) => fires(watched, shiftedWindow(ref, one, count)));
  return {
    rows,
    times: shifts.map((shift) =>
      later(
        detect(watched, shiftedWindow(ref, shift, rows)),
        detect(watched, shiftedWindow(ref, -shift, rows)),
      ),
    ),
    // What all rows of a window share does not shrink with traffic: more values than usual show no more.
    needed: shifts.map((shift) => {
      const most = Math.ceil(rows) - LEAST_VALUES;
      if (!seenAt(shift, rows)) return undefined;
      if (most < 1 || seenAt(shift, LEAST_VALUES)) return LEAST_VALUES;
      return LEAST_VALUES + leastOf(most, (extra) => seenAt(shift, LEAST_VALUES + extra));
    }),
  };
}

function later(up: Detection, down: Detection): Detection {
  if (up.after === undefined) return up;
  return down.after === undefined || down.after > up.after ? down : up;
}

/** The smallest change of a share, of a category or of what lies above a decile, on which the rule fires at all. */
export interface SmallestChange extends VisibleChange {
  /** Until it fires: the window has to fill. ms. */
  readonly after: number;
}

/** Undefined where the series is not judged by chance, or no change of one share would be seen. */
export function smallestChange(series: RuleSeries): SmallestChange | undefined {
  const watched = watch(series);
  if (watched === undefined) return undefined;
  const candidates = visibleChanges(watched.prepared, watched.rows).toSorted((a, b) => sizeOf(a) - sizeOf(b));
  let smallest: VisibleChange | undefined;
  for (const candidate of candidates) {
    if (smallest !== undefined && sizeOf(candidate) >= sizeOf(smallest)) break;
    const change = largeEnough(watched, candidate);
    if (change !== undefined && (smallest === undefined || sizeOf(change) < sizeOf(smallest)))
      smallest = change;
  }
  if (smallest === undefined) return undefined;
  const { direction, from, to } = smallest;
  return { direction, from, to, after: detectionTime(series, stepsOf(series)) };
}

function watch(series: RuleSeries): Watched | undefined {
  const { prepared, ref, traffic = 1 } = series;
  if (prepared === undefined || ref === undefined) return undefined;
  const rows = traffic * prepared.calibration.meanRows;
  const isJudged = prepared.status === "ok" && prepared.trust !== "policy" && rows >= LEAST_VALUES;
  return isJudged ? { series, prepared, ref, rows } : undefined;
}

/**
 * The window fills evenly: after k of its K evaluations a part k/K of it is changed. On average, then: of real windows half see
 * the change a little sooner, half a little later.
 */
function detect(watched: Watched, changed: Float64Array): Detection {
  const { series, prepared, ref, rows } = watched;
  if (!isSignificant(prepared, changed)) return { after: undefined, because: "level" };
  if (!reachesLimit(watched, changed)) return { after: undefined, because: "effect" };
  const calm = calmWindow(ref, rows);
  const steps = stepsOf(series);
  const first = leastOf(steps, (k) => fires(watched, mixWindows(calm, changed, k / steps)));
  return { after: detectionTime(series, first) };
}

/** The least of 1 to `most` that holds, where `most` does and all above it do. */
function leastOf(most: number, holds: (candidate: number) => boolean): number {
  let low = 0;
  let high = most;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function fires(watched: Watched, window: Float64Array): boolean {
  return isSignificant(watched.prepared, window) && reachesLimit(watched, window);
}

/** Evaluations until the window holds nothing from before the change. */
function stepsOf({ rule }: RuleSeries): number {
  return Math.max(1, Math.round(rule.window.size / rule.window.every));
}

/** From the change to the alert, where evaluation `first` after it is the first of a run of significant ones; ms. */
function detectionTime({ rule, patience }: RuleSeries, first: number): number {
  return (first + patience.evaluations - 1) * rule.window.every;
}

function reachesLimit({ series }: Watched, window: Float64Array): boolean {
  const { measure, ref, context, limit } = series;
  const isOfSums = ref?.kind === "bins" && measure.from.includes("sums");
  const section = isOfSums ? addExpectedSums(ref, window) : window;
  return (measure.score(ref, section, context).effect ?? 0) >= limit;
}

/** The smallest change in the candidate's direction that is at least as large, and reaches the rule's limit too. */
function largeEnough(watched: Watched, candidate: VisibleChange): VisibleChange | undefined {
  const { prepared, ref, rows } = watched;
  const { directions } = prepared;
  const e = directions.labels.indexOf(candidate.direction);
  const isSeen = (to: number): boolean =>
    reachesLimit(watched, windowOfShare({ ref, directions, e, to, rows }));
  if (isSeen(candidate.to)) return candidate;
  const end = candidate.to > candidate.from ? 1 : 0;
  if (!isSeen(end)) return undefined;
  const toward = (end - candidate.to) / 2 ** HALVINGS;
  const steps = leastOf(2 ** HALVINGS, (step) => isSeen(candidate.to + step * toward));
  return { ...candidate, to: candidate.to + steps * toward };
}

function sizeOf({ from, to }: VisibleChange): number {
  return Math.abs(to - from);
}
