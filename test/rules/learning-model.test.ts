import { expect, test } from "vitest";
import { fitLearning, judgesWithout, learningPlan } from "../../src/rules/learning-model.ts";
import type { Model } from "../../src/rules/model.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";

function modelOf(changes: Readonly<Record<string, string>> = {}): Model {
  const sections = {
    references: "{ default: { learn: 7d } }",
    segmentBy: "[region]",
    columns: "{ amount: { type: number, minimum: 0 }, flag: { type: boolean }, region: { type: category } }",
    rules: "[{ alert: Drift, measure: psi }, { alert: Broken, measure: invalid, above: 0.01 }]",
    ...changes,
  };
  const text = Object.entries(sections)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join("");
  const source = { text: `version: 1\nmodel: m\n${text}`, file: "/m.yaml", extended: new Map() };
  const { model, faults } = readModel({ ...source, measures: MEASURES });
  if (model === undefined) throw new Error(JSON.stringify(faults));
  return model;
}

test("what needs neither reference nor labels judges from the start", () => {
  const judging = MEASURES.map(({ name }) => name).filter((measure) => judgesWithout({ measure }));
  expect(judging.toSorted()).toEqual(["blind", "freshness", "invalid", "schema-drift"]);
});

test("a model that learns decodes what is declared, and counts only what arrives", () => {
  const { model, learner, counting, labels } = fitLearning({ model: modelOf(), hasLabels: false });
  expect(counting.plan.columns).toEqual([
    { name: "amount", type: "number", role: "feature", pii: false, categories: [], minimum: 0 },
    { name: "flag", type: "boolean", role: "feature", pii: false, categories: ["false", "true"] },
    { name: "region", type: "category", role: "segment", pii: false, categories: [], learn: true },
  ]);
  expect(counting.layout.sections.map(({ kind }) => kind)).toEqual(["arrivals"]);
  expect(counting.segments.names).toEqual(["all"]);
  expect(model.rules.map(({ alert }) => alert)).toEqual(["Broken", "Blind"]);
  expect(learner?.rules.map(({ alert }) => alert)).toEqual(["Drift", "Broken", "Blind"]);
  expect(labels).toBeUndefined();
});

test("labels are decoded, so that they are accounted for", () => {
  const { counting, labels } = fitLearning({ model: modelOf(), hasLabels: true });
  expect(counting.plan.needsId).toBe(true);
  expect(labels?.columns.map(({ role }) => role)).toEqual(["truth"]);
});

test("other columns, segments and windows are learnt anew; limits are not", () => {
  const id = learningPlan(modelOf())?.id;
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  const limits = {
    rules: "[{ alert: Drift, measure: psi, atLeast: 0.1 }, { alert: Late, measure: freshness, above: 1h }]",
  };
  expect(learningPlan(modelOf({ ...limits, budget: "{ falseAlarms: 2 }" }))?.id).toBe(id);
  for (const changes of [
    { columns: "{ amount: { type: number }, region: { type: category } }" },
    { segmentBy: "[]" },
    { window: "{ size: 2h }" },
    { references: "{ default: { learn: 6d } }" },
  ])
    expect(learningPlan(modelOf(changes))?.id).not.toBe(id);
});
