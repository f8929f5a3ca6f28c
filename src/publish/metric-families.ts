import { DROP_REASONS } from "../event/reason.ts";
import type { MetricsView, ShownPartition } from "./metrics.ts";

import { counter, gauge, type MetricFamily, type Sample } from "./metric-family.ts";
import { PROCESS_FAMILIES } from "./process-families.ts";
import { REFERENCE_FAMILIES } from "./reference-families.ts";

/** Everything but the scores: bounded by the configuration, not by the data, and so always shown whole. */
export const OPERATION_FAMILIES: readonly MetricFamily[] = [
  counter("driftd_records_total", "Records by what became of them.", ["stream", "result"], function* (view) {
    for (const [stream, ledger] of Object.entries(view.ledgers)) {
      for (const result of ["decoded", "undecodable", "ignored", "oversize"] as const) {
        yield { labels: { stream, result }, value: ledger[result] };
      }
    }
  }),
  counter("driftd_rows_received_total", "Rows that came in.", ["stream"], function* (view) {
    yield* perStream(view, "received");
  }),
  counter("driftd_rows_measured_total", "Rows that were counted.", ["stream"], function* (view) {
    yield* perStream(view, "measured");
  }),
  gauge("driftd_rows_waiting", "Rows that wait for their other half.", ["stream"], function* (view) {
    yield* perStream(view, "waiting");
  }),
  counter(
    "driftd_rows_dropped_total",
    "Rows not counted, by reason.",
    ["stream", "reason"],
    function* (view) {
      for (const [stream, ledger] of Object.entries(view.ledgers)) {
        for (const reason of DROP_REASONS)
          yield { labels: { stream, reason }, value: ledger.dropped[reason] };
      }
    },
  ),
  counter(
    "driftd_labels_revised_total",
    "Labels that replaced an earlier truth.",
    ["stream"],
    function* (view) {
      yield* perStream(view, "revised");
    },
  ),
  gauge(
    "driftd_partition_lag_records",
    "Records between the next one to read and the partition's end.",
    ["stream", "partition"],
    (view) => perPartition(view, ({ lag }) => lag),
  ),
  gauge(
    "driftd_watermark_timestamp_seconds",
    "Event time up to which the partition is complete.",
    ["stream", "partition"],
    (view) => perPartition(view, ({ watermark }) => watermark / 1000),
  ),
  gauge(
    "driftd_newest_event_timestamp_seconds",
    "Highest event time seen in the partition.",
    ["stream", "partition"],
    (view) => perPartition(view, ({ newestEvent }) => newestEvent / 1000),
  ),
  gauge(
    "driftd_partition_idle",
    "Whether the partition was declared idle (1) or holds the watermark (0).",
    ["stream", "partition"],
    (view) => perPartition(view, ({ idle }) => Number(idle)),
  ),
  gauge("driftd_scores", "Scores by model and status.", ["model", "status"], countScores),
  gauge(
    "driftd_version_differs",
    "Whether a rule that holds the version against the other one fires (1), or could judge and does not (0).",
    ["model", "version", "against"],
    function* (view) {
      for (const { differs, ...labels } of view.versionsCompared)
        yield { labels: { ...labels }, value: differs ? 1 : 0 };
    },
  ),
  counter("driftd_alerts_fired_total", "Alerts that began to fire.", ["model", "alert"], function* (view) {
    for (const { model, alert, fired } of view.alertTallies) yield { labels: { model, alert }, value: fired };
  }),
  counter(
    "driftd_alerts_judged_total",
    "Alerts by what people said of them: acknowledged, or false where there was nothing to find.",
    ["model", "alert", "judgement"],
    function* (view) {
      for (const { model, alert, ...tally } of view.alertTallies) {
        for (const judgement of ["acknowledged", "false"] as const)
          yield { labels: { model, alert, judgement }, value: tally[judgement] };
      }
    },
  ),
  gauge(
    "driftd_schema_changed_fields",
    "Fields of the records that are not as in the reference, by how.",
    ["model", "kind"],
    function* ({ changedFields }) {
      for (const [model, kinds] of Object.entries(changedFields)) {
        for (const [kind, value] of Object.entries(kinds)) yield { labels: { model, kind }, value };
      }
    },
  ),
  ...REFERENCE_FAMILIES,
  gauge(
    "driftd_versions_overflowed",
    "Versions that are counted together as (other), because the model's places were taken.",
    ["model"],
    function* (view) {
      for (const [model, value] of Object.entries(view.versionsOverflowed))
        yield { labels: { model }, value };
    },
  ),
  gauge(
    "driftd_join_orphan_ratio",
    "Share of requests (side input) and of responses (output) of the last ten minutes that never met their other half.",
    ["model", "side"],
    function* (view) {
      for (const [model, shares] of Object.entries(view.orphans)) {
        for (const side of ["input", "output"] as const) {
          if (!Number.isNaN(shares[side])) yield { labels: { model, side }, value: shares[side] };
        }
      }
    },
  ),
  gauge(
    "driftd_tasks_assigned",
    "Partitions of a group of streams that this process reads. Where other members have them all: 0, it stands by.",
    ["group"],
    function* (view) {
      for (const [group, value] of Object.entries(view.tasks)) yield { labels: { group }, value };
    },
  ),
  counter(
    "driftd_http_requests_total",
    "Requests by route and status: route other where there is no such route, code none where the sender was gone before it was answered.",
    ["route", "code"],
    function* ({ requests }) {
      for (const { route, code, count } of requests) yield { labels: { route, code }, value: count };
    },
  ),
  gauge(
    "driftd_sources_away",
    "Sources that nothing can be read from for now: Kafka is away.",
    [],
    function* (view) {
      yield { labels: {}, value: view.sourcesAway };
    },
  ),
  gauge(
    "driftd_leads",
    "1 where this member of a fleet judges what all of them count, and shows its scores and alerts; 0 where another does.",
    [],
    function* ({ leads }) {
      if (leads !== undefined) yield { labels: {}, value: leads ? 1 : 0 };
    },
  ),
  gauge(
    "driftd_state_away",
    "1 where the store cannot be reached for now: nothing is read, and nothing is lost.",
    [],
    function* (view) {
      yield { labels: {}, value: view.isStateAway ? 1 : 0 };
    },
  ),
  counter("driftd_state_commits_total", "Commits of state by result.", ["result"], function* ({ commits }) {
    for (const result of ["committed", "fenced", "failed"] as const) {
      yield { labels: { result }, value: commits[result] };
    }
  }),
  counter("driftd_state_rewinds_total", "Times the store was found in its own past.", [], function* (view) {
    yield { labels: {}, value: view.commits.rewound };
  }),
  gauge("driftd_state_size_bytes", "Size of the store.", [], function* (view) {
    yield { labels: {}, value: view.stateBytes };
  }),
  counter(
    "driftd_sink_deliveries_total",
    "Alert transitions by sink and result.",
    ["sink", "result"],
    function* (view) {
      for (const sink of view.sinks) {
        for (const result of ["delivered", "failed", "refused", "skipped"] as const) {
          yield { labels: { sink: sink.sink, result }, value: sink[result] };
        }
      }
    },
  ),
  gauge("driftd_sink_pending_alerts", "Alert transitions not yet delivered.", ["sink"], function* (view) {
    for (const { sink, pending } of view.sinks) yield { labels: { sink }, value: pending };
  }),
  counter(
    "driftd_quarantine_records_total",
    "Dropped records written to the quarantine, and those beyond its rate, which were left out.",
    ["stream", "result"],
    function* ({ quarantine }) {
      for (const [stream, { written, leftOut }] of Object.entries(quarantine?.streams ?? {})) {
        yield { labels: { stream, result: "written" }, value: written };
        yield { labels: { stream, result: "left-out" }, value: leftOut };
      }
    },
  ),
  counter(
    "driftd_quarantine_failures_total",
    "Attempts to write to the quarantine that failed; each is made again.",
    [],
    function* ({ quarantine }) {
      if (quarantine !== undefined) yield { labels: {}, value: quarantine.failures };
    },
  ),
  gauge(
    "driftd_quarantine_away",
    "1 while the quarantine cannot be written, and ingestion waits for it.",
    [],
    function* ({ quarantine }) {
      if (quarantine !== undefined) yield { labels: {}, value: quarantine.away ? 1 : 0 };
    },
  ),
  counter("driftd_job_runs_total", "Runs of a scheduled job.", ["job"], function* (view) {
    for (const { job, runs } of view.jobs) yield { labels: { job }, value: runs };
  }),
  counter("driftd_job_failures_total", "Runs of a scheduled job that failed.", ["job"], function* (view) {
    for (const { job, failures } of view.jobs) yield { labels: { job }, value: failures };
  }),
  counter(
    "driftd_job_skips_total",
    "Times a scheduled job was due while it still ran.",
    ["job"],
    function* (view) {
      for (const { job, skipped } of view.jobs) yield { labels: { job }, value: skipped };
    },
  ),
  ...PROCESS_FAMILIES,
];

function* perStream(
  view: MetricsView,
  field: "received" | "measured" | "waiting" | "revised",
): Iterable<Sample> {
  for (const [stream, ledger] of Object.entries(view.ledgers)) {
    yield { labels: { stream }, value: ledger[field] };
  }
}

function* perPartition(view: MetricsView, read: (partition: ShownPartition) => number): Iterable<Sample> {
  for (const partition of view.partitions) {
    const value = read(partition);
    if (!Number.isFinite(value)) continue;
    yield { labels: { stream: partition.stream, partition: partition.partition }, value };
  }
}

function* countScores(view: MetricsView): Iterable<Sample> {
  const counts = new Map<string, Map<string, number>>();
  for (const { model, score } of view.scores) {
    const ofModel = counts.get(model) ?? new Map<string, number>();
    ofModel.set(score.status, (ofModel.get(score.status) ?? 0) + 1);
    counts.set(model, ofModel);
  }
  for (const [model, ofModel] of counts) {
    for (const [status, value] of ofModel) yield { labels: { model, status }, value };
  }
}
