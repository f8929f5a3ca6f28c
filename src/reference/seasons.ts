import { directionsOf } from "../statistics/directions.ts";
import { countsOf } from "./counting.ts";
import type { Counting } from "./counting.ts";
import type { AskedSeason } from "./options.ts";
import { calibrateSeason, type Season } from "./season.ts";
import { refOf } from "./series.ts";
import { windowsOfSeries } from "./window-counts.ts";

const ALL = 0;
/** Those that a season can be known of; novel values are counted on the reference's last fifth only. */
const SIGNALS = ["distribution", "missing"] as const;

/** What is asked of one series; nothing where no window of the reference has values, or event time. */
export function seasonsOf(
  counting: Counting,
  { segment, column, independent }: { segment: number; column: number; independent: boolean },
  asked: readonly AskedSeason[],
): { seasons?: readonly Season[] } {
  const { described } = counting.columns[column];
  const wanted = asked.filter((one) => one.column === described.name && (one.bySegment || segment === ALL));
  if (wanted.length === 0) return {};
  const ref = refOf(described, countsOf(counting, segment, column));
  const seasons = SIGNALS.flatMap((signal) => {
    const sizes = wanted.filter((one) => one.signal === signal).map(({ windowSize }) => windowSize);
    const directions = directionsOf(ref, signal);
    return counting.windows
      .filter(({ size }) => sizes.includes(size))
      .map((windows) => windowsOfSeries(windows, { segment, column, directions, independent, ref }))
      .filter(({ rows, windowStart }) => rows.length > 0 && windowStart !== undefined)
      .map(calibrateSeason);
  });
  return seasons.length === 0 ? {} : { seasons };
}
