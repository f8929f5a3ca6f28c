import type { DecodedRecords, EventBatch } from "../event/batch.ts";
import { DROP_REASONS } from "../event/reason.ts";
import type { HalfAnswers } from "../join/half-answers.ts";
import { SIDES, type Side } from "../join/half-plans.ts";
import type { CountingPlan } from "./counting-plan.ts";
import type { LateDrop } from "./late-drop.ts";
import type { ModelJoin, TakenHalves } from "./model-join.ts";
import type { StreamProgress } from "./stream-progress.ts";
import type { TaskModel } from "./task-model.ts";
import { modelWatermark } from "./watermark.ts";

/** One of the halves' batches, its model, and the join of that. */
export interface HalfBatch {
  readonly batch: EventBatch;
  readonly side: Side;
  readonly model: TaskModel;
  readonly join: ModelJoin;
}

export function halfBatchOf(batch: EventBatch, model: TaskModel): HalfBatch {
  const { half: side } = batch.plan;
  if (side === undefined || model.join === undefined)
    throw new Error(`model ${batch.plan.model} is not joined here`);
  return { batch, side, model, join: model.join };
}

/** Makes room for the events that the batches may complete; answers where admission writes each row's pane. */
export function beginHalves(
  batches: readonly HalfBatch[],
  answers: (batch: EventBatch) => HalfAnswers,
): Float64Array[] {
  for (const join of new Set(batches.map((one) => one.join))) {
    const own = batches.filter((one) => one.join === join);
    join.reserve(own.reduce((sum, { batch }) => sum + batch.rows, 0));
  }
  return batches.map(({ batch, side, join }) => {
    join.begin(side, batch, answers(batch));
    return join.startsOf(side, batch.rows);
  });
}

/** The events that the batches completed, as if they had come so. */
export function completedBy(decoded: DecodedRecords, batches: readonly HalfBatch[]): DecodedRecords {
  const events = [...new Set(batches.map(({ join }) => join.events))];
  return {
    ...decoded,
    batches: events,
    rows: events.reduce((sum, { rows }) => sum + rows, 0),
    undecodableTime: new Float64Array(0),
    undecodableAfter: new Uint32Array(0),
  };
}

/** Lets every row of the batches meet its other half, in the order of the records. By batch: what became of its rows. */
export function takeHalves(decoded: DecodedRecords, batches: readonly HalfBatch[]): TakenHalves[] {
  const taken = batches.map(() => ({ opened: 0, failed: [] }));
  const cursors = new Int32Array(batches.length);
  for (let k = 0; k < decoded.rows; k++) {
    const b = decoded.sequence[k];
    const { batch, side, join } = batches[b];
    join.take(side, batch, cursors[b]++, taken[b]);
  }
  return taken;
}

/** The streams of a task that bring the halves of a side. */
export function bringsSide({ role }: StreamProgress, side: Side): boolean {
  return role === "inference" || role === (side === "input" ? "inputs" : "outputs");
}

/** The streams that bring the two sides of a task, and who is told what of them is dropped after it has waited. */
export interface Sides {
  readonly streams: Readonly<Record<Side, StreamProgress>>;
  readonly drops: LateDrop[];
}

/** Books what became of the halves of the other side that waited for those of a batch. */
export function bookFailed({ batch, side }: HalfBatch, { failed }: TakenHalves, sides: Sides): void {
  const { name: stream, ledger } = sides.streams[OTHER[side]];
  ledger.waiting -= failed.length;
  ledger.dropped.failed += failed.length;
  for (const { offset, row, recordTime } of failed)
    sides.drops.push({ stream, offset, row, recordTime, reason: "failed", model: batch.plan.model });
}

/** Books pairs where both halves came in. Whoever asks the batch in hand is told of the other half's fate alone. */
export function bookPairs(join: ModelJoin, { streams, drops }: Sides): void {
  const { model } = join.plan.plan;
  join.forEachPair((side, code, event) => {
    const waited = streams[OTHER[side]];
    waited.ledger.waiting -= 1;
    for (const { ledger } of [streams[side], waited]) {
      if (code === 0) ledger.measured += 1;
      else ledger.dropped[DROP_REASONS[code - 1]] += 1;
    }
    if (code === 0) return;
    drops.push({ stream: waited.name, ...join.waitedOf(event), reason: DROP_REASONS[code - 1], model });
  });
}

const OTHER: Readonly<Record<Side, Side>> = { input: "output", output: "input" };
const ORPHANS = { input: "orphan-input", output: "orphan-output" } as const;

/**
 * Gives up the halves that nothing can meet any more: all streams of the task that bring halves of the model have passed
 * their panes, or the model has closed them. Answers whether there were any.
 */
export function expireHalves(
  join: ModelJoin,
  options: {
    streams: readonly StreamProgress[];
    plan: Pick<CountingPlan, "model" | "pane" | "lateness">;
    closedThrough: number;
    sides: Sides;
  },
): boolean {
  const { pane, lateness, model } = options.plan;
  const behind = lateness + join.span;
  const partitions = options.streams.map(({ clock, idle, ended }) => {
    return { watermark: clock.watermark, idle, ended };
  });
  const watermark = modelWatermark(partitions, { pane, lateness: behind });
  const passed = Math.floor((watermark - behind) / pane) * pane;
  const through = Math.max(passed, options.closedThrough);
  const { streams, drops } = options.sides;
  const expired = join.open.expire(through, (side, recordTime, count) => {
    drops.push({ stream: streams[side].name, recordTime, count, reason: ORPHANS[side], model });
  });
  for (const side of SIDES) {
    const { ledger } = streams[side];
    ledger.waiting -= expired[side];
    ledger.dropped[ORPHANS[side]] += expired[side];
  }
  return expired.input + expired.output > 0;
}
