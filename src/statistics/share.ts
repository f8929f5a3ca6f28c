import type { SeriesRef } from "../counts/ref.ts";
import type { Signal } from "./calibration.ts";
import { countDirections, directionsOf } from "./directions.ts";
import { LEAST_VALUES, NO_REFERENCE, noData, scored } from "./measure.ts";
import type { MeasureContext } from "./measure.ts";
import type { Score } from "./score.ts";
import { wilsonInterval } from "./wilson.ts";

interface Share {
  readonly ref: SeriesRef | undefined;
  readonly signal: Exclude<Signal, "distribution">;
  readonly window: Float64Array;
  readonly context: MeasureContext | undefined;
  /** From the change of the share, window less reference. */
  readonly effect: (change: number) => number;
}

/** The score of a question with one direction: a share, with its interval and its change against the reference. */
export function shareOf({ ref, signal, window, context, effect }: Share): Score {
  if (ref === undefined) return NO_REFERENCE;
  const directions = directionsOf(ref, signal);
  const count = new Float64Array(1);
  const n = countDirections(directions, window, count);
  if (n === 0) return noData("no values");
  const value = count[0] / n;
  const { lower, upper } = wilsonInterval(count[0], n);
  const calibration = context?.calibration;
  let reference: number;
  if (calibration !== undefined && calibration.signal === signal && calibration.n > 0) {
    reference = calibration.counts[0] / calibration.n;
  } else {
    const total = countDirections(directions, ref.counts, count);
    if (total === 0) return NO_REFERENCE;
    reference = count[0] / total;
  }
  const extras = { reference };
  return scored({ value, effect: effect(value - reference), n, lower, upper, extras }, LEAST_VALUES);
}
