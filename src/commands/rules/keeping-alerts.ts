import { MEMBER } from "./health-rule.ts";
import type { HealthRule } from "./health-rule.ts";
import { join, label, plain, value } from "./template.ts";

const DAEMON = 'job="driftd", instance="driftd:9464"';
const instance = label("instance", MEMBER.instance);
const sink = label("sink", "webhook retrain");

/** Whether driftd keeps what it has counted, and tells what it has found. */
export const KEEPING_ALERTS: readonly HealthRule[] = [
  {
    alert: "DriftdStateAway",
    expr: "max by (job) (driftd_state_away) > 0",
    for: "5m",
    severity: "page",
    summary: plain("driftd cannot reach its state."),
    description: plain("Nothing is read until it is back, and nothing is lost that Kafka still keeps."),
    test: {
      series: [{ series: `driftd_state_away{${DAEMON}}`, values: "0 1x20" }],
      labels: { job: MEMBER.job },
      calm: "5m",
      firing: "10m",
    },
  },
  {
    alert: "DriftdStateNotCommitted",
    expr: 'increase(driftd_state_commits_total{result="failed"}[15m]) > 0',
    severity: "page",
    summary: join("driftd on ", instance, " cannot write its state."),
    description: plain("The disk is full or gone. Nothing is lost that Kafka still keeps."),
    test: {
      series: [{ series: `driftd_state_commits_total{result="failed", ${DAEMON}}`, values: "0x10 1x20" }],
      labels: { ...MEMBER, result: "failed" },
      calm: "5m",
      firing: "15m",
    },
  },
  {
    alert: "DriftdStateWentBack",
    expr: "increase(driftd_state_rewinds_total[15m]) > 0",
    severity: "ticket",
    summary: join("The state of driftd on ", instance, " went back in time."),
    description: plain(
      "A backup was put back, or a failover lost writes. It was loaded again and its records are read again.",
    ),
    test: {
      series: [{ series: `driftd_state_rewinds_total{${DAEMON}}`, values: "0x10 1x20" }],
      labels: MEMBER,
      calm: "5m",
      firing: "15m",
    },
  },
  {
    alert: "DriftdQuarantineAway",
    expr: "max by (job) (driftd_quarantine_away) > 0",
    for: "5m",
    severity: "page",
    summary: plain("driftd cannot write its quarantine."),
    description: plain(
      "Nothing is read until it can: no dropped record is lost. See waitingFor in /healthz.",
    ),
    test: {
      series: [{ series: `driftd_quarantine_away{${DAEMON}}`, values: "0 1x20" }],
      labels: { job: MEMBER.job },
      calm: "5m",
      firing: "10m",
    },
  },
  {
    alert: "DriftdAlertsUndelivered",
    expr: "max by (job, sink) (driftd_sink_pending_alerts) > 0",
    for: "5m",
    severity: "ticket",
    summary: join("driftd cannot deliver alerts to ", sink, "."),
    description: join(
      value(2),
      " wait. They are tried again until they are older than publish.maxAge; the log says what fails.",
    ),
    test: {
      series: [{ series: `driftd_sink_pending_alerts{sink="webhook retrain", ${DAEMON}}`, values: "2x20" }],
      labels: { job: MEMBER.job, sink: "webhook retrain" },
      calm: "4m",
      firing: "10m",
    },
  },
  {
    alert: "DriftdAlertsRefused",
    expr: 'sum by (job, sink) (increase(driftd_sink_deliveries_total{result="refused"}[15m])) > 0',
    severity: "ticket",
    summary: join(sink, " refuses alerts of driftd."),
    description: plain("They are not sent there again. The log has each of them, and what was answered."),
    test: {
      series: [
        {
          series: `driftd_sink_deliveries_total{sink="webhook retrain", result="refused", ${DAEMON}}`,
          values: "0x10 1x20",
        },
      ],
      labels: { job: MEMBER.job, sink: "webhook retrain" },
      calm: "5m",
      firing: "15m",
    },
  },
  {
    alert: "DriftdReloadFailed",
    expr: "driftd_config_last_reload_successful == 0",
    for: "5m",
    severity: "ticket",
    summary: join("driftd on ", instance, " runs with old rules."),
    description: plain(
      "The rule files, as they are now, have faults: driftd check says which, and so does its log.",
    ),
    test: {
      series: [{ series: `driftd_config_last_reload_successful{${DAEMON}}`, values: "1x5 0x20" }],
      labels: MEMBER,
      calm: "9m",
      firing: "15m",
    },
  },
  {
    alert: "DriftdMetricsCut",
    expr: "increase(driftd_metric_lines_dropped_total[15m]) > 0",
    for: "1h",
    severity: "ticket",
    summary: join("driftd on ", instance, " leaves series out of /metrics."),
    description: plain("Raise metrics.maxLines in driftd.yaml, or show fewer segments."),
    test: {
      series: [{ series: `driftd_metric_lines_dropped_total{${DAEMON}}`, values: "0+50x120" }],
      labels: MEMBER,
      calm: "30m",
      firing: "90m",
    },
  },
];
