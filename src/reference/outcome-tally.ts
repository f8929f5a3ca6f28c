import { addOutcome, OUTCOMES } from "../counts/outcomes.ts";
import type { BatchColumn, EventBatch, EventPlan } from "../event/batch.ts";
import type { FrozenColumn } from "./frozen.ts";
import type { ReferenceOutcome } from "./reference.ts";

/** Where a source has the truth beside the prediction. */
export interface OutcomeTally {
  /** Of the `outcomes` kind. */
  readonly section: Float64Array;
  /** Positions in the plan's columns; -1 where there is none. */
  readonly score: number;
  readonly decision: number;
  readonly truth: number;
  /** The reference's codes of the classes that the model decides between. */
  readonly classes: ReadonlyMap<string, number>;
}

/** Undefined where the source has no truth, or nothing to hold against it. */
export function createOutcomeTally(
  plan: EventPlan,
  columns: readonly FrozenColumn[],
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
  return {
    section: new Float64Array(OUTCOMES.length),
    score: score?.position ?? -1,
    decision: isComparable ? (decision?.position ?? -1) : -1,
    truth,
    classes: new Map(classes.map((name, code) => [name, code])),
  };
}

/** Counts the sound rows. A row without truth is a prediction without label. */
export function tallyOutcomes(tally: OutcomeTally, batch: EventBatch): void {
  const { section, classes } = tally;
  const score = batch.columns[tally.score];
  const decision = batch.columns[tally.decision];
  const truth = batch.columns[tally.truth];
  for (let row = 0; row < batch.rows; row += 1) {
    if (batch.reason[row] !== 0) continue;
    section[OUTCOMES.predicted] += 1;
    const found = numberOf(truth, row, classes);
    if (Number.isNaN(found)) continue;
    const outcome = {
      score: numberOf(score, row, classes),
      decision: numberOf(decision, row, classes),
      truth: found,
    };
    addOutcome(section, 0, outcome, 1);
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

/** A source that has both halves in one row does not say how late the truth came. */
export function outcomeOfSection(counts: Float64Array): ReferenceOutcome {
  let labelled = counts[OUTCOMES.unscored];
  for (let bin = 0; bin < OUTCOMES.bins; bin += 1) {
    labelled += counts[bin * OUTCOMES.perBin.length + OUTCOMES.perBin.n];
  }
  return { counts, delay99: Number.NaN, coverage: labelled / Math.max(1, counts[OUTCOMES.predicted]) };
}
