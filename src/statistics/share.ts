import type { SeriesRef } from "../counts/ref.ts";
import { caseCount, caseTotal } from "./cases.ts";
import type { CaseSignal } from "./cases.ts";
import { groupsOf } from "./groups.ts";
import type { SharedGroups } from "./groups.ts";
import { NO_REFERENCE, noData, scored } from "./measure.ts";
import type { MeasureContext } from "./measure.ts";
import type { Score } from "./score.ts";
import { wilsonInterval } from "./wilson.ts";

interface Share {
  readonly ref: SeriesRef | undefined;
  readonly signal: CaseSignal;
  readonly window: Float64Array;
  readonly context: MeasureContext | undefined;
  /** From the change of the share, window less reference. */
  readonly effect: (change: number) => number;
}

/** The score of a question with one direction: a share, with its interval and its change against the reference. */
export function shareOf({ ref, signal, window, context, effect }: Share): Score {
  if (ref === undefined) return NO_REFERENCE;
  const count = caseCount(ref, signal, window);
  const n = totalOf({ ref, signal, window, shared: context?.shared }, count);
  if (n === 0) return noData("no values");
  const value = count / n;
  const { lower, upper } = wilsonInterval(count, n);
  const reference = referenceShare(ref, signal, context);
  if (Number.isNaN(reference)) return NO_REFERENCE;
  const extras = { reference };
  return scored({ value, effect: effect(value - reference), n, lower, upper, extras }, "values");
}

interface Counted {
  readonly ref: SeriesRef;
  readonly signal: CaseSignal;
  readonly window: Float64Array;
  readonly shared: SharedGroups | undefined;
}

/** All cases; groups that were counted already hold every value that is not missing. */
function totalOf({ ref, signal, window, shared }: Counted, count: number): number {
  if (shared === undefined) return caseTotal(ref, signal, window);
  const values = groupsOf(ref, window, shared).m;
  return signal === "missing" ? values + count : values;
}

/** From the calibration if there is one: novel categories are counted on the last fifth of the reference only. */
function referenceShare(ref: SeriesRef, signal: CaseSignal, context: MeasureContext | undefined): number {
  const calibration = context?.calibration;
  if (calibration !== undefined && calibration.signal === signal && calibration.n > 0) {
    return calibration.counts[0] / calibration.n;
  }
  const count = caseCount(ref, signal, ref.counts);
  const total = signal === "missing" ? ref.total + count : ref.total;
  return total === 0 ? Number.NaN : count / total;
}
