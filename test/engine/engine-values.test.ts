import { beforeAll, describe, expect, it } from "vitest";
import type { ColumnPlan } from "../../src/event/batch.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { deletedBefore } from "../../src/evaluation/retention.ts";
import { cohortLayout } from "../../src/window/task-delta.ts";
import { COHORT_HEAD, cohortScore, dayOf, livedThrough, told, type Day } from "./cohort-days.ts";
import { DAY, label, modelOf, random } from "./fixture.ts";

const RULES = `
  - { alert: Worse, measure: rmse-ratio, above: 1.2, by: [version, region], keepFiringFor: 0s }
  - { alert: Shifted, measure: bias, above: 2, keepFiringFor: 0s }`;
const PLAIN = { pii: false, categories: [] } as const;
const OUTPUTS: readonly ColumnPlan[] = [
  { ...PLAIN, name: "prediction.value", type: "number", role: "output" },
  { ...PLAIN, name: "truth", type: "number", role: "truth" },
];

/** An answer that is off by up to 5 to either side. */
function answerTo(truth: number, u: number, wide = 1): number {
  return truth + wide * 10 * (u - 0.5);
}

let fitted: FittedModel;
beforeAll(() => {
  const u = random(1);
  fitted = modelOf({
    rules: RULES,
    head: COHORT_HEAD,
    labels: true,
    outputs: OUTPUTS,
    perHour: 60,
    referenceRow() {
      const truth = 100 * u();
      return { prediction: { value: answerTo(truth, u()) }, truth };
    },
  });
});

/** In `wider` errors are twice as large; all answers are off `by`. */
function day(
  number: number,
  { rows, wider, by = 0 }: { rows?: number; wider?: string; by?: number } = {},
): Day {
  return dayOf(number, {
    rows,
    answer(u, region) {
      const truth = 100 * u();
      return { prediction: { value: by + answerTo(truth, u(), region === wider ? 2 : 1) }, truth };
    },
  });
}

describe("a model that answers with numbers", () => {
  it("has the errors of its labels, against those of its reference", async () => {
    const [predictions, labels] = day(0);
    const world = await livedThrough(fitted, [[predictions, labels]]);
    // A uniform error from -5 to 5 has an sd of 10 / sqrt(12).
    expect(cohortScore(world, "rmse")).toMatchObject({ status: "ok", n: 2400, extras: { coverage: 1 } });
    expect(cohortScore(world, "rmse")?.value).toBeCloseTo(10 / Math.sqrt(12), 1);
    expect(cohortScore(world, "mae")?.value).toBeCloseTo(2.5, 1);
    expect(Math.abs(cohortScore(world, "bias")?.value ?? 9)).toBeLessThan(0.2);
    expect(cohortScore(world, "rmse-ratio")?.value).toBeCloseTo(1, 1);
    expect(cohortScore(world, "residual-psi")?.value).toBeLessThan(0.05);
    // Scores are of other models.
    expect(cohortScore(world, "ece")).toBeUndefined();
    expect(cohortScore(world, "accuracy")).toBeUndefined();
    expect(world.transitions).toEqual([]);
  });

  it("fires for the segment whose errors grew, and for a mean error of all", async () => {
    const world = await livedThrough(fitted, [day(0), day(1, { wider: "us" }), day(2, { by: 3 }), day(3)]);
    const tales = told(world);
    expect(tales).toContainEqual(["Worse", "region=us", "firing", 2]);
    expect(tales).toContainEqual(["Shifted", undefined, "firing", 3]);
    expect(tales).toContainEqual(["Shifted", undefined, "resolved", 4]);
    expect(tales.filter(([alert, , , at]) => alert === "Worse" && at === 2)).toHaveLength(1);
    const shifted = world.transitions.find(({ alert }) => alert.alert === "Shifted")?.alert;
    expect(shifted?.explanation).toMatch(
      /^Shifted m v1: Mean error of predictions (2\.9|3\.0|3|3\.1)\d*, -?0\.0\d* in the reference \(limit 2; n=2,400\), since 2026-01-08 00:00 UTC\. A plain limit, not covered by the budget\.$/,
    );
  });

  it("takes a truth back that is revised, to the last bit", async () => {
    const [predictions, labels] = day(0);
    const wrong = labels.map(({ timestamp, value }) => ({
      timestamp,
      value: { ...(value as object), truth: 1e6 },
    }));
    const plain = await livedThrough(fitted, [[predictions, labels]]);
    const revised = await livedThrough(fitted, [[predictions, [...wrong, ...labels]]]);
    expect(revised.ledger("l").revised).toBe(2400);
    for (const measure of ["bias", "mae", "rmse", "residual-psi"]) {
      expect(cohortScore(revised, measure)).toEqual(cohortScore(plain, measure));
    }
  });

  it("has no error where the truth is none, and says how many labels that leaves", async () => {
    const [predictions, labels] = day(0, { rows: 600 });
    const odd = labels.map((sent, i) => (i % 2 === 0 ? label(`0/${i}`, "unknown", sent.timestamp) : sent));
    const world = await livedThrough(fitted, [[predictions, odd]]);
    expect(cohortScore(world, "rmse")).toMatchObject({ status: "no-data", n: 300 });
    expect(cohortScore(world, "rmse")?.reason).toMatch(/^labels: 50% of predictions have one$/);
  });

  it("forgets its cohorts in time", () => {
    const layout = cohortLayout(fitted.counting);
    expect(deletedBefore(layout, { fitted, closedThrough: 100 * DAY, cohortsFrom: 90 * DAY })).toBe(90 * DAY);
  });
});
