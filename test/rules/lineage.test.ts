import { expect, it } from "vitest";
import { lineageOf } from "../../src/rules/lineage.ts";
import { modelOf } from "../engine/fixture.ts";

const RULES = "  - { alert: Drift, measure: psi, columns: [amount] }";
const few = { perHour: 10 };

it("tells rules, references and schemas apart, each by itself", () => {
  const fitted = modelOf({ rules: RULES, ...few });
  const lineage = lineageOf(fitted);
  const others = modelOf({ rules: `${RULES}\n  - { alert: Nulls, measure: missing }`, ...few });
  expect(lineageOf(others).rules).not.toBe(lineage.rules);
  expect(lineageOf(others).schema).toBe(lineage.schema);
  const rebuilt = lineageOf(modelOf({ rules: RULES, ...few, referenceRow: (i) => ({ amount: i % 7 }) }));
  expect(rebuilt.reference).not.toBe(lineage.reference);
  expect([rebuilt.rules, rebuilt.schema]).toEqual([lineage.rules, lineage.schema]);
  const wider = lineageOf(modelOf({ rules: RULES, ...few, fields: () => ({ more: 1 }) }));
  expect(wider.schema).not.toBe(lineage.schema);
});

it("does not care where the files lie", () => {
  const fitted = modelOf({ rules: RULES, ...few });
  const references = { default: { file: "/elsewhere/m.arrow" } };
  const moved = { ...fitted, model: { ...fitted.model, file: "/elsewhere/m.yaml", references } };
  expect(lineageOf(moved)).toEqual(lineageOf(fitted));
});
