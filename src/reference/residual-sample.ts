import type { Grid } from "../counts/grid.ts";
import type { EventBatch, EventPlan } from "../event/batch.ts";
import { ANSWERS, answerKind } from "./label-ruler.ts";
import { createNumberSample, gridOfSample, sampleNumbers } from "./number-sample.ts";
import type { NumberSample } from "./number-sample.ts";

/** The errors of a model that answers with numbers, where its rows have the truth beside the answer. */
export interface ResidualSample {
  /** Positions in the plan's columns. */
  readonly value: number;
  readonly truth: number;
  readonly sample: NumberSample;
}

/** Enough for deciles and their twentieths; cohorts have few labels, and each keeps all of the bins. */
const BINS = 60;

/** Undefined where the source has no such pair. */
export function createResidualSample({ columns }: EventPlan): ResidualSample | undefined {
  if (answerKind(columns) !== "values") return undefined;
  const find = (isIt: (column: EventPlan["columns"][number]) => boolean): number =>
    columns.findIndex((column) => column.type === "number" && isIt(column));
  const value = find(({ name }) => name === ANSWERS.values);
  const truth = find(({ role }) => role === "truth");
  return value < 0 || truth < 0 ? undefined : { value, truth, sample: createNumberSample() };
}

export function sampleResiduals({ value, truth, sample }: ResidualSample, batch: EventBatch): void {
  const answers = batch.columns[value];
  const truths = batch.columns[truth];
  if (answers.type !== "number" || truths.type !== "number") return;
  const values = new Float64Array(batch.rows);
  for (let row = 0; row < batch.rows; row += 1) values[row] = answers.values[row] - truths.values[row];
  sampleNumbers(sample, batch, { ...answers, values });
}

/** The bins of the errors; undefined where there are none. Uses the sample up. */
export function residualGrid(residuals: ResidualSample | undefined): Grid | undefined {
  return residuals === undefined || residuals.sample.seen === 0
    ? undefined
    : gridOfSample(residuals.sample, BINS);
}
