import { describe, expect, it } from "vitest";
import { fitModel } from "../../src/rules/fitted-model.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { observe } from "../../src/verdict/observation.ts";
import { shareBudget } from "../../src/verdict/rule-budget.ts";
import { seriesOf } from "../../src/verdict/rule-series.ts";
import { build, plan } from "../reference/plain-rows.ts";
import { categoriesSection } from "../statistics/series.ts";

const HOUR = 3_600_000;
const FROM = Date.UTC(2024, 0, 1);
const TEXT = `version: 1
model: m
window: { size: 1h, pane: 1h, lateness: 0s }
references: { default: { file: m.arrow } }
rules:
  - { alert: Nulls, measure: missing, by: [] }
`;

describe("a share of too few cases for a null", () => {
  // 1.27% of 1,500 rows are missing: more than the limit of 1%.
  const rows = Array.from({ length: 1_500 }, (_, i) => ({
    time: FROM + i * 60_000,
    ...(i < 19 ? {} : { card: i % 2 === 0 ? "a" : "b" }),
  }));
  const { model } = readModel({ text: TEXT, file: "m.yaml", extended: new Map(), measures: MEASURES });
  if (model === undefined) throw new Error("no model");
  const fitted = fitModel({
    model,
    reference: build(plan({ name: "card", type: "category" }), rows),
    hasLabels: false,
  });
  const [series] = seriesOf(fitted, shareBudget(fitted), []);

  function seen(missing: number) {
    const sum = new Float64Array(fitted.counting.layout.stride);
    sum.set(categoriesSection([500, 500], { missing }), series.section.offset);
    return observe(series, {
      sum,
      from: FROM,
      to: FROM + HOUR,
      sumOf: () => undefined,
      sumBefore: () => undefined,
      countSteps: () => 1,
    });
  }

  it("is judged by a plain limit, above what the reference has of it", () => {
    expect(series.prepared).toMatchObject({ status: "ok", trust: "policy" });
    expect(seen(13)).toBe("calm");
    expect(seen(20)).toBe("calm");
    expect(seen(25)).toBe("significant");
  });
});
