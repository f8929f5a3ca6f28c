/** A reading of the clock, handed down to the pure rooms, which never read one themselves. */
export interface Tick {
  /** Milliseconds since the epoch; simulated in demo, test and backtest. */
  readonly now: number;
}
