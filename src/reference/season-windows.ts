import { DAY } from "../config/quantity.ts";
import { LEAST_ROWS } from "./calibration.ts";
import type { ReferenceWindows } from "./calibration.ts";
import { hourOf, hourOfDay, hourOfWeek, HOURS_OF_WEEK } from "./hour-slots.ts";

const WEEK = 7 * DAY;

/** The slot that a time lies in; ms since the epoch, UTC. */
export function slotOfTime(time: number, slots: number): number {
  const hour = hourOf(time);
  return slots === HOURS_OF_WEEK ? hourOfWeek(hour) : hourOfDay(hour);
}

/** The usable windows of the whole weeks of a reference. */
export interface PlacedWindows {
  readonly windows: ReferenceWindows;
  /** Positions in `windows`; of each the slot and the week. */
  readonly usable: Int32Array;
  readonly slotOf: Int32Array;
  readonly weekOf: Int32Array;
  readonly slots: number;
  readonly weeks: number;
}

/** By slot; by slot and direction at s * E + e. */
export interface SlotTotals {
  readonly n: Float64Array;
  readonly counts: Float64Array;
}

/**
 * Weeks are spans of seven days from the first window on; what follows the last whole one takes no part. One that lacks less
 * than a day is whole: a reference may begin or end with a quiet night.
 */
export function placeWindows(windows: ReferenceWindows, slots: number): PlacedWindows {
  const { rows, windowSize } = windows;
  const starts = windows.windowStart ?? new Float64Array(0);
  const first = starts[0] ?? 0;
  const span = (starts.at(-1) ?? first) + windowSize - first;
  const whole = Math.floor((span + DAY) / WEEK);
  const weekAt = (w: number): number => Math.floor((starts[w] - first) / WEEK);
  const usable = Int32Array.from(starts.keys()).filter((w) => rows[w] >= LEAST_ROWS && weekAt(w) < whole);
  const numbers = new Map([...new Set(Array.from(usable, weekAt))].map((week, i) => [week, i]));
  return {
    windows,
    usable,
    slotOf: usable.map((w) => slotOfTime(starts[w], slots)),
    weekOf: usable.map((w) => numbers.get(weekAt(w)) ?? 0),
    slots,
    weeks: numbers.size,
  };
}

export function countSlots({ windows, usable, slotOf, slots }: PlacedWindows): SlotTotals {
  const { directions } = windows;
  const n = new Float64Array(slots);
  const counts = new Float64Array(slots * directions);
  for (const [i, w] of usable.entries()) {
    n[slotOf[i]] += windows.rows[w];
    for (let e = 0; e < directions; e += 1) {
      counts[slotOf[i] * directions + e] += windows.counts[w * directions + e];
    }
  }
  return { n, counts };
}
