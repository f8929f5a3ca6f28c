import { MEMBER } from "./health-rule.ts";
import type { HealthRule } from "./health-rule.ts";
import type { RecordingRule } from "./rule-group.ts";
import { join, label, plain, value } from "./template.ts";

const DAEMON = 'job="driftd", instance="driftd:9464"';
const instance = label("instance", MEMBER.instance);
const stream = label("stream", "fraud");

/** What is asked of /metrics often. Watermarks that a partition does not hold, being idle, are left out. */
export const RECORDING_RULES: readonly RecordingRule[] = [
  {
    record: "model:driftd_alert_firing:sum",
    expr: "sum by (model) (max without (instance, pod) (driftd_alert_firing))",
  },
  {
    record: "stream:driftd_rows_received:rate5m",
    expr: "sum by (stream) (rate(driftd_rows_received_total[5m]))",
  },
  {
    record: "stream:driftd_rows_dropped:rate5m",
    expr: "sum by (stream) (rate(driftd_rows_dropped_total[5m]))",
  },
  {
    record: "stream:driftd_watermark_age_seconds:max",
    expr: "time() - min by (stream) (driftd_watermark_timestamp_seconds unless driftd_partition_idle == 1)",
  },
];

/** Whether driftd is there, and reads. @param job the label of its targets */
export function readingAlerts(job: string): readonly HealthRule[] {
  return [
    {
      alert: "DriftdGone",
      expr: "absent(driftd_build_info)",
      for: "5m",
      severity: "page",
      summary: plain("No driftd answers."),
      description: plain("No drift is watched for until it runs again. What it committed is kept."),
      test: { series: [], labels: {}, calm: "4m", firing: "6m" },
    },
    {
      alert: "DriftdDown",
      // Where none answers, DriftdGone says so.
      expr: `up{job=${JSON.stringify(job)}} == 0 unless on () absent(driftd_build_info)`,
      for: "5m",
      severity: "ticket",
      summary: join("driftd on ", instance, " does not answer; others do."),
      description: plain(
        "Members of its fleet take over; where it has a state of its own, its models are not watched.",
      ),
      test: {
        series: [
          { series: `up{job=${JSON.stringify(job)}, instance="driftd:9464"}`, values: "1x5 0x20" },
          { series: 'driftd_build_info{instance="driftd-1:9464"}', values: "1x30" },
        ],
        labels: { job, instance: MEMBER.instance },
        calm: "9m",
        firing: "12m",
      },
    },
    {
      alert: "DriftdBehind",
      // Ahead of the watermark stand the records that are not read yet; without records there is nothing to be behind.
      expr: "max by (stream) (driftd_partition_lag_records) > 1000 and on (stream) time() - min by (stream) (driftd_watermark_timestamp_seconds) > 900",
      for: "10m",
      severity: "ticket",
      summary: join("driftd is more than 15 minutes behind on stream ", stream, "."),
      description: join(value(5000), " records wait in its slowest partition."),
      test: {
        series: [
          { series: 'driftd_partition_lag_records{stream="fraud", partition="0"}', values: "5000x60" },
          { series: 'driftd_partition_lag_records{stream="quiet", partition="0"}', values: "0x60" },
          { series: 'driftd_watermark_timestamp_seconds{stream="fraud", partition="0"}', values: "0x60" },
          { series: 'driftd_watermark_timestamp_seconds{stream="quiet", partition="0"}', values: "0x60" },
        ],
        labels: { stream: "fraud" },
        calm: "20m",
        firing: "30m",
      },
    },
    {
      alert: "DriftdWatermarkOld",
      expr: "stream:driftd_watermark_age_seconds:max > 3600",
      for: "15m",
      severity: "ticket",
      summary: join("Nothing of stream ", stream, " has been judged for an hour."),
      description: plain(
        "A partition that is not idle holds its watermark: it lags, nobody reads it, or its events are old. See driftd_partition_lag_records and driftd_newest_event_timestamp_seconds.",
      ),
      test: {
        series: [
          {
            series: `driftd_watermark_timestamp_seconds{stream="fraud", partition="0", ${DAEMON}}`,
            values: "0x120",
          },
          { series: `driftd_partition_idle{stream="fraud", partition="0", ${DAEMON}}`, values: "0x120" },
          {
            series: `driftd_watermark_timestamp_seconds{stream="quiet", partition="0", ${DAEMON}}`,
            values: "0x120",
          },
          { series: `driftd_partition_idle{stream="quiet", partition="0", ${DAEMON}}`, values: "1x120" },
        ],
        labels: { stream: "fraud" },
        calm: "70m",
        firing: "80m",
      },
    },
    {
      alert: "DriftdBlind",
      // While Kafka is away the lag stands still: it cannot say that nothing is read.
      expr: "max by (job) (driftd_sources_away) > 0",
      for: "5m",
      severity: "page",
      summary: plain("driftd cannot reach Kafka."),
      description: plain(
        "Nothing is watched until it is back; then reading goes on where it stopped. See waitingFor in /healthz.",
      ),
      test: {
        series: [{ series: `driftd_sources_away{${DAEMON}}`, values: "0 1x3 0x5 1x20" }],
        labels: { job: MEMBER.job },
        calm: "6m",
        firing: "20m",
      },
    },
  ];
}

/** One of the models that no running daemon watches. */
export function modelGone(model: string, models: readonly string[]): HealthRule {
  const named = JSON.stringify(model);
  return {
    alert: "DriftdModelGone",
    expr: `absent(driftd_lineage_info{model=${named}}) unless on () absent(driftd_build_info)`,
    for: "10m",
    severity: "page",
    model,
    summary: plain(`No driftd watches model ${model}.`),
    description: plain(
      `driftd answers, and knows no such model: its rule file is missing, or its daemon is gone. Where the model is retired, write these rules anew.`,
    ),
    test: {
      series: [
        { series: `driftd_build_info{${DAEMON}}`, values: "1x60" },
        ...["another model", ...models.filter((name) => name !== model)].map((name) => ({
          series: `driftd_lineage_info{model=${JSON.stringify(name)}, ${DAEMON}}`,
          values: "1x60",
        })),
      ],
      labels: { model },
      calm: "9m",
      firing: "20m",
    },
  };
}
