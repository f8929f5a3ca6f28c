import { expect, test } from "vitest";
import { formatFault } from "../../src/config/fault.ts";
import type { ReferenceColumn } from "../../src/reference/reference.ts";
import { checkEmptyRules, resolveRules } from "../../src/rules/judged-columns.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";

const COLUMNS: readonly ReferenceColumn[] = [
  { name: "amount", type: "number", role: "feature", pii: false, categories: [] },
  { name: "card", type: "category", role: "feature", pii: false, categories: [] },
  { name: "region", type: "category", role: "segment", pii: false, categories: [] },
  { name: "prediction.score", type: "number", role: "output", pii: false, categories: [] },
  { name: "truth", type: "number", role: "truth", pii: false, categories: [] },
];

function read(rules: string) {
  const text = `version: 1\nmodel: m\nreferences: { default: { file: m.arrow } }\nrules:\n${rules}`;
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
  ]);
});

test("a rule that judges nothing is said", () => {
  const { model, document } = read('  - { alert: Nothing, measure: ks, columns: ["card*"] }\n');
  const faults = checkEmptyRules({ document, model, columns: COLUMNS, measures: MEASURES });
  expect(faults.map(formatFault)).toEqual([
    'm.yaml:5:14  warning  NO_JUDGEMENT  "Nothing": ks finds no column to judge; choose others, or remove the rule',
  ]);
});
