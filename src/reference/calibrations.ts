import { LEAST_WINDOWS } from "../statistics/calibration.ts";
import type { Calibration, Signal } from "../statistics/calibration.ts";
import { directionsOf } from "../statistics/directions.ts";
import { calibrate, fallback } from "./calibration.ts";
import { countsOf } from "./counting.ts";
import type { Counting } from "./counting.ts";
import { refOf } from "./series.ts";
import { windowsOfSeries } from "./window-counts.ts";

const SIGNALS: readonly Signal[] = ["distribution", "missing", "novel"];
const ALL = 0;

/** One calibration per window length and signal. A segment of few windows borrows from its column over all segments. */
export function calibrationsOf(
  counting: Counting,
  series: { segment: number; column: number; independent: boolean },
): Calibration[] {
  const { segment, column, independent } = series;
  const ref = refOf(counting.columns[column].described, countsOf(counting, segment, column));
  return counting.windows.flatMap((windows) =>
    SIGNALS.map((signal) => {
      const directions = directionsOf(ref, signal);
      const own = calibrate(windowsOfSeries(windows, { segment, column, directions, independent, ref }));
      if (segment === ALL || independent || own.k >= LEAST_WINDOWS) return own;
      // The parent is asked the segment's own questions: its deciles may lie where the segment has nothing.
      const parent = { segment: ALL, column, directions, independent, ref };
      const borrowed = fallback(own, calibrate(windowsOfSeries(windows, parent)));
      // How few windows it had is what trust is judged by.
      return { ...borrowed, k: own.k, blocks: own.blocks };
    }),
  );
}
