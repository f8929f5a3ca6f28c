import { describe, expect, it } from "vitest";
import { buildGrid } from "../../../src/counts/grid.ts";
import { addOutcome, OUTCOMES } from "../../../src/counts/outcomes.ts";
import { prepareCategories } from "../../../src/counts/categories.ts";
import { selectionRate } from "../../../src/statistics/measures/selection-rate.ts";
import { mulberry32 } from "../../oracles/sample.ts";
import { binsRef, binsSection, categoriesSection } from "../series.ts";

const u = mulberry32(8);
const usual = Array.from({ length: 6_000 }, () => u());
const window = Array.from({ length: 1_000 }, () => u() ** 2);

const shareFrom = (values: readonly number[], threshold: number): number =>
  values.filter((p) => p >= threshold).length / values.length;

describe("the selection rate", () => {
  it("of a score is its share at or above one half", () => {
    const ref = binsRef(buildGrid(Float64Array.from(usual)), usual);
    const score = selectionRate.score(ref, binsSection(ref.grid, window));
    expect(score.status).toBe("ok");
    expect(score.value).toBeCloseTo(shareFrom(window, 0.5), 2);
    expect(score.extras?.["reference"]).toBeCloseTo(shareFrom(usual, 0.5), 2);
    expect(score.effect).toBeCloseTo(0.2, 1);
    expect((score.lower ?? 1) < (score.value ?? 0) && (score.value ?? 1) < (score.upper ?? 0)).toBe(true);
  });

  it("of a score follows the decisions of the reference", () => {
    const ref = binsRef(buildGrid(Float64Array.from(usual)), usual);
    const outcomes = new Float64Array(OUTCOMES.length);
    for (const score of usual) {
      addOutcome(outcomes, 0, { score, truth: Number(u() < score), decision: Number(score >= 0.8) }, 1);
    }
    const { value } = selectionRate.score(ref, binsSection(ref.grid, window), { outcomes });
    expect(value).toBeCloseTo(shareFrom(window, 0.8), 2);
  });

  it("of a decision counts yes, and what is neither yes nor no not at all", () => {
    const ofCategories = (categories: readonly string[]) =>
      prepareCategories({ column: "prediction.decision", categories, counts: categoriesSection([600, 400]) });
    const section = categoriesSection([200, 300], { missing: 40, unseen: 7 });
    expect(selectionRate.score(ofCategories(["false", "true"]), section)).toMatchObject({
      status: "ok",
      value: 0.6,
      n: 500,
      extras: { reference: 0.4 },
    });
    expect(selectionRate.score(ofCategories(["Yes", "No"]), section).value).toBe(0.4);
    expect(selectionRate.score(ofCategories(["low", "high"]), section)).toMatchObject({
      status: "undefined",
      reason: "decisions are neither yes nor no",
    });
  });
});
