import type { DecodedRecords, EventBatch } from "./batch.ts";
import { DROP_REASONS, type DropReason } from "./reason.ts";
import { envelopeFaults, type EnvelopePart } from "./envelope-fault.ts";
import { REFUSALS, type Refusal } from "./refusal.ts";
import type { Unreadable } from "./unreadable.ts";

/** A record of which something was not counted. Times are ms since the epoch. */
export interface DroppedRecord {
  /** Absent where several are told together, of which nothing is known but their number. */
  readonly offset?: number;
  readonly count?: number;
  /** Of the record, where it gave no row; else of its first dropped row. */
  readonly reason: DropReason | Exclude<Refusal, "ignored">;
  /** The record's own time, where that is known; of several the start of their pane. */
  readonly recordTime?: number;
  /** What is wrong with an undecodable record, if that can be said. */
  readonly detail?: Unreadable;
  /** Its dropped rows; none where the record gave no row at all. */
  readonly rows: readonly DroppedRow[];
}

export interface DroppedRow {
  /** Position among the record's rows. */
  readonly row: number;
  readonly reason: DropReason;
  readonly model: string;
  /** Event time, where it has one. */
  readonly time?: number;
  /** Of an invalid row: what cannot be read. */
  readonly envelope?: readonly EnvelopePart[];
  /** Columns whose value was of the wrong type, or outside its limits. */
  readonly columns: readonly string[];
}

/** A record of a thousand bad rows is told by its first ones. */
export const MOST_ROWS = 100;

export interface DroppedRecords {
  /** In offset order. */
  readonly records: DroppedRecord[];
  /** How many more there are. */
  leftOut: number;
}

/**
 * What of the records was not counted; to be called when they have been taken in. At most `most` of them are told, and the rest
 * costs next to nothing. Records that nobody asked for (`ignored`) were not dropped.
 */
export function findDropped(decoded: DecodedRecords, most: number): DroppedRecords {
  const found: DroppedRecords = { records: [], leftOut: 0 };
  const { count, offsets, why } = decoded.refused;
  for (let i = 0; i < count; i++) {
    const reason = REFUSALS[why[i]];
    if (reason === "ignored") continue;
    if (found.records.length >= most) found.leftOut++;
    else {
      const detail = reason === "undecodable" ? decoded.explain?.(offsets[i]) : undefined;
      found.records.push({ offset: offsets[i], reason, ...(detail && { detail }), rows: [] });
    }
  }
  for (const batch of decoded.batches) findDroppedRows(batch, most, found);
  if (found.records.length > 1) found.records.sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0));
  return found;
}

function findDroppedRows(batch: EventBatch, most: number, into: DroppedRecords): void {
  let fault = 0;
  let rows: DroppedRow[] | undefined;
  let current = Number.NaN;
  for (let row = 0; row < batch.rows; row++) {
    const code = batch.reason[row];
    if (code === 0) continue;
    const reason = DROP_REASONS[code - 1];
    const offset = batch.offset[row];
    if (offset !== current) {
      current = offset;
      if (into.records.length >= most) {
        into.leftOut++;
        rows = undefined;
        continue;
      }
      rows = [];
      const recordTime = batch.recordTime[row];
      into.records.push({ offset, reason, rows, ...(Number.isNaN(recordTime) ? {} : { recordTime }) });
    }
    if (rows === undefined || rows.length === MOST_ROWS) continue;
    while (fault < batch.faults && batch.faultRow[fault] < row) fault++;
    const columns: string[] = [];
    for (; fault < batch.faults && batch.faultRow[fault] === row; fault++)
      columns.push(batch.plan.columns[batch.faultColumn[fault]].name);
    const time = batch.time[row];
    const known = Number.isFinite(time) ? { time } : {};
    const faulty = reason === "invalid" ? { envelope: envelopeFaults(batch, row) } : {};
    rows.push({ row: positionOf(batch, row), reason, model: batch.plan.model, ...known, ...faulty, columns });
  }
}

/** Among the rows of its record, which stand side by side. */
function positionOf(batch: EventBatch, row: number): number {
  let first = row;
  while (first > 0 && batch.offset[first - 1] === batch.offset[row]) first--;
  return row - first;
}
