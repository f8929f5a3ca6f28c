import { HOUR } from "../config/quantity.ts";
import { hourOf, hourOfDay, hourOfWeek } from "../reference/hour-slots.ts";
import { LEAST_VALUES } from "../statistics/measure.ts";
import type { ReferenceSegment } from "../reference/reference.ts";

/**
 * Rows that the reference would have in [from, to), ms since the epoch: the sum of its hour medians, each weighted by its
 * overlap. By hour of the week where the reference knows it, else by hour of the day; NaN where it knows neither. A window
 * that touches an hour with fewer than 100 rows gets that hour's median: too few to be judged, since half of little is
 * nothing to be told (SIGNIFICANCE 5).
 */
export function expectedRows(segment: ReferenceSegment, from: number, to: number): number {
  let expected = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let hour = hourOf(from); hour * HOUR < to; hour++) {
    const overlap = (Math.min(to, (hour + 1) * HOUR) - Math.max(from, hour * HOUR)) / HOUR;
    const median = medianOf(segment, hour);
    least = Math.min(least, median);
    expected += overlap * median;
  }
  return least < LEAST_VALUES ? least : expected;
}

function medianOf(segment: ReferenceSegment, hour: number): number {
  const ofWeek = segment.hourOfWeek[hourOfWeek(hour)];
  return Number.isNaN(ofWeek) ? segment.hourOfDay[hourOfDay(hour)] : ofWeek;
}
