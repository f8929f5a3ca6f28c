import type { ReferenceWindows } from "./calibration.ts";

const HOUR = 3_600_000;
export const WEEK_HOURS = 168;
export const DAY_HOURS = 24;
const WEEK = WEEK_HOURS * HOUR;
/** 1970-01-01 was a Thursday; hours of the week begin on Monday 00 UTC. */
const EPOCH_HOUR = 72;
/** A window with fewer values takes no part. */
const LEAST_ROWS = 50;

/** The slot that a time lies in; ms since the epoch, UTC. */
export function slotOfTime(time: number, slots: number): number {
  const hour = Math.floor(time / HOUR);
  return slots === WEEK_HOURS ? (hour + EPOCH_HOUR) % WEEK_HOURS : hour % DAY_HOURS;
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

/** Weeks are spans of seven days from the first window on; what follows the last whole one takes no part. */
export function placeWindows(windows: ReferenceWindows, slots: number): PlacedWindows {
  const { rows, windowSize } = windows;
  const starts = windows.windowStart ?? new Float64Array(0);
  const first = starts[0] ?? 0;
  const whole = Math.floor(((starts.at(-1) ?? first) + windowSize - first) / WEEK);
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
