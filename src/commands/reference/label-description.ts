import { predictedSlot } from "../../counts/outcome-ruler.ts";
import type { OutcomeRuler } from "../../counts/outcome-ruler.ts";
import { VALUES } from "../../counts/values.ts";
import { labelRuler } from "../../reference/label-ruler.ts";
import type { Reference, ReferenceSegment } from "../../reference/reference.ts";
import { sumOutcomes } from "../../statistics/outcome-sums.ts";
import type { ScoreStatus, Trust } from "../../statistics/score.ts";
import { prepareOutcomes } from "../../verdict/prepared-outcomes.ts";
import { rangeOf } from "./range.ts";

/** What is known of the labels of one segment, and what its cohorts are worth to calibration-gap. */
export interface LabelDescription {
  /** Labels with a score or number, and predictions without one. */
  readonly n: number;
  readonly missing: number;
  readonly cohorts: CohortDescription;
}

interface CohortDescription {
  /** ms. */
  readonly size: number;
  /** K, and labels per cohort. */
  readonly k: number;
  readonly meanRows: number;
  /** Ways to differ: every band of the score, all of them, and as a slope. */
  readonly directions: number;
  /** Least and greatest over the directions. */
  readonly deff: readonly [number, number];
  readonly nu: readonly [number, number];
  readonly status: ScoreStatus;
  readonly trust: Trust;
  /** Why not `ok`, or not `promised`. */
  readonly reason?: string;
}

/** Undefined where the reference has no labels. */
export function describeLabels(
  reference: Reference,
  { name, outcome }: ReferenceSegment,
): LabelDescription | undefined {
  if (outcome === undefined) return undefined;
  const { calibration, counts } = outcome;
  const { windowSize, k, meanRows, share } = calibration;
  const prepared = prepareOutcomes({ reference, segment: name, cohort: windowSize, alpha: 1 });
  const reason = prepared.reason ?? prepared.trustReason;
  const ruler = labelRuler(reference.columns, { residuals: reference.outcome?.residuals });
  const n = scoredIn(ruler, counts);
  return {
    n,
    missing: counts[predictedSlot(ruler)] - n,
    cohorts: {
      size: windowSize,
      k,
      meanRows,
      directions: calibration.counts.length,
      deff: variationOf(share.deff),
      nu: variationOf(share.nu),
      status: prepared.status,
      trust: prepared.trust,
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

function scoredIn({ kind }: OutcomeRuler, counts: Float64Array): number {
  return kind === "values" ? counts[VALUES.n] : sumOutcomes(counts).n;
}

/** Where nothing is asked, nothing varies. */
function variationOf(values: Float64Array): readonly [number, number] {
  return values.length === 0 ? [1, 1] : rangeOf(values);
}
