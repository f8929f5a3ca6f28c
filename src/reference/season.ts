import type { Dispersion, Signal } from "../statistics/calibration.ts";
import { likelihoodRatio, logitRatio } from "../statistics/likelihood-ratio.ts";
import type { ReferenceWindows } from "./calibration.ts";
import { disperseSlots } from "./season-dispersion.ts";

const HOUR = 3_600_000;
const WEEK_HOURS = 168;
const DAY_HOURS = 24;
const WEEK = WEEK_HOURS * HOUR;
/** 1970-01-01 was a Thursday; hours of the week begin on Monday 00 UTC. */
const EPOCH_HOUR = 72;
/** A window with fewer values takes no part. */
const LEAST_ROWS = 50;
/** A slot with fewer reference values says too little of what is usual in it. */
export const LEAST_SLOT = 500;

/**
 * What one series usually looks like by the hour of the week, or of the day, and how far its own windows lie from that. Arrays
 * by slot and direction have entry s * E + e.
 */
export interface Season {
  readonly signal: Signal;
  /** Window length, ms: an hour, or a whole part of one. */
  readonly windowSize: number;
  /** 168 hours of the week, Monday 00 UTC first, or 24 of the day. */
  readonly slots: number;
  /** W: whole weeks that have usable windows. */
  readonly weeks: number;
  /** Mean values of a usable window. */
  readonly meanRows: number;
  /** By slot: its values in usable windows. */
  readonly n: Float64Array;
  readonly counts: Float64Array;
  /** tau counts weeks. */
  readonly share: Dispersion;
  readonly logit: Dispersion;
}

/** The slot that a time lies in; ms since the epoch, UTC. */
export function slotOfTime(time: number, slots: number): number {
  const hour = Math.floor(time / HOUR);
  return slots === WEEK_HOURS ? (hour + EPOCH_HOUR) % WEEK_HOURS : hour % DAY_HOURS;
}

/**
 * Learns a season from a reference's windows, which have event time. By hour of the week where most hours that have windows
 * have LEAST_SLOT values in all weeks together, else by hour of the day.
 */
export function calibrateSeason(windows: ReferenceWindows): Season {
  const byWeek = learnSeason(windows, WEEK_HOURS);
  const seen = byWeek.n.filter((n) => n > 0);
  const full = seen.filter((n) => n >= LEAST_SLOT);
  return 2 * full.length >= seen.length ? byWeek : learnSeason(windows, DAY_HOURS);
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

export type SlotTotals = Pick<Season, "n" | "counts">;

function learnSeason(windows: ReferenceWindows, slots: number): Season {
  const placed = placeWindows(windows, slots);
  const totals = countSlots(placed);
  const values = totals.n.reduce((sum, n) => sum + n, 0);
  return {
    signal: windows.signal,
    windowSize: windows.windowSize,
    slots,
    weeks: placed.weeks,
    meanRows: placed.usable.length === 0 ? 0 : values / placed.usable.length,
    ...totals,
    share: disperseSlots(placed, totals, likelihoodRatio),
    logit: disperseSlots(placed, totals, logitRatio),
  };
}

/** Weeks are spans of seven days from the first window on; what follows the last whole one takes no part. */
function placeWindows(windows: ReferenceWindows, slots: number): PlacedWindows {
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

function countSlots({ windows, usable, slotOf, slots }: PlacedWindows): SlotTotals {
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
