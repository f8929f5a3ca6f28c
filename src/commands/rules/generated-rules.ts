import type { PublishConfig } from "../../config/config.ts";
import { distinctRules } from "../../rules/compare-section.ts";
import type { Model } from "../../rules/model.ts";
import { toAlertingRule, toRuleTest } from "./health-rule.ts";
import { KEEPING_ALERTS } from "./keeping-alerts.ts";
import { alertOf } from "./model-alerts.ts";
import { modelGone, readingAlerts, RECORDING_RULES } from "./reading-alerts.ts";
import type { RuleGroup, RuleTest } from "./rule-group.ts";

export interface GeneratedRules {
  readonly groups: readonly RuleGroup[];
  readonly tests: readonly RuleTest[];
  /** How many models they are for. */
  readonly models: number;
  /** The alerts of the models are left out, since driftd pushes them itself. */
  readonly pushed: boolean;
}

/**
 * Everything that Prometheus is to know of driftd: a group of its own health, and one for each model. Where alerts are pushed to
 * Alertmanager they would come twice; only who says `publish.prometheus` besides gets them here too.
 */
export function generateRules(models: readonly Model[], publish: PublishConfig): GeneratedRules {
  const { alertmanager, prometheus } = publish;
  const pushed = alertmanager !== undefined && prometheus === undefined;
  const runbooks = prometheus?.runbooks;
  const health = [...readingAlerts(prometheus?.job ?? "driftd"), ...KEEPING_ALERTS];
  const names = models.map(({ name }) => name);
  const ofModels = models.map((model) => {
    const alerts = pushed ? [] : distinctRules(model.rules).map((rule) => alertOf(model, rule));
    return { model, gone: modelGone(model.name, names), alerts };
  });
  return {
    groups: [
      {
        name: "driftd",
        rules: [...RECORDING_RULES, ...health.map((rule) => toAlertingRule(rule, runbooks))],
      },
      ...ofModels.map(({ model, gone, alerts }) => ({
        name: `driftd ${model.name}`,
        rules: [toAlertingRule(gone, runbooks), ...alerts.map(({ rule }) => rule)],
      })),
    ],
    tests: [
      ...health.map((rule) => toRuleTest(rule, runbooks)),
      ...ofModels.flatMap(({ gone, alerts }) => [
        toRuleTest(gone, runbooks),
        ...alerts.map(({ test }) => test),
      ]),
    ],
    models: models.length,
    pushed,
  };
}
