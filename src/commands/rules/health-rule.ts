import type { AlertingRule, RuleTest, TestSeries } from "./rule-group.ts";
import { plain } from "./template.ts";
import type { Template } from "./template.ts";

/** An alert about driftd itself, and the series that make it fire. */
export interface HealthRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly severity: "page" | "ticket";
  /** Where there is one such rule for each model. */
  readonly model?: string;
  readonly summary: Template;
  readonly description: Template;
  readonly test: {
    readonly series: readonly TestSeries[];
    /** Of the alert, beside its severity. */
    readonly labels: Readonly<Record<string, string>>;
    /** When it does not fire yet, and when it does. */
    readonly calm: string;
    readonly firing: string;
  };
}

/** The labels of a target, as tests have them. */
export const MEMBER = { job: "driftd", instance: "driftd:9464" };

export function toAlertingRule({
  alert,
  expr,
  for: wait,
  severity,
  model,
  summary,
  description,
}: HealthRule): AlertingRule {
  return {
    alert,
    expr,
    ...(wait !== undefined && { for: wait }),
    labels: { ...(model !== undefined && { model: plain(model).template }), severity },
    annotations: {
      summary: summary.template,
      description: description.template,
      runbook: `docs/ALERTS.md#${alert.toLowerCase()}`,
    },
  };
}

export function toRuleTest({ alert, severity, summary, description, test }: HealthRule): RuleTest {
  return {
    name: summary.example,
    interval: "1m",
    input_series: test.series,
    alert_rule_test: [
      { eval_time: test.calm, alertname: alert },
      {
        eval_time: test.firing,
        alertname: alert,
        exp_alerts: [
          {
            exp_labels: { severity, ...test.labels },
            exp_annotations: {
              summary: summary.example,
              description: description.example,
              runbook: `docs/ALERTS.md#${alert.toLowerCase()}`,
            },
          },
        ],
      },
    ],
  };
}
