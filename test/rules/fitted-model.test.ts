import { expect, test } from "vitest";
import { EMPTY_MODEL, referenceWith } from "./fitted-fixture.ts";
import { fitModel } from "../../src/rules/fitted-model.ts";
import type { Rule } from "../../src/rules/model.ts";

const SCORE = { name: "prediction.score", type: "number", role: "output", categories: [] } as const;
const RULE: Rule = {
  alert: "A",
  measure: "",
  columns: [],
  by: [],
  limit: { kind: "atLeast", value: 0.1 },
  for: 0,
  keepFiringFor: 0,
  severity: "ticket",
  labels: {},
  annotations: {},
  window: { size: 3_600_000, every: 60_000 },
};
const DECISION = { name: "prediction.decision", role: "output" } as const;

test("a boolean decision is held against the truth, a class of its own name only against truths that are classes", () => {
  const booleans = referenceWith([SCORE, { ...DECISION, type: "boolean", categories: ["false", "true"] }]);
  const named = referenceWith([SCORE, { ...DECISION, type: "category", categories: ["ok", "fraud"] }]);
  const words = referenceWith([SCORE, { ...DECISION, type: "category", categories: ["Yes", "no"] }]);
  const classes = referenceWith([{ ...DECISION, type: "category", categories: ["cat", "dog"] }]);
  const decisionOf = (reference: ReturnType<typeof referenceWith>) =>
    fitModel({ model: EMPTY_MODEL, reference, hasLabels: true }).counting.outcomes?.decision;
  expect(decisionOf(booleans)).toBe(1);
  expect(decisionOf(named)).toBe(-1);
  expect(decisionOf(words)).toBe(1);
  expect(decisionOf(classes)).toBe(0);
});

test("truth is a number beside a score, and a class where the model only answers with classes", () => {
  const named = referenceWith([SCORE, { ...DECISION, type: "category", categories: ["ok", "fraud"] }]);
  const classes = referenceWith([{ ...DECISION, type: "category", categories: ["cat", "dog"] }]);
  const truthOf = (reference: ReturnType<typeof referenceWith>) =>
    fitModel({ model: EMPTY_MODEL, reference, hasLabels: true }).labels?.columns[0];
  expect(truthOf(named)).toMatchObject({ type: "number", categories: [] });
  expect(truthOf(classes)).toMatchObject({ type: "category", categories: ["cat", "dog"] });
});

test("only the columns that a rule asks sums of are summed", () => {
  const reference = referenceWith([
    SCORE,
    { name: "amount", type: "number", role: "feature", categories: [] },
    { name: "region", type: "category", role: "feature", categories: ["eu"] },
  ]);
  const summedBy = (rules: readonly Pick<Rule, "measure" | "columns">[]): readonly string[] => {
    const model = { ...EMPTY_MODEL, rules: rules.map((rule) => ({ ...RULE, ...rule })) };
    const { sections } = fitModel({ model, reference, hasLabels: false }).counting.layout;
    return sections.filter(({ kind }) => kind === "sums").map(({ column }) => column);
  };
  expect(summedBy([{ measure: "psi", columns: ["*"] }])).toEqual([]);
  expect(summedBy([{ measure: "mean", columns: ["*", "!prediction.*"] }])).toEqual(["amount"]);
  expect(summedBy([{ measure: "wasserstein", columns: ["*"] }])).toEqual(["prediction.score", "amount"]);
});

test("only the columns whose different values a rule asks for are told apart beyond their categories", () => {
  const reference = referenceWith([
    { ...DECISION, type: "category", categories: ["ok", "fraud"] },
    { name: "token", type: "category", role: "feature", categories: ["a"] },
    { name: "known", type: "boolean", role: "feature", categories: ["false", "true"] },
  ]);
  const rules = [{ ...RULE, measure: "uniqueness", columns: ["*"] }];
  const { plan, layout } = fitModel({
    model: { ...EMPTY_MODEL, rules },
    reference,
    hasLabels: false,
  }).counting;
  expect(plan.columns.map(({ distinct }) => distinct)).toEqual([undefined, true, undefined]);
  expect(layout.sections.filter(({ kind }) => kind === "distinct").map(({ column }) => column)).toEqual([
    "token",
  ]);
});
