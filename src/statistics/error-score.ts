import { NO_REFERENCE, noData, scored } from "./measure.ts";
import type { MeasureContext } from "./measure.ts";
import type { Score } from "./score.ts";
import { errorsOf } from "./value-errors.ts";
import type { ValueErrors } from "./value-errors.ts";
import { NORMAL_975 } from "./wilson.ts";

/** A mean of the errors of numbers, from one of the labels' own means. */
interface ErrorMean {
  readonly value: (errors: ValueErrors) => number;
  /** Standard error of the value, as if rows were independent; NaN where it is not known. */
  readonly spread: (errors: ValueErrors) => number;
}

/** The score of one mean, with its 95% interval where that is known; `extras.reference` is the reference's. */
export function errorScore(mean: ErrorMean, window: Float64Array, context?: MeasureContext): Score {
  const ruler = context?.values;
  if (ruler === undefined) return NO_REFERENCE;
  const errors = errorsOf(window, ruler.step);
  const { n, clipped } = errors;
  if (n === 0) return noData("no labels with a number");
  const value = mean.value(errors);
  if (!Number.isFinite(value)) return { status: "undefined", reason: "errors too large for a number", n };
  const width = NORMAL_975 * mean.spread(errors);
  const known = context?.outcomes && errorsOf(context.outcomes, ruler.step);
  const before = known === undefined || known.n === 0 ? Number.NaN : mean.value(known);
  return scored(
    {
      value,
      effect: Math.abs(value),
      n,
      trust: "policy",
      ...(!Number.isFinite(width) ? {} : { lower: value - width, upper: value + width }),
      extras: {
        ...(Number.isFinite(before) ? { reference: before } : {}),
        ...(clipped === 0 ? {} : { clipped }),
      },
    },
    "labels",
  );
}
