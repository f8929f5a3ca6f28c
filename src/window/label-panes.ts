import type { EventBatch } from "../event/batch.ts";
import { paneStart } from "./partition-clock.ts";
import type { StreamProgress } from "./stream-progress.ts";

/**
 * Labels belong to no pane: their fields are counted in the one that is being read of the model's events as they come, by row
 * its start. Before any event there is none (NaN). Times in ms.
 */
export function panesOfLabels(
  { rows, plan: { model } }: EventBatch,
  options: {
    /** The task's streams of events. */
    readonly streams: readonly StreamProgress[];
    readonly pane: number;
    /** End of the model's last closed pane. */
    readonly closedThrough: number;
  },
): Float64Array {
  const { streams, pane, closedThrough } = options;
  const own = streams.filter(({ models }) => models.includes(model));
  const reached = Math.max(...own.map(({ clock }) => clock.watermark));
  const start = Math.max(paneStart(reached, pane), closedThrough);
  return new Float64Array(rows).fill(Number.isFinite(start) ? start : Number.NaN);
}
