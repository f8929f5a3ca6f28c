import { expect, test } from "vitest";
import { shareBudget } from "../../src/verdict/rule-budget.ts";
import { seriesOf } from "../../src/verdict/rule-series.ts";
import { completeAlert, createAlert, provenanceOf, resolveAlert } from "../../src/verdict/transition.ts";
import { MINUTE, modelOf, START } from "../engine/fixture.ts";
import { ALERT_SCHEMA, faultsOfAlert } from "./alert-schema.ts";

test("the examples of schemas/alert.json are alerts", () => {
  expect(ALERT_SCHEMA.examples.map(faultsOfAlert)).toEqual([[], []]);
});

test("an alert as the daemon makes it is one", () => {
  const fitted = modelOf({
    rules: "\n  - { alert: Drift, measure: psi, columns: [amount], by: [version, region], action: rollback }",
    head: "segmentBy: [region]",
    perHour: 60,
  });
  const [series] = seriesOf(fitted, shareBudget(fitted), ["v1"]);
  if (series === undefined) throw new Error("no series");
  const section = new Float64Array(series.section.length).fill(3);
  const firing = createAlert({
    series,
    score: {
      status: "ok",
      value: 0.5,
      effect: 0.5,
      n: 1_000,
      p: 1e-9,
      trust: "promised",
      extras: { excess: 0.5 },
    },
    since: START,
    firedAt: START + MINUTE,
    section,
    provenance: provenanceOf(fitted),
  });
  const places = { count: 1, names: ["region=eu"] };
  const spread = { moved: places, calm: { count: 0, names: [] } };
  const circumstances = { began: new Date(START).toISOString(), segments: spread, versions: spread };
  const complete = completeAlert(firing, circumstances, { "scored/0": [0, 99] });
  const told = [firing, complete, resolveAlert(complete, "no data", START + 2 * MINUTE)];
  expect(complete.evidence).toHaveProperty("movement.movers");
  expect(complete.action).toBe("rollback");
  expect(told.map((alert) => faultsOfAlert(JSON.parse(JSON.stringify(alert))))).toEqual([[], [], []]);
});

test("what is no alert, and members that the schema does not name, are found", () => {
  const [example = {}] = ALERT_SCHEMA.examples;
  expect(faultsOfAlert({ ...example, state: "pending", novelty: 1 })).toEqual([
    "/state must be equal to one of the allowed values",
    "novelty is not in the schema",
  ]);
});
