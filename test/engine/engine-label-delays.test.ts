import { describe, expect, it } from "vitest";
import { COHORT_HEAD, cohortScore, dayOf, livedThrough, told, type Day } from "./cohort-days.ts";
import { HOUR, modelOf, type Sent } from "./fixture.ts";

const RULES = `
  - { alert: LabelsGone, measure: label-coverage, below: 0.9, keepFiringFor: 0s }
  - { alert: LabelsSlow, measure: label-delay, above: 90m, by: [version, region], keepFiringFor: 0s }`;

const answer = (u: () => number): { prediction: object; truth: number } => ({
  prediction: { score: u() },
  truth: Number(u() < 0.5),
});

/** A day of which only every `step`-th label came, by `late` ms later than an hour. */
function poorDay(number: number, { step, late }: { step: number; late: number }): Day {
  const [predictions, labels] = dayOf(number, { answer });
  const kept = labels.filter((_, i) => i % step === 0);
  return [predictions, kept.map((sent): Sent => ({ ...sent, timestamp: (sent.timestamp ?? 0) + late }))];
}

describe("labels that come, and how late", () => {
  const fitted = modelOf({ rules: RULES, head: COHORT_HEAD, labels: true });

  it("are measured by cohort, version and segment", async () => {
    const world = await livedThrough(fitted, [dayOf(0, { answer })]);
    const coverage = cohortScore(world, "label-coverage");
    const delay = cohortScore(world, "label-delay", "region=eu");
    expect([coverage?.value, coverage?.n, delay?.n]).toEqual([1, 2400, 800]);
    expect([(delay?.lower ?? 0) <= 3600, (delay?.upper ?? 0) > 3600]).toEqual([true, true]);
    expect(world.transitions).toEqual([]);
  });

  it("fire when they stay away, which every other measure of labels only calls no-data", async () => {
    const world = await livedThrough(fitted, [dayOf(0, { answer }), poorDay(1, { step: 2, late: 0 })]);
    expect(told(world)).toEqual([["LabelsGone", undefined, "firing", 2]]);
    expect(world.transitions[0].alert.explanation).toContain("50% of predictions have a label");
    expect(cohortScore(world, "brier")?.status).toBe("no-data");
  });

  it("fire when they are slow", async () => {
    const world = await livedThrough(fitted, [poorDay(0, { step: 1, late: HOUR })]);
    expect(told(world).map(([alert, segment]) => [alert, segment])).toEqual([
      ["LabelsSlow", "region=eu"],
      ["LabelsSlow", "region=uk"],
      ["LabelsSlow", "region=us"],
    ]);
    expect(world.transitions[0].alert.explanation).toContain("99% of the labels came within 2 h");
  });
});
