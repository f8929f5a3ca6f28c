import { expect, test } from "vitest";
import { limitOfColumn } from "../../src/rules/defaults-section.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { referenceWith } from "./fitted-fixture.ts";

const REFERENCE = referenceWith([
  { name: "amount", type: "number", role: "feature", categories: [] },
  { name: "merchant", type: "category", role: "feature", categories: ["a", "b"] },
]);

/** The limit of each rule, of a number column and of a category. */
function limitsOf(text: string, base = "version: 1\n"): Record<string, readonly number[]> {
  const { model, faults } = readModel({
    text: `version: 1\nmodel: m\nextends: base.yaml\nreferences: { default: { file: m.arrow } }\n${text}`,
    file: "m.yaml",
    extended: new Map([["base.yaml", base]]),
    measures: MEASURES,
  });
  expect(faults).toEqual([]);
  return Object.fromEntries(
    (model?.rules ?? []).map((rule) => [
      rule.alert,
      ["amount", "merchant"].map((column) => limitOfColumn(rule, REFERENCE, column)),
    ]),
  );
}

test("a rule without a limit takes that of the column's type, and else the measure's own", () => {
  expect(
    limitsOf(`defaults: { category: { psi: 0.05 } }
rules: [{ alert: Drift, measure: psi }, { alert: Missing, measure: missing }]`),
  ).toEqual({ Drift: [0.02, 0.05], Missing: [0.01, 0.01], Blind: [300, 300] });
});

test("a limit of the rule itself holds for all of its columns", () => {
  expect(
    limitsOf(`defaults: { category: { psi: 0.05 } }
rules: [{ alert: Drift, measure: psi, atLeast: 0.1 }, { alert: Moved, measure: psi, above: 0.3 }]`),
  ).toMatchObject({ Drift: [0.1, 0.1], Moved: [0.3, 0.3] });
});

test("what an extended file says is merged by type and by measure", () => {
  expect(
    limitsOf(
      "defaults: { category: { psi: 0.05 } }\nrules: [{ alert: Missing, measure: missing }]",
      `version: 1
defaults: { number: { psi: 0.03 }, category: { psi: 0.1, missing: 0.2 } }
rules: [{ alert: Drift, measure: psi }]`,
    ),
  ).toMatchObject({ Drift: [0.03, 0.05], Missing: [0.01, 0.2] });
});

test("zero is a limit too", () => {
  expect(limitsOf("defaults: { number: { psi: 0 } }\nrules: [{ alert: Drift, measure: psi }]")).toMatchObject(
    { Drift: [0, 0.02] },
  );
});
