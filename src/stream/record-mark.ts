import { crc32 } from "node:zlib";
import type { RecordBatch, SourceBatch, TableBatch } from "../event/records.ts";

/** Enough of a record to tell whether the same offset still holds the same record. */
export interface RecordMark {
  /** The record's own timestamp, ms since the epoch. */
  readonly timestamp: number;
  /** CRC-32 of the key's bytes followed by the value's. */
  readonly crc: number;
}

/** Marks the record at `index` of a batch; to be kept beside the offset that follows it. Reads the bytes once. */
export function markRecord(batch: RecordBatch, index: number): RecordMark {
  return markOf(
    batch.timestamps[index] ?? Number.NaN,
    batch.keys[index] ?? null,
    batch.values[index] ?? null,
  );
}

export function markOf(timestamp: number, key: Uint8Array | null, value: Uint8Array | null): RecordMark {
  const keyed = key === null ? 0 : crc32(key);
  return { timestamp, crc: value === null ? keyed : crc32(value, keyed) };
}

/**
 * What a stream is known again by once a batch has been read: its last record. A table is known by its first row, for the
 * last row of a csv file may have been read before it was whole; `before` is the mark until now.
 */
export function markBatch(batch: SourceBatch, before: RecordMark | undefined): RecordMark | undefined {
  if (batch.kind === "records") return batch.count > 0 ? markRecord(batch, batch.count - 1) : before;
  return batch.firstOffset === 0 && batch.count > 1 ? markRow(batch, 0) : before;
}

/** Marks the row at `index` of a table, by its cells. */
export function markRow(batch: TableBatch, index: number): RecordMark {
  const cells = Object.entries(batch.columns).map(([name, values]) => [name, values[index]]);
  const text = JSON.stringify(cells, (_, cell: unknown) => (typeof cell === "bigint" ? String(cell) : cell));
  return markOf(Number.NaN, null, new TextEncoder().encode(text));
}

export function isSameRecord(left: RecordMark, right: RecordMark): boolean {
  return left.timestamp === right.timestamp && left.crc === right.crc;
}
