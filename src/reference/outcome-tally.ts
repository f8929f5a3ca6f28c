import { addOutcome, OUTCOMES } from "../counts/outcomes.ts";
import { addToBand, bandStart, outcomesLength } from "../counts/score-bands.ts";
import type { BatchColumn, EventBatch, EventPlan } from "../event/batch.ts";
import { addToCohort, cohortsOf, createCohortSums } from "./cohort-sums.ts";
import type { CohortSums } from "./cohort-sums.ts";
import type { FrozenColumn } from "./frozen.ts";
import { calibrateOutcomes } from "./outcome-calibration.ts";
import type { OutcomeBaseline, ReferenceOutcome } from "./reference.ts";
import { scoreEdges } from "./score-edges.ts";

/** Where a source has the truth beside the prediction. */
export interface OutcomeTally {
  /** One section of the `outcomes` kind per segment, `all` first. */
  readonly sections: readonly Float64Array[];
  /** Between the bands of the score. */
  readonly edges: Float64Array;
  /** Absent where no calibration is asked for. */
  readonly cohorts?: CohortSums;
  /** Positions in the plan's columns; -1 where there is none. */
  readonly score: number;
  readonly decision: number;
  readonly truth: number;
  /** Predictions made later are not counted, ms: their labels may still come. */
  readonly matureUntil: number;
  /** The reference's codes of the classes that the model decides between. */
  readonly classes: ReadonlyMap<string, number>;
}

/**
 * Undefined where the source has no truth, or nothing to hold against it. `cohort` is the length of the cohorts to learn
 * from, ms.
 */
export function createOutcomeTally(
  plan: EventPlan,
  columns: readonly FrozenColumn[],
  {
    segments = 1,
    cohort,
    matureUntil = Number.POSITIVE_INFINITY,
  }: { segments?: number; cohort?: number; matureUntil?: number } = {},
): OutcomeTally | undefined {
  const find = (name: string): FrozenColumn | undefined =>
    columns.find(({ described }) => described.name === name);
  const score = find("prediction.score");
  const decision = find("prediction.decision");
  const truth = plan.columns.findIndex(({ role }) => role === "truth");
  if (truth < 0 || (score === undefined && decision === undefined)) return undefined;
  // A class of its own name cannot be held against a truth of 0 or 1: then the score decides, at one half.
  const isComparable = decision?.described.type === "boolean" || plan.columns[truth].type === "category";
  const classes = decision?.described.categories ?? ["false", "true"];
  const edges = scoreEdges(columns.map(({ described }) => described));
  return {
    sections: Array.from({ length: segments }, () => new Float64Array(outcomesLength(edges))),
    edges,
    ...(cohort === undefined ? {} : { cohorts: createCohortSums({ size: cohort, segments, edges }) }),
    score: score?.position ?? -1,
    decision: isComparable ? (decision?.position ?? -1) : -1,
    truth,
    matureUntil,
    classes: new Map(classes.map((name, code) => [name, code])),
  };
}

/** The segment `all` of every row, where there are no others. */
const ALL = [undefined];

/**
 * Counts the sound rows. A row without truth is a prediction without label. `segmentOf` says each row's segment in every
 * grouping, the grouping of `all` among them.
 */
export function tallyOutcomes(
  tally: OutcomeTally,
  batch: EventBatch,
  segmentOf: readonly (Int32Array | undefined)[] = ALL,
): void {
  const { sections, edges, cohorts, classes, matureUntil } = tally;
  const score = batch.columns[tally.score];
  const decision = batch.columns[tally.decision];
  const truth = batch.columns[tally.truth];
  for (let row = 0; row < batch.rows; row += 1) {
    if (batch.reason[row] !== 0 || batch.time[row] > matureUntil) continue;
    const outcome = {
      score: numberOf(score, row, classes),
      decision: numberOf(decision, row, classes),
      truth: numberOf(truth, row, classes),
    };
    for (const segments of segmentOf) {
      const segment = segments?.[row] ?? 0;
      const section = sections[segment];
      section[OUTCOMES.predicted] += 1;
      if (Number.isNaN(outcome.truth)) continue;
      addOutcome(section, 0, outcome, 1);
      addToBand(section, bandStart(0), { edges, outcome, sign: 1 });
      if (cohorts !== undefined) addToCohort(cohorts, outcome, { time: batch.time[row], segment });
    }
  }
}

/** A class is the code that it has in the reference; NaN where missing or unknown. */
function numberOf(
  column: BatchColumn | undefined,
  row: number,
  classes: ReadonlyMap<string, number>,
): number {
  if (column === undefined) return Number.NaN;
  if (column.type === "number") return column.values[row];
  const code = column.codes[row];
  return code < 0 ? Number.NaN : (classes.get(column.categories[code] ?? "") ?? Number.NaN);
}

const NO_COHORTS = { starts: new Float64Array(0), slots: [] };

/** What the reference keeps of one segment's labels, by its position. `independent` is declared of the rows. */
export function outcomeBaseline(
  { sections, cohorts }: OutcomeTally,
  { segment, independent }: { segment: number; independent: boolean },
): OutcomeBaseline {
  const counts = sections[segment];
  const own = cohorts === undefined ? NO_COHORTS : cohortsOf(cohorts, segment);
  const calibration = calibrateOutcomes({
    section: counts,
    size: cohorts?.size ?? 0,
    ...own,
    independent,
  });
  return { counts, calibration };
}

/** A source that has both halves in one row does not say how late the truth came: delay99 is NaN. */
export function outcomeOfSection(counts: Float64Array, delay99 = Number.NaN): ReferenceOutcome {
  let labelled = counts[OUTCOMES.unscored];
  for (let bin = 0; bin < OUTCOMES.bins; bin += 1) {
    labelled += counts[bin * OUTCOMES.perBin.length + OUTCOMES.perBin.n];
  }
  return { counts, delay99, coverage: labelled / Math.max(1, counts[OUTCOMES.predicted]) };
}
