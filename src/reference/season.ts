import { LEAST_NULL_CASES } from "../statistics/calibration.ts";
import type { Dispersion, Signal } from "../statistics/calibration.ts";
import { likelihoodRatio, logitRatio } from "../statistics/likelihood-ratio.ts";
import type { ReferenceWindows } from "./calibration.ts";
import { disperseSlots } from "./season-dispersion.ts";
import { HOURS_OF_DAY, HOURS_OF_WEEK } from "./hour-slots.ts";
import { countSlots, placeWindows } from "./season-windows.ts";

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

/**
 * Learns a season from a reference's windows, which have event time. By hour of the week where most hours that have windows
 * have LEAST_SLOT values in all weeks together, and of a share the cases that a null takes; else by hour of the day.
 */
export function calibrateSeason(windows: ReferenceWindows): Season {
  const byWeek = learnSeason(windows, HOURS_OF_WEEK);
  const isFull = (n: number, slot: number): boolean =>
    n >= LEAST_SLOT && (windows.signal === "distribution" || byWeek.counts[slot] >= LEAST_NULL_CASES);
  const full = byWeek.n.filter(isFull);
  const seen = byWeek.n.filter((n) => n > 0);
  return 2 * full.length >= seen.length ? byWeek : learnSeason(windows, HOURS_OF_DAY);
}

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
