import { ownClasses } from "../counts/classes.ts";
import { keptProbability } from "../counts/classwise.ts";
import type { Grid } from "../counts/grid.ts";
import { addLabel, labelledCount, predictedSlot, rulerLength, topLabel } from "../counts/outcome-ruler.ts";
import type { ClassesRuler, OutcomeRuler } from "../counts/outcome-ruler.ts";
import { outcomesLength } from "../counts/score-bands.ts";
import type { BatchColumn, EventBatch, EventPlan } from "../event/batch.ts";
import { classOfProbability } from "../event/probabilities.ts";
import { binaryClasses } from "../event/yes-no.ts";
import { addToCohort, cohortsOf, createCohortSums } from "./cohort-sums.ts";
import type { CohortSums } from "./cohort-sums.ts";
import type { FrozenColumn } from "./frozen.ts";
import { ANSWERS, labelRuler } from "./label-ruler.ts";
import { calibrateOutcomes, noCalibration } from "./outcome-calibration.ts";
import type { OutcomeBaseline, ReferenceOutcome } from "./reference.ts";

/** Where a source has the truth beside the prediction. */
export interface OutcomeTally {
  readonly ruler: OutcomeRuler;
  /** The ruler's sections by segment, `all` first. */
  readonly counts: readonly Float64Array[];
  /** Absent where no calibration is asked for. */
  readonly cohorts?: CohortSums;
  /** Positions in the plan's columns; -1 where there is none. */
  readonly answer: number;
  readonly decision: number;
  readonly truth: number;
  /** Predictions made later are not counted, ms: their labels may still come. */
  readonly matureUntil: number;
  /** The code that truths have, of each of the classes that the model decides between. */
  readonly classes: ReadonlyMap<string, number>;
  /** Positions in the plan's columns of the probabilities of the classes with a row of their own; -1 where there is none. */
  readonly probabilities: readonly number[];
  /** The code of a class that the reference does not know; NaN where only two can come. */
  readonly unknown: number;
}

/**
 * Undefined where the source has no truth, or nothing to hold against it. `residuals` are the bins of the errors of numbers;
 * `cohort` is the length of the cohorts to learn from, ms.
 */
