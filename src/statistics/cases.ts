import { BINS_TAIL, CATEGORIES_TAIL } from "../counts/tails.ts";
import type { SeriesRef } from "../counts/ref.ts";
import { sumOf } from "../counts/vector.ts";
import type { Signal } from "./calibration.ts";

/** The questions with one direction: a share of cases. */
export type CaseSignal = Exclude<Signal, "distribution">;

/** How many of the section's values are missing, or novel. */
export function caseCount(ref: SeriesRef, signal: CaseSignal, section: Float64Array): number {
  const tail = valueSlots(ref);
  if (ref.kind === "bins") {
    return signal === "missing"
      ? // A NaN that was sent says as little as a null.
        section[tail + BINS_TAIL.missing] + section[tail + BINS_TAIL.nan]
      : section[tail + BINS_TAIL.low] + section[tail + BINS_TAIL.high];
  }
  return section[tail + (signal === "missing" ? CATEGORIES_TAIL.missing : CATEGORIES_TAIL.unseen)];
}

/** Out of how many: all values, and for `missing` the missing ones too. Faulty cells are left to `invalid`. */
export function caseTotal(ref: SeriesRef, signal: CaseSignal, section: Float64Array): number {
  const tail = valueSlots(ref);
  let total = sumOf(section, 0, tail);
  if (ref.kind === "categories") total += section[tail + CATEGORIES_TAIL.unseen];
  return signal === "missing" ? total + caseCount(ref, signal, section) : total;
}

/** Bins or known categories: where the tail begins. */
function valueSlots(ref: SeriesRef): number {
  return ref.kind === "bins" ? ref.grid.edges.length + 1 : ref.categories.length;
}
