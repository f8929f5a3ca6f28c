import type { BinsRef, SeriesRef } from "../counts/ref.ts";
import { groupsOf } from "./groups.ts";
import type { Groups } from "./groups.ts";
import { NO_REFERENCE, noData, NOT_NUMBERS } from "./measure.ts";
import type { MeasureContext } from "./measure.ts";
import { countOfBins } from "./numeric-bins.ts";
import { poolSmallGroups } from "./pooled-groups.ts";
import type { Score } from "./score.ts";
import { referenceSums, windowSums } from "./value-sums.ts";
import type { ValueSums } from "./value-sums.ts";

/*
 * Reference and window side by side, as the measures of one kind read them; or the score that says why there is nothing to
 * compare.
 */

/** By the groups of psi; there are two at least. */
export function pairOfGroups(
  ref: SeriesRef | undefined,
  window: Float64Array,
  context: MeasureContext | undefined,
): Groups | Score {
  const groups = filledGroups(ref, window, context);
  if ("status" in groups) return groups;
  return groups.size === 1 ? { status: "undefined", reason: "constant", n: groups.m } : groups;
}

/** By the same groups, small ones summed into one; there are two at least. */
export function pairOfPooledGroups(
  ref: SeriesRef | undefined,
  window: Float64Array,
  context: MeasureContext | undefined,
): Groups | Score {
  const groups = filledGroups(ref, window, context);
  if ("status" in groups) return groups;
  const pooled = poolSmallGroups(groups, context?.shared);
  if (pooled.size > 1) return pooled;
  return { status: "undefined", reason: "one group with enough values", n: groups.m };
}

function filledGroups(
  ref: SeriesRef | undefined,
  window: Float64Array,
  context: MeasureContext | undefined,
): Groups | Score {
  if (ref === undefined) return NO_REFERENCE;
  const groups = groupsOf(ref, window, context?.shared);
  if (groups.m === 0) return noData("no values");
  return groups.n === 0 ? NO_REFERENCE : groups;
}

/** A number column that both sides have values of. */
export interface BinsPair {
  readonly bins: BinsRef;
  /** Values of the reference, and of the window. */
  readonly n: number;
  readonly m: number;
}

export function pairOfBins(
  ref: SeriesRef | undefined,
  window: Float64Array,
  context: MeasureContext | undefined,
): BinsPair | Score {
  if (ref === undefined) return NO_REFERENCE;
  if (ref.kind !== "bins") return NOT_NUMBERS;
  const m = countOfBins(ref, window, context?.shared);
  if (m === 0) return noData("no values");
  return ref.total === 0 ? NO_REFERENCE : { bins: ref, n: ref.total, m };
}

/** The sums of a reference and of a window; both have values. */
export interface SumsPair {
  readonly bins: BinsRef;
  readonly reference: ValueSums;
  readonly current: ValueSums;
}

export function pairOfSums(
  ref: SeriesRef | undefined,
  window: Float64Array,
  context: MeasureContext | undefined,
): SumsPair | Score {
  if (ref === undefined) return NO_REFERENCE;
  if (ref.kind !== "bins") return NOT_NUMBERS;
  if (ref.total === 0) return NO_REFERENCE;
  if (ref.sums === undefined) return { status: "no-reference", reason: "the reference has no sums", n: 0 };
  const reference = referenceSums(ref);
  const current = windowSums(ref, window, context?.shared);
  if (reference === undefined || current === undefined) {
    return { status: "undefined", reason: "the reference's values are too far apart to sum up", n: 0 };
  }
  if (current.n === 0) return noData("no finite values");
  return reference.n === 0 ? NO_REFERENCE : { bins: ref, reference, current };
}
