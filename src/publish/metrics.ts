import type { StreamLedger } from "../event/ledger.ts";
import type { Lineage } from "../rules/lineage.ts";
import type { ChangeKind } from "../verdict/field-changes.ts";
import type { Score } from "../statistics/score.ts";

/** What a scrape shows: plain data, read in one go, so that the numbers of one scrape belong together. */
export interface MetricsView {
  /** Current scores; only those with status `ok` and a finite value have a line. */
  readonly scores: readonly ShownScore[];
  /** Pending and firing ones only. */
  readonly alerts: readonly ShownAlert[];
  /** Versions that rules hold against others, where they can judge. */
  readonly versionsCompared: readonly ShownVersions[];
  /** How often each alert fired, and what people said of it. */
  readonly alertTallies: readonly ShownAlertTally[];
  readonly rules: readonly ShownRule[];
  /** By model. */
  readonly lineage: Readonly<Record<string, Lineage>>;
  /** By model: how many fields changed, by how; only of models whose records can be held against a reference's. */
  readonly changedFields: Readonly<Record<string, Readonly<Record<ChangeKind, number>>>>;
  /** By model that learns its reference: the share of its time that is over, and rows that came in it. */
  readonly learning: Readonly<Record<string, { readonly share: number; readonly rows: number }>>;
  /** By model that has a candidate for its reference: when that was made, ms since the epoch. */
  readonly candidates: Readonly<Record<string, number>>;
  /** By stream. */
  readonly ledgers: Readonly<Record<string, StreamLedger>>;
  readonly partitions: readonly ShownPartition[];
  /** By model: versions that are not counted one by one, because the model's places were taken. */
  readonly versionsOverflowed: Readonly<Record<string, number>>;
  /** Where requests and responses come one by one: by model, the shares of both that never met, NaN where there were none. */
  readonly orphans: Readonly<Record<string, { readonly input: number; readonly output: number }>>;
  /** By group of streams, which has the name of its first: tasks that this process reads. */
  readonly tasks: Readonly<Record<string, number>>;
  /** Whether this process judges what all members of the fleet count; absent where there is no fleet. */
  readonly leads?: boolean;
  /** Whether the store cannot be reached for now. */
  readonly isStateAway: boolean;
  /** Sources that nothing can be read from for now. */
  readonly sourcesAway: number;
  readonly commits: ShownCommits;
  /** Bytes of the store. */
  readonly stateBytes: number;
  /** What the HTTP server answered since the process began. */
  readonly requests: readonly ShownRequests[];
  readonly sinks: readonly ShownSink[];
  /** Absent where there is none. */
  readonly quarantine?: ShownQuarantine;
  readonly jobs: readonly ShownJob[];
  readonly build: ShownBuild;
  /** Hash of driftd.yaml and the rule files that run. */
  readonly configHash: string;
  /** Absent where files are read once only. */
  readonly reload?: ShownReload;
  readonly process: ShownProcess;
}

/** How it went when the files were last read. */
export interface ShownReload {
  readonly isSuccessful: boolean;
  /** When they were last found in order, ms since the epoch. */
  readonly succeededAt: number;
}

/** What runs: the version of driftd, and of node. */
export interface ShownBuild {
  readonly version: string;
  readonly node: string;
}

/** The labels of a series; what is absent has no label. */
export interface SeriesLabels {
  readonly model: string;
  readonly version?: string;
  /** `all`, `other`, or `column=value` pairs. */
  readonly segment?: string;
  readonly column?: string;
}

export interface ShownScore extends SeriesLabels {
  readonly measure: string;
  readonly score: Score;
  /** Length of the window, ms. Of one measure and series only the score of the shortest window is shown. */
  readonly window: number;
}

export interface ShownAlert extends SeriesLabels {
  readonly alert: string;
  readonly state: "pending" | "firing";
  /** The rule's; of one that fires the alert's own, which is info where the score's trust is none. */
  readonly severity: string;
  /** As the alert began, while it fires. */
  readonly score?: Score;
  /** What moved most, while it fires; none where the measure is not of a distribution. */
  readonly movers?: readonly ShownMover[];
}

interface ShownMover {
  /** A span of values or a category; of hashed columns the hash. */
  readonly name: string;
  /** Its part of the score. */
  readonly part: number;
}

interface ShownVersions {
  readonly model: string;
  readonly version: string;
  readonly against: string;
  /** Some rule fires. */
  readonly differs: boolean;
}

interface ShownAlertTally {
  readonly model: string;
  readonly alert: string;
  readonly fired: number;
  readonly acknowledged: number;
  /** Judged to be a false alarm. */
  readonly false: number;
}

export interface ShownRule {
  readonly model: string;
  readonly alert: string;
  /** In the unit of its measure. */
  readonly threshold: number;
  /** Where the rule has limits by type of column, the one that this is of. */
  readonly column?: string;
}

/** Times are ms since the epoch; NaN or infinite where not known, which has no line. */
export interface ShownPartition {
  readonly stream: string;
  readonly partition: number;
  /** Records between the next one to read and the end. */
  readonly lag: number;
  readonly watermark: number;
  readonly newestEvent: number;
  readonly idle: boolean;
}

interface ShownCommits {
  readonly committed: number;
  /** Refused, because somebody else owns the task now. */
  readonly fenced: number;
  /** The store was found behind what had been committed. */
  readonly rewound: number;
  readonly failed: number;
}

/** Requests of one route that ended alike. */
interface ShownRequests {
  /** `other` where there is no such route. */
  readonly route: string;
  /** Status of the answer; `none` where the sender was gone before it. */
  readonly code: string;
  readonly count: number;
}

export interface ShownSink {
  readonly sink: string;
  readonly pending: number;
  readonly delivered: number;
  /** Attempts that failed; each is made again. */
  readonly failed: number;
  /** Transitions that the sink will never take, as it said. */
  readonly refused: number;
  /** Transitions that were never sent: history, or no place left to keep them. */
  readonly skipped: number;
}

export interface ShownQuarantine {
  /** By stream: records written, or about to be, and those beyond the rate, which are only counted. */
  readonly streams: Readonly<Record<string, { readonly written: number; readonly leftOut: number }>>;
  /** Attempts to write that failed; each is made again. */
  readonly failures: number;
  /** It cannot be written, and ingestion waits for it. */
  readonly away: boolean;
}

interface ShownJob {
  readonly job: string;
  readonly runs: number;
  readonly failures: number;
  readonly skipped: number;
}

/** Readings of the process, which only main.ts may take. */
export interface ShownProcess {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  /** Typed arrays and buffers, outside the V8 heap. */
  readonly externalBytes: number;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** 99th percentile of the event loop's delay, seconds. */
  readonly loopDelay: number;
}
