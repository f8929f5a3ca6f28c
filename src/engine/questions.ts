import type { DecodedRecords, EventBatch } from "../event/batch.ts";
import type { IdList } from "../join/entries.ts";
import type { JoinPlan, Side } from "../join/half-plans.ts";
import { idsOf } from "../join/pending-entries.ts";
import type { CountingPlan } from "../window/counting-plan.ts";
import { predictionIndex } from "../window/task-delta.ts";
import type { Task } from "../window/task.ts";

/** What the store must answer before a batch is taken in. */
export interface Question {
  readonly index: string;
  readonly ids: IdList;
  readonly batch: EventBatch;
}

/** The same of a batch of halves: which index holds what. */
export interface HalfQuestion {
  readonly batch: EventBatch;
  readonly side: Side;
  readonly plan: JoinPlan;
  readonly index: (of: "meetings" | Side) => string;
}

/** Which ids the store must look up before the batch is taken in; none where nothing is joined. */
export function questionsOf(
  decoded: DecodedRecords,
  countingOf: (model: string) => CountingPlan,
): Question[] {
  return decoded.batches.flatMap((batch) => {
    const { model, needsId, half } = batch.plan;
    const counting = countingOf(model);
    // Halves have ids also where no labels come.
    if (!needsId || batch.rows === 0 || (half !== undefined && counting.outcomes === undefined)) return [];
    return [{ index: predictionIndex(counting), ids: idsOf(batch), batch }];
  });
}

/** Which halves the store must look up before the batch is taken in. */
export function halfQuestionsOf(task: Task, decoded: DecodedRecords): HalfQuestion[] {
  return decoded.batches.flatMap((batch) => {
    const { half: side, model } = batch.plan;
    const join = task.models.get(model)?.join;
    if (side === undefined || join === undefined || batch.rows === 0) return [];
    const { plan, halves } = join;
    return [{ batch, side, plan, index: (of) => halves.meetings.index(of) }];
  });
}
