import { crc32 } from "node:zlib";
import type { RecordBatch } from "../event/records.ts";

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

export function isSameRecord(left: RecordMark, right: RecordMark): boolean {
  return left.timestamp === right.timestamp && left.crc === right.crc;
}
