/** Rules as Prometheus reads them: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/ */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (AlertingRule | RecordingRule)[];
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** A case of promtool's unit tests: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/ */
export interface RuleTest {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly TestSeries[];
  readonly alert_rule_test: readonly AlertTest[];
}

export interface TestSeries {
  readonly series: string;
  readonly values: string;
}

interface AlertTest {
  readonly eval_time: string;
  readonly alertname: string;
  readonly exp_alerts?: readonly {
    readonly exp_labels: Readonly<Record<string, string>>;
    readonly exp_annotations: Readonly<Record<string, string>>;
  }[];
}

export type Labels = Readonly<Record<string, string | undefined>>;

/** A metric of some labels: `name{key="value"}`. What PromQL escapes in a text is what JSON does. */
export function selector(name: string, labels: Labels = {}): string {
  const matchers = Object.entries(labels).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${JSON.stringify(value)}`],
  );
  return matchers.length === 0 ? name : `${name}{${matchers.join(", ")}}`;
}
