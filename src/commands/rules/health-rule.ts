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

/** Where people read what to do. @param page its address; absent: the path in driftd's own repository */
function runbookOf(alert: string, page: string | undefined): Readonly<Record<string, string>> {
  const heading = alert.toLowerCase();
  return page === undefined
    ? { runbook: `docs/ALERTS.md#${heading}` }
    : { runbook_url: `${page}#${heading}` };
}

export function toAlertingRule(rule: HealthRule, runbooks?: string): AlertingRule {
  const { alert, expr, for: wait, severity, model, summary, description } = rule;
  return {
    alert,
    expr,
    ...(wait !== undefined && { for: wait }),
    labels: { ...(model !== undefined && { model: plain(model).template }), severity },
    annotations: {
      summary: summary.template,
      description: description.template,
      ...runbookOf(alert, runbooks),
    },
  };
}

export function toRuleTest(rule: HealthRule, runbooks?: string): RuleTest {
  const { alert, severity, summary, description, test } = rule;
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
              ...runbookOf(alert, runbooks),
            },
          },
        ],
      },
    ],
  };
}
