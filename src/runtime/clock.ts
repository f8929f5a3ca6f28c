import type { Tick } from "../config/tick.ts";

/** Gives the current tick. The system clock is the only reader of wall-clock time in the daemon. */
export interface Clock {
  tick(): Tick;
}

export const systemClock: Clock = { tick: () => ({ now: Date.now() }) };

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
