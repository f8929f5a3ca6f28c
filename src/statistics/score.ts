/** A measure's answer about one series and window. The same JSON stands in `score --json`, the API and alerts. */
export interface Score {
  readonly status: ScoreStatus;
  /** Why there is no value, or why it may not be judged: one lower-case phrase. */
  readonly reason?: string;
  readonly value?: number;
  /** What `atLeast` compares; the value itself where a measure has no other effect. */
  readonly effect?: number;
  /** Values (or labels, rows) that the number rests on. */
  readonly n: number;
  /** n after the reference's own design effect, at the direction that moved most. */
  readonly neff?: number;
  readonly p?: number;
  readonly trust?: Trust;
  /** Certified bounds or a confidence interval, as docs of the measure say. */
  readonly lower?: number;
  readonly upper?: number;
  /** Measure-specific numbers: psi `corrected`, `excess`; js `distance`; chi2 `df`, `v`... */
  readonly extras?: Readonly<Record<string, number>>;
}

export type ScoreStatus = "ok" | "too-few" | "too-variable" | "no-data" | "no-reference" | "undefined";
export type Trust = "promised" | "provisional" | "none" | "policy";
