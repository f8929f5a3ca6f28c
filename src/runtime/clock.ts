import type { Tick } from "../config/tick.ts";

/** Gives the current tick. The system clock is the only reader of wall-clock time in the daemon. */
export interface Clock {
  tick(): Tick;
}

export const systemClock: Clock = { tick: () => ({ now: Date.now() }) };
