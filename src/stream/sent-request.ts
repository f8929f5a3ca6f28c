import type { RecordBatch, RecordHeaders } from "../event/records.ts";

/** The records of one request. */
export interface SentRequest {
  /** When it came, ms since the epoch. */
  readonly time: number;
  /** As node:http makes them, strings all; of every record. */
  readonly headers: RecordHeaders;
  readonly values: readonly Uint8Array[];
}

/** How many records they hold. */
export function countRecords(requests: readonly SentRequest[]): number {
  let count = 0;
  for (const { values } of requests) count += values.length;
  return count;
}

/** How many bytes their records have. */
export function countBytes(requests: readonly SentRequest[]): number {
  let bytes = 0;
  for (const { values } of requests) for (const value of values) bytes += value.length;
  return bytes;
}

/** Requests of one stream, and the offset of the first of their records; the others follow it. */
interface NumberedRequests {
  readonly requests: readonly SentRequest[];
  readonly offset: number;
}

/** Their records as one batch of partition 0. */
export function recordsOf(stream: string, groups: readonly NumberedRequests[]): RecordBatch {
  const count = groups.reduce((sum, { requests }) => sum + countRecords(requests), 0);
  const offsets = new Float64Array(count);
  const timestamps = new Float64Array(count);
  const values: Uint8Array[] = [];
  const headers: RecordHeaders[] = [];
  let end = 0;
  for (const group of groups) {
    end = group.offset;
    for (const request of group.requests) {
      for (const value of request.values) {
        offsets[values.length] = end++;
        timestamps[values.length] = request.time;
        values.push(value);
        headers.push(request.headers);
      }
    }
  }
  const keys = values.map(() => null);
  return { kind: "records", stream, partition: 0, count, offsets, timestamps, values, keys, headers, end };
}
