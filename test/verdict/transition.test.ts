import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import type { Rule } from "../../src/rules/model.ts";
import type { Trust } from "../../src/statistics/score.ts";
import type { Alert } from "../../src/verdict/alert.ts";
import { shareBudget } from "../../src/verdict/rule-budget.ts";
import { seriesOf } from "../../src/verdict/rule-series.ts";
import { createAlert, resolveAlert } from "../../src/verdict/transition.ts";
import { MINUTE, modelOf, START } from "../engine/fixture.ts";

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({
    rules: `
  - alert: Drift
    measure: psi
    columns: [amount]
    by: [version, region]
    severity: page
    action: rollback
    alertLabels: { team: fraud }
    annotations: { runbook: "https://example.org/drift" }`,
    head: "segmentBy: [region]",
    perHour: 60,
  });
});

function alertOf(given: { firedAt?: number; trust?: Trust; version?: string; rule?: Rule } = {}): Alert {
  const { firedAt = START, trust = "promised", version = "v1" } = given;
  const [series] = seriesOf(fitted, shareBudget(fitted), [version]);
  if (series === undefined) throw new Error("no series");
  return createAlert({
    series: { ...series, ...(given.rule && { rule: given.rule }) },
    score: { status: "ok", value: 0.5, effect: 0.5, n: 1000, trust },
    since: firedAt - 10 * MINUTE,
    firedAt,
    section: new Float64Array(series.section.length),
    provenance: {
      model: "m",
      lineage: { reference: "sha", rules: "rules", schema: "schema", layout: "grid" },
    },
  });
}

describe("createAlert", () => {
  it("names what the rule judges by, and what an alert needs to be understood", () => {
    expect(alertOf()).toMatchObject({
      alert: "Drift",
      state: "firing",
      model: "m",
      version: "v1",
      segment: expect.stringMatching(/^region=/),
      column: "amount",
      measure: "psi",
      threshold: 0.02,
      startsAt: new Date(START).toISOString(),
      severity: "page",
      labels: { team: "fraud" },
      annotations: { runbook: "https://example.org/drift" },
      lineage: { reference: "sha", rules: "rules", schema: "schema", layout: "grid", version: "v1" },
    });
    expect(alertOf()).not.toHaveProperty("endsAt");
  });

  it("gives the same id to the same series and start, and no other", () => {
    expect(alertOf().id).toMatch(/^[0-9a-f]{12}$/);
    expect(alertOf().id).toBe(alertOf({ trust: "provisional" }).id);
    expect(alertOf({ firedAt: START + MINUTE }).id).not.toBe(alertOf().id);
    expect(alertOf({ version: "v2" }).id).not.toBe(alertOf().id);
  });

  it("wakes nobody where no budget can be promised", () => {
    expect(alertOf({ trust: "none" }).severity).toBe("info");
    expect(alertOf({ trust: "policy" }).severity).toBe("page");
  });

  it("says what the window was held against, where not the reference", () => {
    expect(alertOf()).not.toHaveProperty("against");
    const against = { version: "v0" };
    const [first] = fitted.model.rules;
    if (first === undefined) throw new Error("no rule");
    expect(alertOf({ rule: { ...first, against } })).toMatchObject({ against });
  });

  it("says what is to be done, but not where no budget can be promised", () => {
    expect(alertOf().action).toBe("rollback");
    expect(alertOf({ trust: "provisional" }).action).toBe("rollback");
    expect(alertOf({ trust: "none" })).not.toHaveProperty("action");
  });
});

describe("resolveAlert", () => {
  it("ends the alert that it was", () => {
    const alert = alertOf();
    expect(resolveAlert(alert, "no data", START + MINUTE)).toEqual({
      ...alert,
      state: "resolved",
      reason: "no data",
      endsAt: new Date(START + MINUTE).toISOString(),
    });
  });
});
