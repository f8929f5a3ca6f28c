import type { EventBatch, EventPlan } from "../event/batch.ts";
import { createCategoryTally, tallyCategories } from "./category-tally.ts";
import type { CategoryTally } from "./category-tally.ts";
import { createNumberSample, sampleNumbers } from "./number-sample.ts";
import type { NumberSample } from "./number-sample.ts";
import { createResidualSample, sampleResiduals } from "./residual-sample.ts";
import type { ResidualSample } from "./residual-sample.ts";
import { createSegmentTally, tallySegments } from "./segment-tally.ts";
import type { SegmentTally } from "./segment-tally.ts";

/** What the first pass learns: enough to freeze grids, category lists, segments and windows. By column of the plan. */
export interface Survey {
  rows: number;
  /** Event time, ms since the epoch; NaN until a row has one. */
  from: number;
  to: number;
  readonly numbers: readonly (NumberSample | undefined)[];
  readonly categories: readonly (CategoryTally | undefined)[];
  readonly segments: readonly SegmentTally[];
  readonly residuals: ResidualSample | undefined;
  /** By window size: the numbers of the windows that have rows. */
  readonly windows: readonly Set<number>[];
  /** Codes of the batch at hand. */
  codes: readonly Int32Array[];
}

export function createSurvey(
  plan: EventPlan,
  segmentBy: readonly (readonly string[])[],
  windowSizes: readonly number[],
): Survey {
  return {
    rows: 0,
    from: Number.NaN,
    to: Number.NaN,
    numbers: plan.columns.map(({ type, role }) =>
      type === "number" && role !== "probability" ? createNumberSample() : undefined,
    ),
    categories: plan.columns.map(({ type }) => (type === "number" ? undefined : createCategoryTally())),
    segments: segmentBy.map((keys) => createSegmentTally(keys, plan.columns)),
    residuals: createResidualSample(plan),
    windows: windowSizes.map(() => new Set()),
    codes: plan.columns.map(() => new Int32Array(0)),
  };
}

export function surveyBatch(survey: Survey, batch: EventBatch, windowSizes: readonly number[]): void {
  makeCodes(survey, batch.capacity);
  for (const [position, column] of batch.columns.entries()) {
    const sample = survey.numbers[position];
    const tally = survey.categories[position];
    if (column.type === "number" && sample !== undefined) sampleNumbers(sample, batch, column);
    if (column.type === "category" && tally !== undefined) {
      tallyCategories(tally, batch, column, survey.codes[position]);
    }
  }
  for (const tally of survey.segments) tallySegments(tally, batch, survey.codes);
  if (survey.residuals !== undefined) sampleResiduals(survey.residuals, batch);
  surveyTimes(survey, batch, windowSizes);
}

/** Makes room for the codes of a batch. */
export function makeCodes(survey: Survey, capacity: number): void {
  if (survey.codes.some((codes) => codes.length < capacity)) {
    survey.codes = survey.codes.map(() => new Int32Array(capacity));
  }
}

function surveyTimes(survey: Survey, batch: EventBatch, windowSizes: readonly number[]): void {
  const last = windowSizes.map(() => Number.NaN);
  for (let row = 0; row < batch.rows; row += 1) {
    if (batch.reason[row] !== 0) continue;
    survey.rows += 1;
    const time = batch.time[row];
    if (Number.isNaN(time)) continue;
    if (!(time >= survey.from)) survey.from = time;
    if (!(time <= survey.to)) survey.to = time;
    for (let size = 0; size < windowSizes.length; size += 1) {
      const number = Math.floor(time / windowSizes[size]);
      if (number === last[size]) continue;
      last[size] = number;
      survey.windows[size].add(number);
    }
  }
}
