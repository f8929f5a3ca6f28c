import { expect, it } from "vitest";
import { shareBudget } from "../../src/verdict/rule-budget.ts";
import { seriesOf } from "../../src/verdict/rule-series.ts";
import { modelOf } from "../engine/fixture.ts";

it("prepares once what several rules of one level ask of a column", () => {
  const rules = [
    "  - { alert: Psi, measure: psi, columns: [amount] }",
    "  - { alert: Js, measure: js, columns: [amount] }",
  ].join("\n");
  const fitted = modelOf({ rules });
  const [psi, js] = seriesOf(fitted, shareBudget(fitted), ["v1"]);
  expect([psi.labels, js.labels]).toEqual([
    { version: "v1", column: "amount" },
    { version: "v1", column: "amount" },
  ]);
  expect(psi.ref).toBeDefined();
  expect(js.ref).toBe(psi.ref);
  expect(psi.prepared).toBeDefined();
  expect(js.prepared).toBe(psi.prepared);
});
