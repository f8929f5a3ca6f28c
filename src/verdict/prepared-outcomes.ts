import { answerKind, ANSWERS, scoredPart } from "../reference/label-ruler.ts";
import type { Reference } from "../reference/reference.ts";
import type { Calibration } from "../statistics/calibration.ts";
import { prepareResiduals } from "../statistics/residuals.ts";
import type { ResidualRuler } from "../statistics/residuals.ts";
import type { ScoreStatus } from "../statistics/score.ts";
import { LEAST_WINDOWS } from "../statistics/calibration.ts";
import { isIndependent, LEAST_REFERENCE, trustOf } from "./trust.ts";
import type { Trusted } from "./trust.ts";

/** The labels of one segment, ready to be held against chance (SIGNIFICANCE 6). */
export interface PreparedOutcomes extends Trusted {
  readonly status: ScoreStatus;
  readonly reason?: string;
  /** The level of one cohort (budget.ts). */
  readonly alpha: number;
  /** Present where the status is `ok`: the reference's residuals, and what its own cohorts say of them. */
  readonly ruler?: ResidualRuler;
  /** The ruler is another version's of the same cohort, and varies as a cohort does. */
  readonly isCompared?: true;
  /** Own or, for a segment of few cohorts, with the dispersion of all segments together. */
  readonly calibration?: Calibration;
  /** By entry of the residuals: more labels than this in a cohort make deff grow. Infinity for independent rows. */
  readonly growsFrom?: Float64Array;
}

export interface OutcomeQuestion {
  readonly reference: Reference;
  readonly segment: string;
  /** Length of a cohort, ms. */
  readonly cohort: number;
  readonly alpha: number;
}

/** Why chance cannot be asked of what came true, whatever labels there are; undefined where it can. */
export function whyUncalibrated({ columns }: Pick<Reference, "columns">): string | undefined {
  const kind = answerKind(columns);
  if (kind === "values") return "the model answers with numbers, which have no calibration";
  const has = (wanted: string): boolean => columns.some(({ name }) => name === wanted);
  return has("prediction.decision") && !has(ANSWERS[kind])
    ? "the model answers without a score, and only scores have a calibration"
    : undefined;
}

/** Prepares one segment's labels at load. */
export function prepareOutcomes({ reference, segment, cohort, alpha }: OutcomeQuestion): PreparedOutcomes {
  const silent = (status: ScoreStatus, reason: string): PreparedOutcomes => {
    return { status, reason, alpha, trust: "none" };
  };
  const find = (name: string) => reference.segments.find((one) => one.name === name)?.outcome;
  const outcome = find(segment);
  if (outcome === undefined) return silent("no-reference", "the reference has no labels");
  const uncalibrated = whyUncalibrated(reference);
  if (uncalibrated !== undefined) return silent("no-reference", uncalibrated);
  const own = outcome.calibration;
  if (!isIndependent(own) && own.windowSize !== cohort) {
    return silent("no-reference", "the reference knows no cohorts of this length");
  }
  const ruler = prepareResiduals(scoredPart(reference.columns, outcome.counts));
  const least = segment === ALL ? 1 : LEAST_REFERENCE;
  const labels = ruler.residuals.n[ruler.bands.size];
  if (labels < least) {
    return silent("too-few", segment === ALL ? "the reference has no labels with a score" : TOO_FEW);
  }
  if (!isIndependent(own) && own.k === 0) return silent("too-few", "no reference cohort has 50 labels");
  const { calibration, borrowed } = calibrationOf(own, segment === ALL ? undefined : find(ALL)?.calibration);
  const kept = [...calibration.counts.keys()];
  return {
    status: "ok",
    alpha,
    ruler,
    calibration,
    growsFrom: isIndependent(own)
      ? new Float64Array(kept.length).fill(Number.POSITIVE_INFINITY)
      : own.counts.map((count) => count / Math.max(1, own.k)),
    ...cohortWords(trustOf({ calibration, kept, borrowed, policy: false })),
  };
}

const ALL = "all";
const TOO_FEW = "fewer than 1,000 reference labels in this segment";

/** Every entry of a segment is one of all traffic too, since the bands are the same. */
function calibrationOf(
  own: Calibration,
  parent: Calibration | undefined,
): { calibration: Calibration; borrowed: boolean } {
  const borrowed = parent !== undefined && !isIndependent(own) && own.k < Math.min(LEAST_WINDOWS, parent.k);
  if (!borrowed) return { calibration: own, borrowed };
  const { k, blocks, share, logit } = parent;
  return { calibration: { ...own, k, blocks, share, logit }, borrowed };
}

/** What columns call windows are cohorts here. */
function cohortWords({ trust, trustReason }: Trusted): Trusted {
  if (trustReason === undefined) return { trust };
  return { trust, trustReason: trustReason.replaceAll("windows", "cohorts").replace("values", "labels") };
}
