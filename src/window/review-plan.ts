/** A rule that picks events for people to look at: fixed when rules and reference load. Times in ms. */
export interface ReviewPlan {
  readonly name: string;
  /** So many events of every span of `per`, a multiple of the pane. */
  readonly most: number;
  readonly per: number;
  /** An event is picked that meets any of them. */
  readonly conditions: readonly ReviewCondition[];
  /** The columns whose values are told, by position in the event plan; none of them is pii. */
  readonly shown: readonly number[];
  /** Position of the score; -1 where there is none. */
  readonly score: number;
}

export interface ReviewCondition {
  /** In words, for whoever looks: without any value of the event. */
  readonly why: string;
  /** `between` takes both ends in. `novel`: a category that the reference never had, in any of the columns. */
  readonly kind: "between" | "above" | "below" | "novel";
  /** Positions in the event plan. */
  readonly columns: readonly number[];
  readonly low: number;
  readonly high: number;
}

/** What a rule picked of one span of time, over all tasks. */
export interface ReviewedSpan {
  readonly model: string;
  readonly review: string;
  /** Start of the span, ms since the epoch. */
  readonly start: number;
  /** By rank. */
  readonly events: readonly ReviewedEvent[];
}

/** An event that a rule picked. */
export interface ReviewedEvent {
  /** Keyed hash, 16 hexadecimal digits: the smallest are chosen. */
  readonly rank: string;
  readonly stream: string;
  readonly partition: number;
  readonly offset: number;
  /** Among the rows of its record. */
  readonly row: number;
  /** Event time, ms since the epoch. */
  readonly time: number;
  readonly version: string;
  /** Where ids may be told, and the record's can be read. */
  readonly id?: string;
  readonly score?: number;
  readonly why: readonly string[];
  /** By column, where it has a value. */
  readonly values: Readonly<Record<string, number | string>>;
}
