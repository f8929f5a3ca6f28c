/** A reading of the clock, handed down to the pure rooms, which never read one themselves. */
export interface Tick {
  /** Milliseconds since the epoch; simulated in demo, test and backtest. */
  readonly now: number;
  /**
   * How long there has been somebody to read clocks, ms from any beginning: a clock that is set, and time for which the process or its
   * machine stood still, leave no trace in it. Absent: `now` is such a clock itself.
   */
  readonly awake?: number;
}

/** What lengths of waiting and silence are measured by, ms. */
export function awakeAt({ now, awake = now }: Tick): number {
  return awake;
}
