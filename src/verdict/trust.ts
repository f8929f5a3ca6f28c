import { LEAST_WINDOWS } from "../statistics/calibration.ts";
import type { Calibration } from "../statistics/calibration.ts";
import type { Trust } from "../statistics/score.ts";

/** What the budget's promise is worth for a series, and why it is not worth more. */
export interface Trusted {
  readonly trust: Trust;
  readonly trustReason?: string;
  /** Of a season: it is as long, and its weeks are as unlike each other, as can be asked of it. */
  readonly isLongSeason?: true;
}

/** From here on its directions are judged one by one: those that vary too much are left out. */
export const MANY_WINDOWS = 200;
/**
 * From here on it can be promised: three weeks of hours. SIGNIFICANCE 1 would do so from 200 on; but where windows resemble the
 * next fifty, one in a hundred references of 200 looks calm, and alarms up to seventy times too often then; one in thirty of 400,
 * and three times at 1e-3. Of 500, one in fifteen does, and alarms about as often as the level says (docs/HONESTY.md).
 */
export const PROMISED_WINDOWS = 500;
/** A segment with fewer values is not judged. */
export const LEAST_REFERENCE = 1_000;
const LEAST_BLOCKS = 10;
/** Windows that remember this many others count as one. */
const LEAST_MEMORIES = 10;

interface Trusting {
  readonly calibration: Calibration;
  /** The directions in use. */
  readonly kept: readonly number[];
  /** The calibration is that of all segments together. */
  readonly borrowed: boolean;
  /** The question has too few cases in the reference for a null. */
  readonly policy: boolean;
}

/** SIGNIFICANCE 1. */
export function trustOf({ calibration, kept, borrowed, policy }: Trusting): Trusted {
  if (policy) return { trust: "policy", trustReason: "too few cases in the reference for a test" };
  const { k, blocks, n } = calibration;
  if (isIndependent(calibration)) {
    return n >= LEAST_REFERENCE
      ? { trust: "promised" }
      : { trust: "provisional", trustReason: "fewer than 1,000 reference values" };
  }
  if (k < LEAST_WINDOWS) return { trust: "none", trustReason: "fewer than 30 reference windows" };
  if (blocks === 0) return { trust: "none", trustReason: "the reference has no event time" };
  if (blocks < LEAST_BLOCKS)
    return { trust: "none", trustReason: "fewer than 10 blocks of reference windows" };
  if (borrowed) return { trust: "provisional", trustReason: "calibrated on all segments together" };
  if (k < PROMISED_WINDOWS) return { trust: "provisional", trustReason: "fewer than 500 reference windows" };
  return isMuchLonger(calibration, kept)
    ? { trust: "promised" }
    : { trust: "provisional", trustReason: "reference windows resemble their neighbours for too long" };
}

/** Than its windows resemble each other. What `nu` takes from the memory is then little enough to leave something to see. */
export function isMuchLonger({ k, share, logit }: Calibration, kept: readonly number[]): boolean {
  return k >= MANY_WINDOWS && k / memoryOf({ share, logit }, kept) >= LEAST_MEMORIES;
}

function memoryOf({ share, logit }: Pick<Calibration, "share" | "logit">, kept: readonly number[]): number {
  return kept.reduce((most, e) => Math.max(most, share.tau[e], logit.tau[e]), 1);
}

/** A season of fewer whole weeks is not known at all; from MANY_WEEKS on as well as a season can be. */
export const LEAST_WEEKS = 4;
export const MANY_WEEKS = 10;
/**
 * Weeks that remember this many others count as one. Ten weeks whose memory is chance shall still do; with 8, shocks that last
 * for a week are promised half of the time, and alarm too often where they are.
 */
const LEAST_WEEK_MEMORIES = 8.5;

/**
 * Of one slot of a season, whose calibration counts whole weeks. SIGNIFICANCE 1 would promise it from ten weeks on; but where
 * weeks wander together for months, 10 or 26 of them look calm, and alarm four to seven times too often (docs/HONESTY.md).
 */
export function trustOfSeason({ k: weeks, share, logit }: Calibration, kept: readonly number[]): Trusted {
  if (weeks < LEAST_WEEKS) return { trust: "none", trustReason: fewWeeks(weeks) };
  if (weeks < MANY_WEEKS) return { trust: "provisional", trustReason: fewWeeks(weeks) };
  return weeks / memoryOf({ share, logit }, kept) >= LEAST_WEEK_MEMORIES
    ? {
        trust: "provisional",
        trustReason: "weeks may wander together, which no season shows",
        isLongSeason: true,
      }
    : { trust: "provisional", trustReason: "weeks of the reference resemble their neighbours for too long" };
}

/** Of what is held against other windows: how two such windows differ no reference has seen. */
export function neverPromised({ trust }: Trusted): Partial<Trusted> {
  if (trust !== "promised") return {};
  return { trust: "provisional", trustReason: "no reference has seen how two such windows differ" };
}

/** "3 whole weeks of reference, fewer than 4". */
export function fewWeeks(weeks: number): string {
  const needed = weeks < LEAST_WEEKS ? LEAST_WEEKS : MANY_WEEKS;
  return `${weeks} whole ${weeks === 1 ? "week" : "weeks"} of reference, fewer than ${needed}`;
}

/** Declared so, and therefore known without end. */
export function isIndependent({ share }: Calibration): boolean {
  return share.nu.includes(Number.POSITIVE_INFINITY);
}
