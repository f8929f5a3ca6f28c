import { Counter, Gauge, Registry } from "prom-client";
import { OPERATION_FAMILIES } from "./metric-families.ts";
import type { MetricFamily } from "./metric-family.ts";
import type { MetricsView } from "./metrics.ts";
import {
  ALERT_LABELS,
  ALERT_SAMPLES,
  FIRING,
  FIRING_LABELS,
  MOVER,
  MOVER_LABELS,
  PENDING,
  SAMPLES,
  SERIES_LABELS,
  THRESHOLD,
  VALUE,
  alertLines,
  measureMetric,
  scoreLines,
} from "./score-lines.ts";
import type { Line, MeasureInfo } from "./score-lines.ts";

export interface PrometheusOptions {
  /** Called once per scrape. */
  view(): MetricsView;
  readonly measures: readonly MeasureInfo[];
  readonly segments: "firing" | "all" | "none";
  /**
   * No exposition is longer, comments included: alerts and scores beyond it are left out and counted. The lines of
   * driftd's own operation are always there, being bounded by the configuration.
   */
  readonly maxLines: number;
}

/** The exposition in the Prometheus text format. */
export interface Prometheus {
  readonly contentType: string;
  render(): Promise<string>;
}

const DROPPED = "driftd_metric_lines_dropped_total";
/** Of every metric: `# HELP`, `# TYPE` and the blank line before the next. */
const COMMENT_LINES = 3;

type Metric = Gauge | Counter;

/**
 * Everything is set anew at each scrape from one view, so that what is gone leaves no ghost. Operation comes first, then
 * verdicts, then scores: the cap cuts from the end.
 */
export function createPrometheus({ view, measures, segments, maxLines }: PrometheusOptions): Prometheus {
  const registry = new Registry();
  const metrics = new Map(measures.map((measure) => [measure.name, measureMetric(measure)]));
  const byName = new Map<string, Metric>();
  const single: Metric[] = [];
  for (const { name, help, kind, labels } of allFamilies([...metrics.values()])) {
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    const metric = kind === "gauge" ? new Gauge(options) : new Counter(options);
    byName.set(name, metric);
    if (labels.length === 0) single.push(metric);
  }
  let droppedLines = 0;

  const fill = (): void => {
    const now = view();
    for (const metric of byName.values()) metric.reset();
    // Without labels a metric begins at 0, which says something where nothing is to be said.
    for (const metric of single) metric.remove();
    const operation = operationLines(now);
    const room = Math.max(0, maxLines - COMMENT_LINES * byName.size - operation.length);
    const judgement = [...alertLines(now), ...scoreLines(now, { metrics, segments })];
    droppedLines += Math.max(0, judgement.length - room);
    for (const line of [...operation, ...judgement.slice(0, room)]) setValue(byName, line);
    setValue(byName, { name: DROPPED, labels: {}, value: droppedLines });
  };

  let rendering: Promise<string> | undefined;
  return {
    contentType: registry.contentType,
    render() {
      // Scrapes that overlap share one answer: a second fill would change the registry under the first.
      rendering ??= Promise.resolve()
        .then(() => {
          fill();
          return registry.metrics();
        })
        .finally(() => {
          rendering = undefined;
        });
      return rendering;
    },
  };
}

type FamilyHead = Omit<MetricFamily, "samples">;

function allFamilies(measures: readonly { readonly name: string; readonly help: string }[]): FamilyHead[] {
  const gauge = (name: string, help: string, labels: readonly string[]): FamilyHead => {
    return { name, help, kind: "gauge", labels };
  };
  return [
    ...OPERATION_FAMILIES,
    { name: DROPPED, help: "Lines left out of scrapes for want of room.", kind: "counter", labels: [] },
    gauge(FIRING, "Whether the alert fires (1) or is pending (0).", FIRING_LABELS),
    gauge(PENDING, "Whether the alert is pending (1) or fires (0).", ALERT_LABELS),
    gauge(VALUE, "The score of a firing alert as it began, in the unit of its measure.", ALERT_LABELS),
    gauge(ALERT_SAMPLES, "Values that a firing alert's score rested on as it began.", ALERT_LABELS),
    gauge(
      MOVER,
      "Part of a firing alert's score that is this span's or category's; the three largest, as the alert began.",
      MOVER_LABELS,
    ),
    gauge(THRESHOLD, "The limit of the alert's rule, in the unit of its measure.", [
      "alert",
      "model",
      "column",
    ]),
    gauge(SAMPLES, "Values that the series' scores rest on.", SERIES_LABELS),
    ...measures.map(({ name, help }) => gauge(name, help, SERIES_LABELS)),
  ];
}

function operationLines(view: MetricsView): Line[] {
  return OPERATION_FAMILIES.flatMap((family) =>
    Array.from(family.samples(view), (sample) => ({ ...sample, name: family.name })),
  );
}

function setValue(byName: ReadonlyMap<string, Metric>, { name, labels, value }: Line): void {
  const metric = byName.get(name);
  if (metric instanceof Counter) metric.inc(labels, value);
  else metric?.set(labels, value);
}
