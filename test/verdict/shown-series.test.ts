import { describe, expect, it } from "vitest";
import { shownCohortSeriesOf, shownSeriesOf } from "../../src/verdict/shown-series.ts";
import type { RuleSeries } from "../../src/verdict/rule-series.ts";
import { modelOf } from "../engine/fixture.ts";

const rules = [
  "  - { alert: Any, measure: psi, columns: [amount] }",
  "  - { alert: Regions, measure: chi2, columns: [region] }",
  "  - { alert: Devices, measure: chi2, columns: [device, region] }",
  "  - { alert: Blind, measure: recall, below: 0.5 }",
].join("\n");
const fitted = modelOf({ rules, labels: true });

/** The columns of each measure. */
function shown(series: readonly RuleSeries[]): Record<string, string[]> {
  const columns: Record<string, string[]> = {};
  for (const { measure, labels } of series) (columns[measure.name] ??= []).push(labels.column ?? "");
  return columns;
}

describe("what is shown", () => {
  it("is what most look at, of every column, and what a rule asks for, where it asks", () => {
    const all = ["amount", "region", "device", "prediction.score"];
    expect(shown(shownSeriesOf(fitted, ["v1"]))).toEqual({
      psi: all,
      ks: ["amount", "prediction.score"],
      js: all,
      chi2: ["region", "device"],
      missing: all,
      novel: all,
      invalid: [""],
      volume: [""],
    });
  });

  it("is so for labels", () => {
    expect(Object.keys(shown(shownCohortSeriesOf(fitted, ["v1"])))).toEqual([
      "calibration-gap",
      "ece",
      "brier",
      "accuracy",
      "recall",
      "label-coverage",
      "label-delay",
    ]);
  });

  it("is by version, but for the volume", () => {
    const series = shownSeriesOf(fitted, ["v1", "v2"]);
    expect(series.filter(({ measure }) => measure.name === "psi")).toHaveLength(8);
    expect(series.filter(({ measure }) => measure.name === "volume")).toHaveLength(1);
  });
});
