import { expect, test } from "vitest";
import { formatFault } from "../../src/config/fault.ts";
import type { ReferenceColumn } from "../../src/reference/reference.ts";
import { checkAgainstColumns, checkEmptyRules, resolveRules } from "../../src/rules/judged-columns.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";

const COLUMNS: readonly ReferenceColumn[] = [
  { name: "amount", type: "number", role: "feature", pii: false, categories: [] },
  { name: "card", type: "category", role: "feature", pii: false, categories: [] },
  { name: "region", type: "category", role: "segment", pii: false, categories: [] },
  { name: "prediction.score", type: "number", role: "output", pii: false, categories: [] },
  { name: "truth", type: "number", role: "truth", pii: false, categories: [] },
];

function read(rules: string, head = "window: { size: 1h }") {
  const text = `version: 1\nmodel: m\nreferences: { default: { file: m.arrow } }\n${head}\nrules:\n${rules}`;
  const { model, document, faults } = readModel({
    text,
    file: "m.yaml",
    extended: new Map(),
    measures: MEASURES,
  });
  expect(faults).toEqual([]);
  if (model === undefined) throw new Error("the rule file has errors");
  return { model, document };
}

test("a rule judges the features and outputs that fit its globs and its measure", () => {
  const { model } = read(
    [
      "  - { alert: All, measure: psi }",
      "  - { alert: Numbers, measure: ks }",
      '  - { alert: Inputs, measure: missing, columns: ["!prediction.*"] }',
      "  - { alert: Rows, measure: invalid }",
      "",
    ].join("\n"),
  );
  const resolved = resolveRules({ model, columns: COLUMNS, measures: MEASURES });
  expect(resolved.map(({ rule, columns }) => [rule.alert, columns])).toEqual([
    ["All", ["amount", "card", "prediction.score"]],
    ["Numbers", ["amount", "prediction.score"]],
    ["Inputs", ["amount", "card"]],
    ["Rows", []],
    ["Blind", []],
  ]);
});

test("a rule that judges nothing is said", () => {
  const { model, document } = read('  - { alert: Nothing, measure: ks, columns: ["card*"] }\n');
  const faults = checkEmptyRules({ document, model, columns: COLUMNS, measures: MEASURES });
  expect(faults.map(formatFault)).toEqual([
    'm.yaml:6:14  warning  NO_JUDGEMENT  "Nothing": ks finds no column to judge; choose others, or remove the rule',
  ]);
});

test("a measure of the score judges the score alone", () => {
  const { model, document } = read(
    [
      "  - { alert: Worse, measure: estimated-accuracy, below: 0.8 }",
      "  - { alert: Unsure, measure: confidence, columns: [prediction.score] }",
      "  - { alert: Amount, measure: entropy, columns: [amount] }",
      "",
    ].join("\n"),
  );
  const resolved = resolveRules({ model, columns: COLUMNS, measures: MEASURES });
  expect(resolved.map(({ columns }) => columns)).toEqual([
    ["prediction.score"],
    ["prediction.score"],
    [],
    [],
  ]);
  const faults = checkAgainstColumns({ document, columns: COLUMNS, measures: MEASURES });
  expect(faults.map(formatFault)).toEqual([
    'm.yaml:8:50  error  CONFLICT  "amount": entropy is computed of prediction.score only; leave columns out',
  ]);
});

test("a measure across groups compares the columns that the model is split by", () => {
  const { model, document } = read(
    [
      "  - { alert: Unequal, measure: demographic-parity-difference, above: 0.1 }",
      "  - { alert: Odds, measure: equalized-odds-difference, columns: [card], above: 0.1 }",
      "",
    ].join("\n"),
    "segmentBy: [region, card, [region, card]]",
  );
  const resolved = resolveRules({ model, columns: COLUMNS, measures: MEASURES });
  expect(resolved.map(({ columns }) => columns)).toEqual([["card", "region"], ["card"], []]);
  expect(checkAgainstColumns({ document, columns: COLUMNS, measures: MEASURES })).toEqual([]);
  expect(checkEmptyRules({ document, model, columns: COLUMNS, measures: MEASURES })).toEqual([]);
});
