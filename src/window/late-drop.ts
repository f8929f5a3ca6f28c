import type { EventBatch } from "../event/batch.ts";
import { DROP_REASONS, type DropReason } from "../event/reason.ts";

/** A row that waited, of a record read earlier, and is dropped now: what it waited for did not come. */
export interface LateDrop {
  /** The stream that brought it. */
  readonly stream: string;
  /** Of its record there; absent where several are told together, of which nothing is known but their number. */
  readonly offset?: number;
  readonly count?: number;
  /** The record's own time, or the start of the pane that several were in; ms since the epoch. */
  readonly recordTime: number;
  readonly reason: DropReason;
  readonly model: string;
}

/** The events of a batch that two halves made, and that were dropped: each by the half that came second, in `stream`. */
export function lateDropsOf(batch: EventBatch, stream: string): LateDrop[] {
  const drops: LateDrop[] = [];
  for (let row = 0; row < batch.rows; row++) {
    const code = batch.reason[row];
    if (code === 0) continue;
    const place = { offset: batch.offset[row], recordTime: batch.recordTime[row] };
    drops.push({ stream, ...place, reason: DROP_REASONS[code - 1], model: batch.plan.model });
  }
  return drops;
}
