import { median } from "simple-statistics";
import type { EventBatch } from "../event/batch.ts";
import { HOURS_OF_DAY, HOURS_OF_WEEK, hourOf, hourOfDay, hourOfWeek } from "./hour-slots.ts";

const LEAST_WEEKS = 4;
const LEAST_DAYS = 7;

/** Rows by hour since the epoch, each by segment. */
export type HourlyRows = Map<number, Uint32Array>;

/** Counts the sound rows that have a time, each in its segment. */
export function addHourlyRows(
  hours: HourlyRows,
  batch: EventBatch,
  segmentOf: Int32Array,
  segments: number,
): void {
  let hour = Number.NaN;
  let counts: Uint32Array = new Uint32Array(0);
  for (let row = 0; row < batch.rows; row += 1) {
    const time = batch.time[row];
    if (batch.reason[row] !== 0 || Number.isNaN(time)) continue;
    const found = hourOf(time);
    if (found !== hour) {
      hour = found;
      counts = hours.get(hour) ?? new Uint32Array(segments);
      hours.set(hour, counts);
    }
    counts[segmentOf[row]] += 1;
  }
}

/**
 * Median rows per hour of one segment, by hour of the week (Monday 00 UTC first; NaN below 4 weeks) and by hour of the day
 * (NaN below 7 days). Hours without rows count as 0: silence at night is what is usual at night.
 */
export function usualRows(
  hours: HourlyRows,
  segment: number,
): { hourOfWeek: Float64Array; hourOfDay: Float64Array } {
  const week = Array.from({ length: HOURS_OF_WEEK }, (): number[] => []);
  const day = Array.from({ length: HOURS_OF_DAY }, (): number[] => []);
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const hour of hours.keys()) {
    first = Math.min(first, hour);
    last = Math.max(last, hour);
  }
  for (let hour = first; hour <= last; hour += 1) {
    const rows = hours.get(hour)?.[segment] ?? 0;
    week[hourOfWeek(hour)].push(rows);
    day[hourOfDay(hour)].push(rows);
  }
  return {
    hourOfWeek: Float64Array.from(week, (rows) => medianOf(rows, LEAST_WEEKS)),
    hourOfDay: Float64Array.from(day, (rows) => medianOf(rows, LEAST_DAYS)),
  };
}

function medianOf(rows: number[], least: number): number {
  return rows.length < least ? Number.NaN : median(rows);
}
