import { MOST_ROWS, type DroppedRecord, type DroppedRow } from "../event/dropped-records.ts";
import type { DropReason } from "../event/reason.ts";

/** What is dropped now, and is in no batch in hand. */
export type LateDrop = LateRow | LateNumber;

/** A row that waited, of a record read earlier: what it waited for did not come, or brought no good. */
interface LateRow {
  /** The stream that brought it. */
  readonly stream: string;
  /** Of its record there. */
  readonly offset: number;
  /** Its position among the rows of its record; 0 where it is left out. */
  readonly row?: number;
  /** The record's own time, ms since the epoch. */
  readonly recordTime: number;
  readonly reason: DropReason;
  readonly model: string;
}

/** Several of which nothing is known but their number: rows that waited, or records that were turned away unread. */
export interface LateNumber {
  readonly stream: string;
  readonly offset?: undefined;
  readonly count: number;
  /** Start of the pane that they were in, or when they were turned away; ms since the epoch. */
  readonly recordTime: number;
  readonly reason: DroppedRecord["reason"];
  /** Of rows. */
  readonly model?: string;
}

/** The drops by record: rows of one that stand side by side, with the same reason, are told together. */
export function recordsOf(
  drops: readonly LateDrop[],
): readonly { readonly stream: string; readonly dropped: DroppedRecord }[] {
  const records: { stream: string; dropped: DroppedRecord; rows: DroppedRow[] }[] = [];
  for (const drop of drops) {
    const { stream, recordTime, reason } = drop;
    if (drop.offset === undefined) {
      records.push({ stream, dropped: { count: drop.count, reason, recordTime, rows: [] }, rows: [] });
      continue;
    }
    const { offset, row = 0, reason: own, model } = drop;
    const told = { row, reason: own, model, columns: [] };
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
