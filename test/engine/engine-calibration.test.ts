import { beforeAll, describe, expect, it } from "vitest";
import { DELAYS } from "../../src/counts/label-delays.ts";
import { OUTCOMES } from "../../src/counts/outcomes.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { shareBudget } from "../../src/verdict/rule-budget.ts";
import { COHORT_HEAD, cohortScore, dayOf, livedThrough, told, type Day } from "./cohort-days.ts";
import { modelOf, random } from "./fixture.ts";

const RULES = `
  - { alert: Miscalibrated, measure: calibration-gap, by: [version, region], keepFiringFor: 0s }
  - { alert: Drift, measure: psi, columns: [amount] }`;

/** A model that says more than is true: p instead of p^2, in the reference as ever after. */
function truthOf(score: number, u: number): number {
  return Number(u < score ** 2);
}

let fitted: FittedModel;
beforeAll(() => {
  const u = random(1);
  fitted = modelOf({
    rules: RULES,
    head: COHORT_HEAD,
    labels: true,
    truth: true,
    perHour: 60,
    referenceRow() {
      const score = u();
      return { score, truth: truthOf(score, u()) };
    },
  });
});

/** In `changed` the scores come true as often as they say. */
function day(number: number, { rows, changed }: { rows?: number; changed?: string } = {}): Day {
  return dayOf(number, {
    rows,
    answer(u, region) {
      const score = u();
      const truth = region === changed ? Number(u() < score) : truthOf(score, u());
      return { prediction: { score }, truth };
    },
  });
}

describe("a rule for the change of calibration", () => {
  it("looks once per cohort, at every segment that the reference knows", () => {
    const budget = shareBudget(fitted);
    const [miscalibrated, drift] = budget.rules;
    expect(miscalibrated).toMatchObject({ alert: "Miscalibrated", looks: 30, consecutive: 1 });
    // Three regions and one column share 80% of one false alarm a month.
    expect(budget.series).toBe(4);
    expect(miscalibrated?.alpha).toBeCloseTo(0.8 / 4 / 30, 12);
    expect(drift?.looks).toBe(43_200);
  });

  it("says nothing of a model that errs as it always did, and finds the segment that changed", async () => {
    const world = await livedThrough(fitted, [day(0), day(1), day(2, { changed: "us" }), day(3)]);
    expect(told(world).filter(([alert]) => alert === "Miscalibrated")).toEqual([
      ["Miscalibrated", "region=us", "firing", 3],
      ["Miscalibrated", "region=us", "resolved", 4],
    ]);
    const [{ alert }] = world.transitions.filter(({ alert: { measure } }) => measure === "calibration-gap");
    const { score } = alert;
    expect(score).toMatchObject({ status: "ok", trust: "promised", n: 800, extras: { coverage: 1 } });
    expect(score.p).toBeLessThan(1e-6);
    expect(score.effect).toBeGreaterThan(0.1);
    expect(score.extras?.["overall"]).toBeCloseTo(1 / 6, 1);
    expect(alert.explanation).toMatch(
      /^Miscalibrated m v1, region=us: All predictions, on average 0\.\d+, came true \d+% of the time; as in the reference it would have been \d+%\. Largest change of what came true against the scores 0\.\d+ \(limit 0\.02; n=800; worth 800 independent values; probability of as much by chance .*\), since 2026-01-08 00:00 UTC\.$/,
    );
  });

  it("says of a segment with too few labels that it cannot judge", async () => {
    const world = await livedThrough(fitted, [day(0, { rows: 540, changed: "us" })]);
    expect(world.transitions).toEqual([]);
    expect(cohortScore(world, "calibration-gap", "region=us")).toMatchObject({
      status: "too-few",
      reason: "fewer than 200 labels",
      n: 180,
    });
  });

  it("counts every label in its cohort, its segment and all", async () => {
    const world = await livedThrough(fitted, [day(0)]);
    const { counts } = fitted.reference.segments[0].outcome ?? { counts: new Float64Array(0) };
    expect(fitted.counting.outcomes?.layout.stride).toBe(counts.length + DELAYS.length);
    expect(counts.length).toBe(OUTCOMES.length + 50);
    expect(cohortScore(world, "calibration-gap")).toMatchObject({ status: "ok", n: 2400 });
  });
});
