import type { FieldSlot } from "../../event/field-slots.ts";

/** A scenario: what happens, and what the rules are expected to say of it. Times are ms; `at` counts from its start. */
export interface Scenario {
  readonly name: string;
  readonly story: Story;
  readonly expect: readonly (Expectation | ReviewExpectation)[];
  /** Runs, each with the next seed, and how many of them must go as expected. */
  readonly repeat: number;
  readonly atLeast: number;
}

export type Story =
  | ({ readonly kind: "synthetic" } & Synthetic)
  | ({ readonly kind: "steps" } & Steps)
  | ({ readonly kind: "replay" } & Replay);

/** Counts drawn from the reference, pane by pane. */
export interface Synthetic {
  /** Absent: the reference's own, by the hour. */
  readonly rate?: Rate;
  readonly lasts: number;
  /** Only these are drawn; all of them where absent. */
  readonly columns?: readonly string[];
  /** Event time, ms since the epoch. */
  readonly start: number;
  readonly seed: number;
  /** The version that all rows are of, but for those that a rollout takes. */
  readonly version: string;
  readonly changes: readonly Change[];
}

/** Rows per ms, or so many times the reference's. */
export type Rate =
  { readonly kind: "rows"; readonly perMs: number } | { readonly kind: "factor"; readonly by: number };

/** Something that is otherwise for a while. */
export interface Change {
  readonly at: number;
  /** Infinity: to the end. */
  readonly until: number;
  /** Only rows with these values. */
  readonly segment?: Readonly<Record<string, string>>;
  readonly version?: string;
  readonly effect: Effect;
}

export type Effect =
  | { readonly kind: "column"; readonly column: string; readonly effect: ColumnEffect }
  | { readonly kind: "swap"; readonly columns: readonly [string, string] }
  | ({ readonly kind: "field" } & FieldEffect)
  | LabelEffect
  /** So many times the rows. */
  | { readonly kind: "traffic"; readonly by: number }
  /** That share of the rows cannot be measured at all. */
  | { readonly kind: "invalidRows"; readonly share: number }
  | { readonly kind: "silence" }
  /** That share of the rows comes from another version. */
  | { readonly kind: "rollout"; readonly version: string; readonly share: number };

export type ColumnEffect =
  | { readonly kind: "shift"; readonly by: number; readonly unit: "sd" | "own" }
  | { readonly kind: "scale"; readonly by: number }
  | { readonly kind: "nulls" | "invalid" | "newCategory"; readonly share: number }
  | { readonly kind: "shares"; readonly shares: Readonly<Record<string, number>> };

/** What becomes of one field of the records, in that share of them. A field that the reference does not know is new. */
export interface FieldEffect {
  readonly field: string;
  readonly becomes: FieldSlot | "absent";
  /** A text that the field never had; `becomes` is then `text`. */
  readonly value?: string;
  readonly share: number;
}

export type LabelEffect =
  /** That share of the truths is the other one. */
  | { readonly kind: "labelFlip"; readonly share: number }
  /** The log-odds of the truth, at every score, are so many times what they were, and so much more. */
  | { readonly kind: "miscalibrate"; readonly slope: number; readonly offset: number }
  /** The errors of a model that answers with a number: so many times as large, and so much more. */
  | { readonly kind: "error"; readonly scale: number; readonly shift: number }
  /** That share of the labels never comes. */
  | { readonly kind: "labelsMissing"; readonly share: number };

/** Scores of one series, said one by one: what `for` and `keepFiringFor` make of them. */
export interface Steps {
  readonly alert: string;
  readonly column?: string;
  readonly lasts: number;
  readonly start: number;
  /** Each holds until the next one. */
  readonly scores: readonly { readonly at: number; readonly score: number | "too-few" }[];
}

/** Recorded files. */
export interface Replay {
  /** By stream of driftd.yaml; absolute paths. */
  readonly sources: Readonly<Record<string, string>>;
}

/** What is expected of the alerts that fit. */
export interface Expectation extends Selector {
  /** `*` is any alert. */
  readonly alert: string;
  readonly except: readonly (Selector & { readonly alert: string })[];
  /** Where times count from; absent: the first change. */
  readonly after?: number;
  readonly firing?: { readonly within?: number; readonly notBefore?: number };
  /** Counted from the end of the last change that ends. */
  readonly resolved?: { readonly within?: number };
  readonly never: boolean;
}

/** What is expected of the events that a rule picks for people to look at. */
export interface ReviewExpectation {
  readonly review: string;
  /** Nothing before this is looked at; absent: the first change. */
  readonly after?: number;
  /** Events picked of every span of the rule's atMost. */
  readonly picked?: Bounds;
  /** The part of all rows that meets its conditions. */
  readonly share?: Bounds;
  /** In the whole scenario. */
  readonly never: boolean;
}

/** Both are in; what is absent is no bound. */
export interface Bounds {
  readonly atLeast?: number;
  readonly atMost?: number;
}

export function isOfReview(expectation: Expectation | ReviewExpectation): expectation is ReviewExpectation {
  return "review" in expectation;
}

/** What is absent fits anything. */
export interface Selector {
  readonly column?: string;
  readonly segment?: Readonly<Record<string, string>>;
  readonly version?: string;
}
