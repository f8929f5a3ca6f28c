import { LEAST_VALUES } from "../statistics/measure.ts";
import type { ReferenceSegment } from "../reference/reference.ts";

const HOUR = 3_600_000;
const DAY_HOURS = 24;
const WEEK_HOURS = 168;
/** 1970-01-01 was a Thursday; hours of the week begin on Monday 00 UTC. */
const EPOCH_HOUR = 72;

/**
 * Rows that the reference would have in [from, to), ms since the epoch: the sum of its hour medians, each weighted by its
 * overlap. By hour of the week where the reference knows it, else by hour of the day; NaN where it knows neither. A window
 * that touches an hour with fewer than 100 rows gets that hour's median: too few to be judged, since half of little is
 * nothing to be told (SIGNIFICANCE 5).
 */
export function expectedRows(segment: ReferenceSegment, from: number, to: number): number {
  let expected = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let hour = Math.floor(from / HOUR); hour * HOUR < to; hour++) {
    const overlap = (Math.min(to, (hour + 1) * HOUR) - Math.max(from, hour * HOUR)) / HOUR;
    const median = medianOf(segment, hour);
    least = Math.min(least, median);
    expected += overlap * median;
  }
  return least < LEAST_VALUES ? least : expected;
}

function medianOf(segment: ReferenceSegment, hour: number): number {
  const ofWeek = segment.hourOfWeek[(hour + EPOCH_HOUR) % WEEK_HOURS];
  return Number.isNaN(ofWeek) ? segment.hourOfDay[hour % DAY_HOURS] : ofWeek;
}
