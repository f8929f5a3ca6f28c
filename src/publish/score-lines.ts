import type { Measure } from "../statistics/measure.ts";
import type { Sample } from "./metric-family.ts";
import type { MetricsView, SeriesLabels, ShownAlert, ShownScore } from "./metrics.ts";

/** What the table of measures says of a measure, as far as a metric needs it. */
export type MeasureInfo = Pick<Measure, "name" | "title" | "unit">;

/** A line of the exposition: a sample of the metric `name`. */
export interface Line extends Sample {
  readonly name: string;
}

export interface MeasureMetric {
  readonly name: string;
  readonly help: string;
}

export const SERIES_LABELS = ["model", "version", "segment", "column"] as const;
export const ALERT_LABELS = ["alert", ...SERIES_LABELS] as const;
export const MOVER_LABELS = [...ALERT_LABELS, "mover"] as const;
export const FIRING_LABELS = [...ALERT_LABELS, "severity"] as const;
export const FIRING = "driftd_alert_firing";
export const PENDING = "driftd_alert_pending";
export const MOVER = "driftd_alert_mover_ratio";
export const VALUE = "driftd_alert_value";
export const ALERT_SAMPLES = "driftd_alert_samples";
export const THRESHOLD = "driftd_alert_threshold";
export const SAMPLES = "driftd_samples";

/** Bits have no suffix: Prometheus knows no such unit, and its checker asks for bytes. */
const SUFFIXES: Readonly<Record<MeasureInfo["unit"], string>> = {
  ratio: "_ratio",
  seconds: "_seconds",
  bits: "",
  none: "",
};

/** One metric per measure, in base units: psi is driftd_psi, missing driftd_missing_ratio. */
export function measureMetric({ name, title, unit }: MeasureInfo): MeasureMetric {
  return { name: `driftd_${name.replaceAll("-", "_")}${SUFFIXES[unit]}`, help: `${title}.` };
}

/** Verdicts and limits: the lines that Prometheus alerts on, so they come before any score. */
export function alertLines(view: MetricsView): Line[] {
  const lines: Line[] = [];
  for (const alert of view.alerts) {
    const labels = { alert: alert.alert, ...seriesLabels(alert) };
    const { severity } = alert;
    lines.push({ name: FIRING, labels: { ...labels, severity }, value: Number(alert.state === "firing") });
    lines.push({ name: PENDING, labels, value: Number(alert.state === "pending") });
  }
  for (const { alert, model, threshold, column } of view.rules) {
    const labels = { alert, model, ...(column === undefined ? {} : { column }) };
    if (Number.isFinite(threshold)) lines.push({ name: THRESHOLD, labels, value: threshold });
  }
  // Last, so that a cap takes them before any verdict.
  return [...lines, ...view.alerts.flatMap(evidenceLines)];
}

/** What the alert rested on as it began. */
function evidenceLines({ score, movers = [], ...alert }: ShownAlert): Line[] {
  if (alert.state !== "firing") return [];
  const labels = { alert: alert.alert, ...seriesLabels(alert) };
  const { value = Number.NaN, n = Number.NaN } = score ?? {};
  return [
    ...(Number.isFinite(value) ? [{ name: VALUE, labels, value }] : []),
    ...(Number.isFinite(n) ? [{ name: ALERT_SAMPLES, labels, value: n }] : []),
    ...movers.map(({ name, part }) => ({ name: MOVER, labels: { ...labels, mover: name }, value: part })),
  ];
}

export interface ScoreLineOptions {
  readonly metrics: ReadonlyMap<string, MeasureMetric>;
  /** `firing`: series over all traffic, and every series of a segment in which something is pending or firing. */
  readonly segments: "firing" | "all" | "none";
}

/**
 * The scores, series by series: first those in which something is pending or firing, then those over all traffic, then
 * the rest, so that a cap takes the least telling ones. A series' number of samples is its largest, said once.
 */
export function scoreLines(view: MetricsView, { metrics, segments }: ScoreLineOptions): Line[] {
  const alerted = new Set(view.alerts.map((alert) => segmentKey(alert)));
  const ranks: Line[][] = [[], [], []];
  for (const scores of bySeries(view.scores).values()) {
    const [first] = scores.values();
    if (first === undefined) continue;
    const rank = alerted.has(segmentKey(first)) ? 0 : isAllTraffic(first) ? 1 : 2;
    if (rank === 2 && segments !== "all") continue;
    if (!isAllTraffic(first) && segments === "none") continue;
    ranks[rank]?.push(...seriesLines(first, scores, metrics));
  }
  return ranks.flat();
}

function seriesLines(
  series: SeriesLabels,
  scores: ReadonlyMap<string, ShownScore>,
  metrics: ReadonlyMap<string, MeasureMetric>,
): Line[] {
  const labels = seriesLabels(series);
  const lines: Line[] = [];
  let samples = 0;
  for (const { measure, score } of scores.values()) {
    samples = Math.max(samples, score.n);
    const metric = metrics.get(measure);
    if (metric === undefined || score.status !== "ok") continue;
    if (score.value === undefined || !Number.isFinite(score.value)) continue;
    lines.push({ name: metric.name, labels, value: score.value });
  }
  return [{ name: SAMPLES, labels, value: samples }, ...lines];
}

/** By series, then by measure; of several windows the shortest. */
function bySeries(scores: readonly ShownScore[]): Map<string, Map<string, ShownScore>> {
  const series = new Map<string, Map<string, ShownScore>>();
  for (const score of scores) {
    const key = JSON.stringify(SERIES_LABELS.map((label) => score[label] ?? ""));
    const measures = series.get(key) ?? new Map<string, ShownScore>();
    series.set(key, measures);
    const shown = measures.get(score.measure);
    if (shown === undefined || score.window < shown.window) measures.set(score.measure, score);
  }
  return series;
}

function isAllTraffic({ segment }: SeriesLabels): boolean {
  return segment === undefined || segment === "all";
}

function segmentKey({ model, segment }: SeriesLabels): string {
  return JSON.stringify([model, segment ?? "all"]);
}

function seriesLabels(series: SeriesLabels): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const label of SERIES_LABELS) {
    const value = series[label];
    if (value !== undefined) labels[label] = value;
  }
  return labels;
}
