import { MOST_ROWS, type DroppedRecord, type DroppedRow } from "../event/dropped-records.ts";
import type { DropReason } from "../event/reason.ts";

/** A row that waited, of a record read earlier, and is dropped now: what it waited for did not come, or brought no good. */
export interface LateDrop {
  /** The stream that brought it. */
  readonly stream: string;
  /** Of its record there; absent where several are told together, of which nothing is known but their number. */
  readonly offset?: number;
  /** Its position among the rows of its record; 0 where it is left out. */
  readonly row?: number;
  readonly count?: number;
  /** The record's own time, or the start of the pane that several were in; ms since the epoch. */
  readonly recordTime: number;
  readonly reason: DropReason;
  readonly model: string;
}

/** The drops by record: rows of one that stand side by side, with the same reason, are told together. */
export function recordsOf(
  drops: readonly LateDrop[],
): readonly { readonly stream: string; readonly dropped: DroppedRecord }[] {
  const records: { stream: string; dropped: DroppedRecord; rows: DroppedRow[] }[] = [];
  for (const { stream, offset, row = 0, count, recordTime, reason, model } of drops) {
    if (offset === undefined) {
      records.push({ stream, dropped: { count: count ?? 1, reason, recordTime, rows: [] }, rows: [] });
      continue;
    }
    const told = { row, reason, model, columns: [] };
    const last = records.at(-1);
    if (last?.stream === stream && last.dropped.offset === offset && last.dropped.reason === reason) {
      if (last.rows.length < MOST_ROWS) last.rows.push(told);
      continue;
    }
    const rows = [told];
    records.push({ stream, dropped: { offset, reason, recordTime, rows }, rows });
  }
  return records;
}
