import { describe, expect, it } from "vitest";
import { ruleOutlooks } from "../../src/commands/rule-outlook.ts";
import { fitModel } from "../../src/rules/fitted-model.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { shareBudget } from "../../src/verdict/rule-budget.ts";
import { seriesOf } from "../../src/verdict/rule-series.ts";
import { build, plan, random } from "../reference/plain-rows.ts";

const HOUR = 3_600_000;

function outlookOf(perHour: number, more = "") {
  const text = `version: 1
model: m
window: { size: 1h, pane: 1h, lateness: 0s }
references: { default: { file: m.arrow } }
rules:
  - { alert: Drift, measure: psi, by: [] }
${more}`;
  const { model } = readModel({ text, file: "m.yaml", extended: new Map(), measures: MEASURES });
  if (model === undefined) throw new Error("no model");
  const next = random(5);
  const rows = Array.from({ length: 504 * perHour }, (_, i) => ({
    time: Date.UTC(2024, 0, 1) + (i * HOUR) / perHour,
    amount: next(),
  }));
  const reference = build(plan({ name: "amount", type: "number" }), rows);
  const fitted = fitModel({ model, reference, hasLabels: false });
  const budget = shareBudget(fitted);
  return ruleOutlooks(model, seriesOf(fitted, budget, [""]), budget)[0];
}

describe("the outlook of a rule", () => {
  it("says where a usual window has too few values to be judged", () => {
    const { trust, doubts } = outlookOf(60);
    expect(trust).toMatchObject({ promised: 1 });
    expect(doubts).toEqual({
      "promised: a usual window has fewer than 100 values, and such are not judged; take longer ones": 1,
    });
  });

  it("says nothing of that where it has enough", () => {
    expect(outlookOf(120).doubts).toEqual({});
  });

  it("has the limits of its columns where the file gives their type one", () => {
    expect(outlookOf(120, "defaults: { number: { psi: 0.05 }, category: { psi: 0.1 } }\n").limits).toEqual([
      0.05,
    ]);
    expect(outlookOf(120)).not.toHaveProperty("limits");
  });
});
