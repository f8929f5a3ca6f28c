import { LEAST_LABELS } from "../statistics/measure.ts";
import { sumOutcomes } from "../statistics/outcome-sums.ts";
import { prepareResiduals } from "../statistics/residuals.ts";
import type { PreparedOutcomes } from "./prepared-outcomes.ts";
import { neverPromised } from "./trust.ts";

/**
 * Labels held against those of another version in the same cohort, whose section this is: it takes the place of the
 * reference's, and varies between cohorts as that does.
 */
export function holdAgainstLabels(prepared: PreparedOutcomes, other: Float64Array): PreparedOutcomes {
  if (prepared.status !== "ok") return prepared;
  const held = { ...prepared, ...neverPromised(prepared), isCompared: true } as const;
  if (sumOutcomes(other).n >= LEAST_LABELS) return { ...held, ruler: prepareResiduals(other) };
  return { ...held, status: "too-few", reason: `fewer than ${LEAST_LABELS} labels to be held against` };
}
