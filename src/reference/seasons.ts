import { directionsOf } from "../statistics/directions.ts";
import { countsOf } from "./counting.ts";
import type { Counting } from "./counting.ts";
import type { AskedSeason } from "./options.ts";
import { calibrateSeason, type Season } from "./season.ts";
import { refOf } from "./series.ts";
import { windowsOfSeries } from "./window-counts.ts";

const ALL = 0;

/** What is asked of one series; nothing where no window of the reference has values, or event time. */
export function seasonsOf(
  counting: Counting,
  { segment, column, independent }: { segment: number; column: number; independent: boolean },
  asked: readonly AskedSeason[],
): { seasons?: readonly Season[] } {
  const { described } = counting.columns[column];
  const sizes = asked
    .filter((one) => one.column === described.name && (one.bySegment || segment === ALL))
    .map(({ windowSize }) => windowSize);
  if (sizes.length === 0) return {};
  const ref = refOf(described, countsOf(counting, segment, column));
  const directions = directionsOf(ref, "distribution");
  const seasons = counting.windows
    .filter(({ size }) => sizes.includes(size))
    .map((windows) => windowsOfSeries(windows, { segment, column, directions, independent, ref }))
    .filter(({ rows, windowStart }) => rows.length > 0 && windowStart !== undefined)
    .map(calibrateSeason);
  return seasons.length === 0 ? {} : { seasons };
}
