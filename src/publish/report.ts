import type { StreamLedger } from "../event/ledger.ts";
import type { Lineage } from "../rules/lineage.ts";
import type { Score } from "../statistics/score.ts";
import type { Alert } from "../verdict/alert.ts";
import type { AlertStatistics } from "../verdict/alert-statistics.ts";

/** What became of every model in a period, as schemas/report.json has it. Times are RFC 3339 UTC, event time but for `at`. */
export interface Report {
  /** Name of the report. */
  readonly report: string;
  /** When it was made, by the wall clock. */
  readonly at: string;
  /** Length of the period that was asked for, seconds. */
  readonly last: number;
  /** What needs a look first. */
  readonly models: readonly ModelReport[];
  /** By stream: where rows went since its counting began, which is longer ago than the period. */
  readonly streams: Readonly<Record<string, StreamReport>>;
}

export interface ModelReport {
  readonly model: string;
  /** The share of its time that is over, while the model learns its reference. */
  readonly learning?: number;
  /** Absent before the first pane has closed: nothing below is of any meaning then. */
  readonly period?: ReportedPeriod;
  /** Rows that were counted in the period. */
  readonly rows: ReportedRows;
  /** The same by version, the one with most rows first. */
  readonly versions: readonly (ReportedRows & { readonly version: string })[];
  /** Alerts that fired at some time in the period or since, the newest first, those that still fire before all others. */
  readonly alerts: readonly ReportedAlert[];
  /** More alerts than are listed. */
  readonly alertsLeftOut: number;
  /** Of all alerts since they are counted, not of the period. */
  readonly statistics: AlertStatistics;
  /** What was measured last by each rule and column: the series that came nearest its limit, the largest first. */
  readonly changes: readonly ReportedChange[];
  readonly changesLeftOut: number;
  /** Rules and columns of which the last window could not say anything. */
  readonly unmeasured: number;
  /** Of the last predictions whose labels were judged, or else those whose labels are still to come. */
  readonly cohort?: ReportedCohort;
  readonly lineage: Lineage;
}

interface ReportedPeriod {
  readonly since: string;
  readonly until: string;
  /** Where counting began amid the period: with the model's first events, or with other columns or bins than before. */
  readonly countedSince?: string;
}

export interface ReportedRows {
  readonly measured: number;
  /** Dropped since their id, time or model was faulty. */
  readonly invalid: number;
}

/** An alert in few words; `GET /api/alerts?state=all` has all of it. */
export type ReportedAlert = Pick<
  Alert,
  | "id"
  | "alert"
  | "state"
  | "version"
  | "segment"
  | "column"
  | "measure"
  | "score"
  | "threshold"
  | "severity"
  | "startsAt"
  | "endsAt"
  | "explanation"
  | "judgements"
>;

export interface ReportedChange {
  readonly alert: string;
  readonly measure: string;
  readonly version?: string;
  readonly segment?: string;
  readonly column?: string;
  readonly score: Score;
  readonly limit: { readonly kind: "atLeast" | "above" | "below"; readonly value: number };
  /** How much of the limit it is: 1 and more is beyond. Chance may explain it still. */
  readonly share: number;
}

export interface ReportedCohort {
  readonly from: string;
  readonly to: string;
  readonly state: "provisional" | "judged";
  /** Of all traffic. */
  readonly scores: readonly { readonly version?: string; readonly measure: string; readonly score: Score }[];
}

export type StreamReport = Pick<
  StreamLedger,
  "received" | "measured" | "waiting" | "undecodable" | "oversize"
> & {
  /** By reason; those that occurred. */
  readonly dropped: Readonly<Record<string, number>>;
};
