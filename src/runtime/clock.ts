import type { Tick } from "../config/tick.ts";

/** Gives the current tick. The system clock is the only reader of wall-clock time in the daemon. */
export interface Clock {
  tick(): Tick;
}

/** Two readings further apart than this, or the second before the first: nobody was awake in between, or the clock was set; ms. */
const LONGEST_STEP = 30_000;

/** @param read answers the wall clock's time, ms since the epoch */
export function createWallClock(read: () => number): Clock {
  let last: number | undefined;
  let awake = 0;
  return {
    tick() {
      const now = read();
      const step = now - (last ?? now);
      if (step >= 0 && step <= LONGEST_STEP) awake += step;
      last = now;
      return { now, awake };
    },
  };
}

export const systemClock: Clock = createWallClock(Date.now);

/** A clock that stands still until it is moved: time in demo, test and backtest. */
export interface SimulatedClock extends Clock {
  /** Moves on to `now` (ms since the epoch); an earlier time leaves the clock where it is. */
  advanceTo(now: number): void;
}

export function createSimulatedClock(start: number): SimulatedClock {
  let now = start;
  return {
    tick: () => ({ now }),
    advanceTo: (later) => {
      now = Math.max(now, later);
    },
  };
}
