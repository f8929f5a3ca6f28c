import { ALERT_SAMPLES, FIRING, MOVER, THRESHOLD, VALUE } from "../../publish/score-lines.ts";
import type { Model, Rule } from "../../rules/model.ts";
import { measureNamed } from "../../statistics/measures.ts";
import { formatVersion } from "../../verdict/quantities.ts";
import { selector } from "./rule-group.ts";
import type { AlertingRule, RuleTest } from "./rule-group.ts";
import { join, label, listShares, lookUp, ofInstance, plain } from "./template.ts";
import type { Template } from "./template.ts";

/** A rule of Prometheus for a rule of a model, and its unit test. */
export interface GeneratedAlert {
  readonly rule: AlertingRule;
  readonly test: RuleTest;
}

/**
 * Alerts on what driftd itself says that it fires: it has waited (`for`) and it goes on (`keepFiringFor`) by event time, so that
 * Prometheus does neither. The severity comes with the series: it is info where the score's trust is none.
 */
export function alertOf(model: Model, rule: Rule): GeneratedAlert {
  const series = exampleSeries(model, rule);
  const annotations = annotationsOf(model, rule, series);
  const texts = (which: keyof Template): Record<string, string> =>
    Object.fromEntries(Object.entries(annotations).map(([name, text]) => [name, text[which]]));
  const labels = Object.fromEntries(
    // Rules of one name must differ in their labels: another model may have the same one.
    Object.entries({ model: model.name, ...rule.labels }).map(([name, text]) => [name, plain(text).template]),
  );
  const firing = selector(FIRING, { alert: rule.alert, model: model.name });
  return {
    rule: {
      alert: rule.alert,
      expr: `max without (instance, pod) (${firing} == 1)`,
      labels,
      annotations: texts("template"),
    },
    test: {
      name: `${rule.alert} of ${model.name} fires while driftd says so, and no longer`,
      interval: "1m",
      input_series: inputSeries(rule, series),
      alert_rule_test: [
        { eval_time: "4m", alertname: rule.alert },
        {
          eval_time: "8m",
          alertname: rule.alert,
          exp_alerts: [
            {
              exp_labels: { ...series, severity: rule.severity, job: JOB, ...rule.labels },
              exp_annotations: texts("example"),
            },
          ],
        },
        { eval_time: "14m", alertname: rule.alert },
      ],
    },
  };
}

const JOB = "driftd";
const INSTANCE = "driftd:9464";
const EXAMPLE_SAMPLES = 54_112;
const EXAMPLE_MOVERS = { "120 to 250": 0.62, "2,000 and above": 0.21 };

/** The labels that a series of the rule has, with values for the test. */
function exampleSeries(model: Model, rule: Rule): Record<string, string> {
  const split = rule.by.filter((key) => key !== "version");
  return {
    alert: rule.alert,
    model: model.name,
    ...(rule.by.includes("version") && { version: "v7" }),
    ...(split.length > 0 && { segment: split.map((key) => `${key}=example`).join(",") }),
    // A comparison of versions is told of all columns together.
    ...(rule.columns.length > 0 && rule.compare === undefined && { column: "example" }),
  };
}

function annotationsOf(model: Model, rule: Rule, series: Record<string, string>): Record<string, Template> {
  const labels = Object.keys(series);
  const of = (metric: string): { metric: string; labels: readonly string[] } => ({ metric, labels });
  const shown = (name: string): Template => label(name, series[name] ?? "");
  const unit = measureNamed(rule.measure)?.unit === "seconds" ? " s" : "";
  const value = lookUp(of(VALUE), "%.4g", exampleValue(rule));
  const limited = { metric: THRESHOLD, labels: thresholdLabels(rule) };
  const threshold = lookUp(limited, "%.4g", rule.limit.value);
  const samples = lookUp(of(ALERT_SAMPLES), "%.0f", EXAMPLE_SAMPLES);
  const movers = (before: string): Template =>
    listShares(of(MOVER), { by: "mover", before, example: describeMovers() });
  const hasMovers = measureNamed(rule.measure)?.signal === "distribution";
  const place = join(
    model.name,
    ...(labels.includes("column") ? ["/", shown("column")] : []),
    ...(labels.includes("version") ? [" ", shown("version")] : []),
    ...(labels.includes("segment") ? [" ", shown("segment")] : []),
  );
  const own = Object.entries(rule.annotations).map(([name, text]) => [name, plain(text)] as const);
  const explanation = ofInstance(
    of(FIRING),
    (instance) =>
      join("http://", instance, `/api/alerts?state=firing&model=${encodeURIComponent(model.name)}`),
    INSTANCE,
  );
  const further = {
    ...(rule.action !== undefined && { action: plain(rule.action) }),
    explanation,
    ...Object.fromEntries(own),
  };
  if (rule.compare !== undefined && typeof rule.against === "object") {
    const beside = `does otherwise than ${formatVersion(rule.against.version)}`;
    return {
      summary: join(`${rule.alert} `, place, `: it ${beside}`),
      description: join(
        `The version ${beside} by more than chance. All that differs stands at the explanation's address.`,
      ),
      measure: plain("compare"),
      ...further,
    };
  }
  return {
    summary: join(`${rule.alert} `, place, `: ${rule.measure} is beyond its limit`),
    description: join(
      `${rule.measure} was `,
      value,
      `${unit} as the alert began, of n=`,
      samples,
      "; the limit is ",
      threshold,
      `${unit}.`,
      ...(hasMovers ? [movers(" What moved most: ")] : []),
    ),
    measure: plain(rule.measure),
    value,
    threshold,
    samples,
    ...(hasMovers && { movers: movers("") }),
    ...further,
  };
}

/** Limits by type of column are told by column. */
function thresholdLabels({ limitsByType }: Rule): readonly string[] {
  return limitsByType === undefined ? ["alert", "model"] : ["alert", "model", "column"];
}

/** A number on the far side of the limit. */
function exampleValue({ limit: { kind, value } }: Rule): number {
  return kind === "below" ? value / 2 : value * 2;
}

function describeMovers(): string {
  return Object.entries(EXAMPLE_MOVERS)
    .map(([name, part]) => `${name} (${part * 100}%)`)
    .join(", ");
}

/** What a scrape of a daemon has of the series: pending for five minutes, firing for five, then gone. */
function inputSeries(rule: Rule, series: Record<string, string>): RuleTest["input_series"] {
  const target = { instance: INSTANCE, job: JOB };
  const limited = Object.fromEntries(thresholdLabels(rule).map((name) => [name, series[name] ?? ""]));
  const during = (metric: string, number: number, labels: Record<string, string> = {}) => ({
    series: selector(metric, { ...series, ...labels, ...target }),
    values: `_x5 ${number}x4 stale`,
  });
  return [
    { series: selector(FIRING, { ...series, severity: rule.severity, ...target }), values: "0x4 1x4 stale" },
    ...(rule.compare === undefined
      ? [{ series: selector(THRESHOLD, { ...limited, ...target }), values: `${rule.limit.value}x20` }]
      : []),
    during(VALUE, exampleValue(rule)),
    during(ALERT_SAMPLES, EXAMPLE_SAMPLES),
    ...(measureNamed(rule.measure)?.signal === "distribution"
      ? Object.entries(EXAMPLE_MOVERS).map(([mover, part]) => during(MOVER, part, { mover }))
      : []),
  ];
}
