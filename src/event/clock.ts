import { HOUR } from "../config/quantity.ts";
import type { EventBatch } from "./batch.ts";
import { refuseRow } from "./envelope-fault.ts";
import { reasonCode } from "./reason.ts";
import { EARLIEST_TIME } from "./time.ts";

/** A record this far ahead of the wall clock has no believable timestamp. Milliseconds. */
const RECORD_AHEAD = HOUR;

const FUTURE = reasonCode("future");

/** What the time of a partition's next record depends on: to be stored with its offset. */
export interface DecodingClock {
  /** Record time - event time of the last valid record, ms; 0 before the first. */
  lag: number;
  /** The highest valid event time, which is the record time of a file; NaN before the first. */
  highest: number;
}

export function createClock(): DecodingClock {
  return { lag: 0, highest: NaN };
}

/** The readings that one call judges time by. */
export interface TimeLimits {
  readonly now: number;
  readonly maxAhead: number;
}

/** The record's own timestamp, or the highest valid event time so far where it has none (files, magic 0 records). */
function recordTimeOf(clock: DecodingClock, timestamp: number): number {
  return timestamp >= 0 ? timestamp : clock.highest;
}

/**
 * The event time that stands in for that of a record that cannot be read: its record time less the last valid record's lag,
 * so that a backlog's garbage does not count as today's. Infinity where the timestamp is too far ahead to be believed.
 */
export function standInTime(clock: DecodingClock, timestamp: number, limits: TimeLimits): number {
  const recordTime = recordTimeOf(clock, timestamp);
  return recordTime > limits.now + RECORD_AHEAD ? Number.POSITIVE_INFINITY : recordTime - clock.lag;
}

/**
 * Judges the event time that stands in `batch.time[row]` (NaN where there was none) against the raw record timestamp in
 * `batch.recordTime[row]`, completes both and sets the row's reason. A row without usable time is invalid and gets the time
 * that the last valid record's lag says, so that a stream that turns all invalid still goes on.
 *
 * What is ahead of the wall clock is usable where its record is too: a topic's own clock bears witness, so that a wall clock
 * that was set back by less than an hour loses nothing.
 */
export function judgeTime(batch: EventBatch, row: number, clock: DecodingClock, limits: TimeLimits): void {
  const time = batch.time[row];
  const timestamp = batch.recordTime[row];
  const latest = (timestamp > limits.now ? timestamp : limits.now) + limits.maxAhead;
  const usable = time >= EARLIEST_TIME && time <= latest;
  if (!(timestamp >= 0) && usable && !(time <= clock.highest)) clock.highest = time;
  const recordTime = recordTimeOf(clock, timestamp);
  batch.recordTime[row] = recordTime;
  if (!usable) {
    batch.time[row] = recordTime - clock.lag;
    refuseRow(batch, row, "time");
  }
  if (recordTime > limits.now + RECORD_AHEAD || (usable && time > recordTime + limits.maxAhead)) {
    batch.reason[row] = FUTURE;
  } else if (usable) clock.lag = recordTime - time;
}
