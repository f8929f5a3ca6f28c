import type { Alert } from "../../src/verdict/alert.ts";

/** An alert as the engine records it. */
export function exampleAlert(changes: Partial<Alert> = {}): Alert {
  return {
    id: "a1",
    alert: "FeatureDrift",
    state: "firing",
    model: "fraud",
    version: "7",
    segment: "region=eu",
    column: "amount",
    measure: "psi",
    score: { status: "ok", value: 0.314159, effect: 0.31, n: 54_112, p: 1e-12, trust: "promised" },
    threshold: 0.02,
    reason: "amount moved up",
    startsAt: "2026-01-15T14:05:00.000Z",
    severity: "ticket",
    labels: { team: "risk" },
    annotations: { runbook: "https://runbooks.example/drift" },
    explanation: "FeatureDrift fraud/amount v7: amount moved up. PSI 0.31 (limit 0.02).",
    lineage: { reference: "9f2c" },
    ...changes,
  };
}

export function resolved(alert: Alert, endsAt = "2026-01-15T15:00:00.000Z"): Alert {
  return { ...alert, state: "resolved", endsAt, reason: "back within its limit" };
}
