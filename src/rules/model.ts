import type { ConditionSection } from "../config/generated/rules.ts";
import type { ColumnType } from "../event/batch.ts";

/** A rule file, read, extended, completed with defaults and checked. Durations are milliseconds. */
export interface Model {
  readonly name: string;
  /** The rule file. */
  readonly file: string;
  /** By version, `default` for the rest. */
  readonly references: Readonly<Record<string, { readonly file: string; readonly sha256?: string }>>;
  /** Where there is no default reference yet: it is learnt of the first so many ms of the stream, in event time. */
  readonly learn?: number;
  /** When a candidate for the default reference is made (cron, UTC), and of how much event time up to then, ms. */
  readonly refresh?: { readonly schedule: string; readonly last: number };
  readonly window: { readonly size: number; readonly pane: number; readonly lateness: number };
  readonly segmentBy: readonly (readonly string[])[];
  readonly segments: { readonly top: number };
  readonly versions: { readonly keep: number; readonly forgetAfter: number };
  readonly labels: { readonly matureAfter?: number; readonly expireAfter: number; readonly cohort: number };
  readonly budget: { readonly falseAlarms: number; readonly per: number };
  /** The most series this model may have (versions x segments x columns); the rest falls into `other`. */
  readonly maxSeries: number;
  /** Whether its ids are personal data, which are shown nowhere. */
  readonly id?: { readonly pii: boolean };
  readonly columns: Readonly<Record<string, DeclaredColumn>>;
  readonly rules: readonly Rule[];
  /** Those that pick events for review; absent: none. */
  readonly reviews?: readonly ReviewRule[];
}

export interface ReviewRule {
  /** Name of the rule. */
  readonly review: string;
  readonly conditions: readonly ConditionSection[];
  /** So many events of every span of `per` ms. */
  readonly most: number;
  readonly per: number;
  /** A name under publish.review. */
  readonly to: string;
  /** Columns whose values are told. */
  readonly show: readonly string[];
}

interface DeclaredColumn {
  readonly type?: ColumnType;
  readonly pii?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface Rule {
  /** Name of the alert. */
  readonly alert: string;
  /** Name in the table of measures. */
  readonly measure: string;
  /** Globs over features and outputs; `!` takes away. Empty for measures of whole events. */
  readonly columns: readonly string[];
  /** `version` and segment columns. */
  readonly by: readonly string[];
  readonly limit: Limit;
  /** Of a rule that says no limit: those that the file gives to columns of a type, in place of the measure's own. */
  readonly limitsByType?: LimitsByType;
  /** Absent: windows are held against all of the reference. */
  readonly against?: Against;
  /**
   * Present where the rule is one part of a comparison of versions, whose parts have their alerts together: one for a version and
   * a segment. `version`: the only one that is asked about; absent: all but the one of `against`.
   */
  readonly compare?: { readonly version?: string; readonly isByDefault: boolean };
  readonly for: number;
  readonly keepFiringFor: number;
  readonly severity: string;
  /** What is to be done: a name under publish.webhook or publish.topic. */
  readonly action?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `size` and `every` are multiples of the pane. */
  readonly window: { readonly size: number; readonly every: number };
}

/** Of the kind of the rule's limit, and in its unit. */
export type LimitsByType = Readonly<Partial<Record<ColumnType, number>>>;

/**
 * What windows are held against in place of the reference: the same hour of its other weeks, the window right before, or the
 * same window of another version.
 */
export type Against = "season" | "previous" | { readonly version: string };

/** `atLeast`: effect, with significance from the budget. `above` and `below`: plain limits, outside the budget. */
export interface Limit {
  readonly kind: "atLeast" | "above" | "below";
  /** In the measure's own unit, as its scores are: a duration (freshness) in seconds. */
  readonly value: number;
}
