import type { BinsRef, SeriesRef } from "../counts/ref.ts";
import { NO_REFERENCE, noData } from "./measure.ts";
import { standardDeviation } from "./moments.ts";
import type { Score } from "./score.ts";
import { referenceSums, windowSums } from "./value-sums.ts";
import type { ValueSums } from "./value-sums.ts";

/** The sums of a reference and of a window; both have values. */
export interface SumsPair {
  readonly bins: BinsRef;
  readonly reference: ValueSums;
  readonly current: ValueSums;
}

/** Both sides of a measure of sums, or why it has no value. */
export function pairOfSums(ref: SeriesRef, window: Float64Array): SumsPair | Score {
  if (ref.kind !== "bins") return { status: "undefined", reason: "not a number column", n: 0 };
  if (ref.total === 0) return NO_REFERENCE;
  if (ref.sums === undefined) {
    return { status: "no-reference", reason: "the reference has no sums", n: 0 };
  }
  const reference = referenceSums(ref);
  const current = windowSums(ref, window);
  if (reference === undefined || current === undefined) {
    return { status: "undefined", reason: "the reference's values are too far apart to sum up", n: 0 };
  }
  if (current.n === 0) return noData("no finite values");
  if (reference.n === 0) return NO_REFERENCE;
  return { bins: ref, reference, current };
}

const units = new WeakMap<ValueSums, number>();

/** The reference's standard deviation, by which effects are measured; of a constant its size, of the constant 0 one. */
export function effectUnit(reference: ValueSums): number {
  const known = units.get(reference);
  if (known !== undefined) return known;
  const { value } = standardDeviation(reference);
  const unit = value > 0 ? value : Math.abs(reference.units.center) || 1;
  units.set(reference, unit);
  return unit;
}
