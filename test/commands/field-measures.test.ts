import { expect, test } from "vitest";
import { checkFieldMeasures } from "../../src/commands/reference-checks.ts";
import { modelOf } from "../engine/fixture.ts";

test("a rule on fields is told where the reference says nothing of any", () => {
  const rules = "  - { alert: Drift, measure: psi }\n  - { alert: Changed, measure: schema-drift }";
  const { model, reference } = modelOf({ rules, perHour: 10 });
  expect(checkFieldMeasures(model, reference)).toMatchObject([
    { path: ["rules", 1, "measure"], code: "NO_JUDGEMENT", level: "warning" },
  ]);
  const fields = { layout: "", sampled: 1, fields: [] };
  expect(checkFieldMeasures(model, { ...reference, fields })).toEqual([]);
});
