import { createStreamLedger } from "../../src/event/ledger.ts";
import type { MetricsView, ShownScore } from "../../src/publish/metrics.ts";
import type { MeasureInfo } from "../../src/publish/score-lines.ts";

export const MEASURES: readonly MeasureInfo[] = [
  { name: "psi", title: "Population stability index against the reference", unit: "none" },
  { name: "missing", title: "Share of missing values", unit: "ratio" },
  { name: "calibration-gap", title: "Largest gap of calibration against the reference", unit: "ratio" },
  { name: "freshness", title: "Time since the newest event", unit: "seconds" },
];

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 0, 15, 12);

export function shownScore(series: Partial<ShownScore> & { readonly value?: number }): ShownScore {
  const { value = 0.031, ...rest } = series;
  return {
    model: "fraud",
    version: "7",
    segment: "all",
    column: "amount",
    measure: "psi",
    window: HOUR,
    score: { status: "ok", n: 54_112, value },
    ...rest,
  };
}

/** A view with something of everything. */
export function exampleView(changes: Partial<MetricsView> = {}): MetricsView {
  const fraud = createStreamLedger();
  Object.assign(fraud, { decoded: 98, undecodable: 2, received: 98, measured: 95, waiting: 1 });
  fraud.dropped.late = 2;
  return {
    scores: [
      shownScore({}),
      shownScore({ measure: "missing", value: 0.002, score: { status: "ok", n: 54_230, value: 0.002 } }),
      shownScore({ segment: "region=eu", score: { status: "ok", n: 9_000, value: 0.31 } }),
      shownScore({ segment: "region=us", score: { status: "ok", n: 8_000, value: 0.01 } }),
      shownScore({
        segment: "region=br",
        score: { status: "too-few", n: 12, reason: "fewer than 100 values" },
      }),
      { model: "fraud", measure: "freshness", window: HOUR, score: { status: "ok", n: 1, value: 1.5 } },
    ],
    alerts: [
      {
        alert: "FeatureDrift",
        state: "firing",
        severity: "ticket",
        score: { status: "ok", value: 0.314159, n: 54_112, trust: "promised" },
        model: "fraud",
        version: "7",
        segment: "region=eu",
        column: "amount",
        movers: [
          { name: "120 to 250", part: 0.62 },
          { name: "2,000 and above", part: 0.21 },
        ],
      },
      { alert: "StreamSilent", state: "pending", severity: "page", model: "fraud" },
    ],
    learning: { credit: { share: 0.25, rows: 120_000 } },
    candidates: { fraud: Date.UTC(2026, 0, 1, 3) },
    lineage: {
      fraud: {
        reference: "9f2c".repeat(16),
        rules: "07ab".repeat(16),
        schema: "51de".repeat(16),
        layout: "c3".repeat(8),
      },
    },
    changedFields: { fraud: { new: 1, gone: 1, type: 0, enum: 0, format: 0, nullability: 0, declared: 0 } },
    rules: [
      { model: "fraud", alert: "FeatureDrift", threshold: 0.02 },
      { model: "fraud", alert: "StreamSilent", threshold: 300 },
    ],
    ledgers: { fraud },
    partitions: [
      { stream: "fraud", partition: 0, lag: 3, watermark: NOON, newestEvent: NOON + 1_500, idle: false },
      { stream: "fraud", partition: 1, lag: 0, watermark: Number.NaN, newestEvent: Number.NaN, idle: true },
    ],
    versionsOverflowed: { fraud: 4 },
    orphans: { fraud: { input: 0.01, output: 0.025 }, quiet: { input: Number.NaN, output: Number.NaN } },
    tasks: { fraud: 2, quiet: 0 },
    sourcesAway: 1,
    leads: true,
    isStateAway: false,
    versionsCompared: [{ model: "fraud", version: "v8", against: "v7", differs: true }],
    alertTallies: [{ model: "fraud", alert: "FeatureDrift", fired: 3, acknowledged: 2, false: 1 }],
    reload: { isSuccessful: true, succeededAt: 1_768_485_600_000 },
    requests: [
      { route: "/v1/events", code: "200", count: 40 },
      { route: "other", code: "404", count: 2 },
    ],
    commits: { committed: 12, fenced: 1, rewound: 0, failed: 0 },
    stateBytes: 1_048_576,
    sinks: [{ sink: "alertmanager", pending: 1, delivered: 5, failed: 2, refused: 1, skipped: 0 }],
    quarantine: { streams: { fraud: { written: 4, leftOut: 2 } }, failures: 1, away: false },
    jobs: [{ job: "prune", runs: 3, failures: 1, skipped: 0 }],
    build: { version: "0.1.0", node: "20.20.2" },
    configHash: "9f2c",
    process: {
      cpuSeconds: 12.5,
      residentBytes: 150_000_000,
      heapUsedBytes: 40_000_000,
      externalBytes: 30_000_000,
      startedAt: NOON - HOUR,
      loopDelay: 0.011,
    },
    ...changes,
  };
}
