import { prepareBins } from "../counts/bins.ts";
import type { BinsRef } from "../counts/ref.ts";
import type { ValuesRuler } from "../counts/values.ts";
import { NO_REFERENCE, noData, scored } from "./measure.ts";
import type { Measure, MeasureContext } from "./measure.ts";
import type { Score } from "./score.ts";

/** A reference's counts never change. */
const prepared = new WeakMap<Float64Array, BinsRef>();

/** The reference's errors as a series of numbers; undefined where it has no labels. `counts` is its section of the kind `residuals`. */
export function residualRef(
  { residuals }: ValuesRuler,
  counts: Float64Array | undefined,
): BinsRef | undefined {
  if (residuals === undefined || counts === undefined) return undefined;
  const known = prepared.get(counts);
  if (known?.grid === residuals) return known;
  const ref = prepareBins({ column: "residual", grid: residuals, counts });
  prepared.set(counts, ref);
  return ref;
}

/** A measure of numbers, taken of the errors: those of the window against the reference's. */
export function residualScore(measure: Measure, window: Float64Array, context?: MeasureContext): Score {
  const ref = context?.values && residualRef(context.values, context.outcomes);
  if (ref === undefined || ref.total === 0) return NO_REFERENCE;
  const { status, reason: _reason, extras, ...score } = measure.score(ref, window, {});
  if (score.n === 0) return noData("no labels with a number");
  if (status !== "ok" && status !== "too-few") return { status: "undefined", reason: "constant", ...score };
  // Its tail takes rows for independent, and labels of one cohort are not.
  const { pIid: _pIid, ...shown } = extras ?? {};
  return scored({ ...score, trust: "policy", extras: shown }, "labels");
}