export function createOutcomeTally(tallied: {
  plan: EventPlan;
  columns: readonly FrozenColumn[];
  residuals: Grid | undefined;
  segments?: number;
  cohort?: number;
  matureUntil?: number;
}): OutcomeTally | undefined {
  const { plan, columns, residuals, segments = 1, cohort } = tallied;
  const { matureUntil = Number.POSITIVE_INFINITY } = tallied;
  const probabilities = plan.columns.flatMap(({ name, role }, position) =>
    role === "probability" ? [[classOfProbability(name), position] as const] : [],
  );
  const ruler = labelRuler(
    columns.map(({ described }) => described),
    { residuals, isClasswise: probabilities.length > 0 },
  );
  const find = (name: string): FrozenColumn | undefined =>
    columns.find(({ described }) => described.name === name);
  const answer = find(ANSWERS[ruler.kind]);
  const decision = find("prediction.decision");
  const truth = plan.columns.findIndex(({ role }) => role === "truth");
  if (truth < 0 || (answer === undefined && decision === undefined)) return undefined;
  const names = decision?.described.categories ?? ["false", "true"];
  const isNamed = plan.columns[truth].type === "category";
  const classes = isNamed || ruler.kind === "classes" ? undefined : binaryClasses(names);
  // A class that means neither yes nor no cannot be held against a truth of 0 or 1: then the score decides, at one half.
  const isComparable = isNamed || ruler.kind === "classes" || classes !== undefined;
  const isCalibrated = ruler.kind !== "values" && cohort !== undefined;
  return {
    ruler,
    counts: Array.from({ length: segments }, () => new Float64Array(rulerLength(ruler))),
    ...(isCalibrated ? { cohorts: createCohortSums({ size: cohort, segments, edges: ruler.edges }) } : {}),
    answer: answer?.position ?? -1,
    decision: isComparable ? (decision?.position ?? -1) : -1,
    truth,
    matureUntil,
    classes: new Map(names.map((name, code) => [name, classes?.[code] ?? code])),
    probabilities: ruler.kind === "classes" ? positionsOf(ruler, new Map(probabilities)) : [],
    unknown: ruler.kind === "classes" ? ruler.classes.length : Number.NaN,
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
  const { ruler, counts, cohorts, matureUntil } = tally;
  const predicted = predictedSlot(ruler);
  const answer = batch.columns[tally.answer];
  const decision = batch.columns[tally.decision];
  const truth = batch.columns[tally.truth];
  for (let row = 0; row < batch.rows; row += 1) {
    if (batch.reason[row] !== 0 || batch.time[row] > matureUntil) continue;
    const label = {
      answer: numberOf(answer, row),
      decision: codeOf(tally, decision, row),
      truth: codeOf(tally, truth, row),
      probabilities: probabilitiesOf(tally, batch, row),
    };
    for (const segments of segmentOf) {
      const segment = segments?.[row] ?? 0;
      const vector = counts[segment];
      vector[predicted] += 1;
      if (Number.isNaN(label.truth)) continue;
      addLabel(vector, 0, { ruler, label, sign: 1 });
      if (cohorts === undefined) continue;
      const outcome = ruler.kind === "classes" ? topLabel(ruler, label) : { ...label, score: label.answer };
      addToCohort(cohorts, outcome, { time: batch.time[row], segment });
    }
  }
}

function numberOf(column: BatchColumn | undefined, row: number): number {
  return column?.type === "number" ? column.values[row] : Number.NaN;
}

/** A class is the code that it has in the reference; NaN where missing. Of two classes a number stands for itself. */
function codeOf(
  { ruler, classes, unknown }: OutcomeTally,
  column: BatchColumn | undefined,
  row: number,
): number {
  if (column === undefined) return Number.NaN;
  if (column.type === "number") {
    const value = column.values[row];
    if (ruler.kind !== "classes" || Number.isNaN(value)) return value;
    return classes.get(String(value)) ?? unknown;
  }
  const code = column.codes[row];
  if (code < 0) return Number.NaN;
  const name = column.categories[code];
  return (name === undefined ? undefined : classes.get(name)) ?? unknown;
}

function positionsOf({ classes }: ClassesRuler, positions: ReadonlyMap<string, number>): number[] {
  return classes.slice(0, ownClasses(classes.length)).map((name) => positions.get(name) ?? -1);
}

/** As a stream would keep them until the label comes. */
function probabilitiesOf(
  { probabilities }: OutcomeTally,
  batch: EventBatch,
  row: number,
): Float64Array | undefined {
  if (probabilities.length === 0) return undefined;
  const given = probabilities.map((position) => numberOf(batch.columns[position], row));
  return given.every(Number.isNaN) ? undefined : Float64Array.from(given, keptProbability);
}

const NO_COHORTS = { starts: new Float64Array(0), slots: [] };

/** What the reference keeps of one segment's labels, by its position. `independent` is declared of the rows. */
export function outcomeBaseline(
  { ruler, counts: all, cohorts }: OutcomeTally,
  { segment, independent }: { segment: number; independent: boolean },
): OutcomeBaseline {
  const counts = all[segment];
  if (ruler.kind === "values") return { counts, calibration: noCalibration() };
  const own = cohorts === undefined ? NO_COHORTS : cohortsOf(cohorts, segment);
  const calibration = calibrateOutcomes({
    section: counts.subarray(0, outcomesLength(ruler.edges)),
    size: cohorts?.size ?? 0,
    ...own,
    independent,
  });
  return { counts, calibration };
}

/** A source that has both halves in one row does not say how late the truth came: delay99 is NaN. */
export function outcomeOf({ ruler, counts: [counts] }: OutcomeTally, delay99 = Number.NaN): ReferenceOutcome {
  const predicted = counts[predictedSlot(ruler)];
  return {
    counts,
    delay99,
    coverage: labelledCount(ruler, counts) / Math.max(1, predicted),
    ...(ruler.kind === "values" && ruler.residuals !== undefined ? { residuals: ruler.residuals } : {}),
  };
}
