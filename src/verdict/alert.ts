import type { Lineage } from "../rules/lineage.ts";
import type { Against } from "../rules/model.ts";
import type { Score } from "../statistics/score.ts";
import type { Circumstances } from "./circumstances.ts";
import type { Evidence } from "./evidence.ts";
import type { OffsetRanges } from "./offset-ranges.ts";

/** What a rule says of a series, when it changes its mind: the record that every sink delivers. */
export interface Alert {
  /** Stable over the alert's life and over restarts: the idempotency key together with `state`. */
  readonly id: string;
  readonly alert: string;
  readonly state: "firing" | "resolved";
  readonly model: string;
  /** Only the keys that the rule judges by. */
  readonly version?: string;
  readonly segment?: string;
  readonly column?: string;
  readonly measure: string;
  /** What the window was held against, where not the reference. */
  readonly against?: Against;
  readonly score: Score;
  readonly threshold: number;
  /** Why it fired or resolved: one lower-case phrase. */
  readonly reason: string;
  /** Event time, RFC 3339 UTC. */
  readonly startsAt: string;
  readonly endsAt?: string;
  readonly severity: string;
  /** What the rule wants done: the name of the sink that does it. Absent where the score's trust is none. */
  readonly action?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Sentences for people (DESIGN 7). */
  readonly explanation: string;
  /** The same as data. Absent from alerts that an older driftd raised. */
  readonly evidence?: Evidence & Circumstances;
  readonly lineage: AlertLineage;
  /** What people said of it, where it is asked for; no transition has it. */
  readonly judgements?: AlertJudgements;
}

/** What people said of an alert. */
export interface AlertJudgements {
  /** Somebody looks after it. */
  readonly acknowledged?: AlertJudgement;
  /** There was nothing to find. */
  readonly false?: AlertJudgement;
}

export interface AlertJudgement {
  /** Who said so. */
  readonly by: string;
  /** Wall clock, RFC 3339 UTC. */
  readonly at: string;
  readonly reason?: string;
}

/** What the score was computed of. Alerts that an older driftd raised say less. */
interface AlertLineage extends Partial<Lineage> {
  /** The model's, where the alert is of one version. */
  readonly version?: string;
  /** By stream and partition (`flights/0`): the first and the last offset of the window's records. */
  readonly offsets?: OffsetRanges;
}

/** An alert that changed its state. */
export interface Transition {
  readonly alert: Alert;
  /** What was judged: the pane's end, in event time; for alerts that go by the wall clock, the wall clock. ms. */
  readonly at: number;
  /** When it could be known first, where that is later: once the labels had come. ms. */
  readonly known?: number;
}
