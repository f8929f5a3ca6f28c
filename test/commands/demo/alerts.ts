import type { Model, Rule } from "../../../src/rules/model.ts";
import type { Alert } from "../../../src/verdict/alert.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** An alert that fires at a time such as 2001-02-20T15:00Z. */
export function alertAt(startsAt: string, changes: Partial<Alert> = {}): Alert {
  return {
    id: `${changes.alert ?? "Daily"}/${changes.column ?? "distance"}/${startsAt}`,
    alert: "Daily",
    state: "firing",
    model: "flight-delay",
    version: "v1",
    column: "distance",
    measure: "psi",
    score: { status: "ok", value: 0.3, effect: 0.28, n: 687, p: 2e-6, trust: "provisional" },
    threshold: 0.02,
    reason: "significant for 2h",
    startsAt,
    severity: "ticket",
    labels: {},
    annotations: {},
    explanation: "Daily flight-delay/distance v1: distance moved up.",
    lineage: {},
    ...changes,
  };
}

function rule(alert: string, measure: string, changes: Partial<Rule>): Rule {
  return {
    alert,
    measure,
    columns: ["*"],
    by: ["version"],
    limit: { kind: "atLeast", value: 0.02 },
    for: 0,
    keepFiringFor: 0,
    severity: "ticket",
    labels: {},
    annotations: {},
    window: { size: HOUR, every: 5 * MINUTE },
    ...changes,
  };
}

/** Rules `Hourly`, `Daily`, `Broken` (a plain limit) and `Outcomes` (once per cohort). */
export const MODEL: Model = {
  name: "flight-delay",
  file: "flight-delay.yaml",
  references: {},
  window: { size: HOUR, pane: 5 * MINUTE, lateness: 5 * MINUTE },
  segmentBy: [["origin"]],
  segments: { top: 20 },
  versions: { keep: 4, forgetAfter: 7 * 24 * HOUR },
  labels: { matureAfter: 6 * HOUR, expireAfter: 48 * HOUR, cohort: 24 * HOUR },
  budget: { falseAlarms: 1, per: 30 * 24 * HOUR },
  maxSeries: 2000,
  columns: {},
  rules: [
    rule("Hourly", "psi", { for: 10 * MINUTE }),
    rule("Daily", "psi", { for: 2 * HOUR, window: { size: 24 * HOUR, every: HOUR } }),
    rule("Broken", "invalid", { limit: { kind: "above", value: 0.01 } }),
    rule("Outcomes", "ece", { limit: { kind: "above", value: 0.2 } }),
  ],
};
