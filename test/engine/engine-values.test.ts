import { beforeAll, describe, expect, it } from "vitest";
import type { ColumnPlan } from "../../src/event/batch.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { deletedBefore } from "../../src/retention.ts";
import { cohortLayout } from "../../src/window/task-delta.ts";
import { DAY, event, HOUR, label, modelOf, random, START, type Sent } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

const RULES = `
  - { alert: Worse, measure: rmse-ratio, above: 1.2, by: [version, region], keepFiringFor: 0s }
  - { alert: Shifted, measure: bias, above: 2, keepFiringFor: 0s }`;
const HEAD = `window: { size: 1h, pane: 1m, lateness: 2m }
segmentBy: [region]
versions: { keep: 2, forgetAfter: 3d }
labels: { cohort: 1d, matureAfter: 2h, expireAfter: 2d }`;
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
    head: HEAD,
    labels: true,
    outputs: OUTPUTS,
    perHour: 60,
    referenceRow() {
      const truth = 100 * u();
      return { prediction: { value: answerTo(truth, u()) }, truth };
    },
  });
});

interface Day {
  readonly rows?: number;
  /** The region whose errors are twice as large. */
  readonly wider?: string;
  readonly by?: number;
}

function day(number: number, { rows = 2400, wider, by = 0 }: Day = {}): [Sent[], Sent[]] {
  const u = random(100 + number);
  const predictions: Sent[] = [];
  const labels: Sent[] = [];
  for (let i = 0; i < rows; i++) {
    const time = START + number * DAY + Math.floor((i * DAY) / rows);
    const id = `${number}/${i}`;
    const region = ["eu", "us", "uk"][i % 3];
    const truth = 100 * u();
    const value = by + answerTo(truth, u(), region === wider ? 2 : 1);
    predictions.push(event({ id, time, region, prediction: { value } }));
    labels.push(label(id, truth, time + HOUR));
  }
  return [predictions, labels];
}

async function fed(days: readonly (readonly [Sent[], Sent[]])[]): Promise<World> {
  const world = await worldOf({ fitted, commitRows: 500 });
  for (const [predictions, labels] of days) {
    await world.feed(predictions);
    await world.feed(labels, { stream: "l" });
  }
  await world.end();
  return world;
}

function shownOf(world: World, measure: string) {
  const scores = world.engine.judgesOf("m").cohorts.currentScores();
  return scores.find(({ series }) => series.measure.name === measure && series.labels.segment === undefined)
    ?.score;
}

describe("a model that answers with numbers", () => {
  it("has the errors of its labels, against those of its reference", async () => {
    const [predictions, labels] = day(0);
    const world = await fed([[predictions, labels]]);
    // A uniform error from -5 to 5 has an sd of 10 / sqrt(12).
    expect(shownOf(world, "rmse")).toMatchObject({ status: "ok", n: 2400, extras: { coverage: 1 } });
    expect(shownOf(world, "rmse")?.value).toBeCloseTo(10 / Math.sqrt(12), 1);
    expect(shownOf(world, "mae")?.value).toBeCloseTo(2.5, 1);
    expect(Math.abs(shownOf(world, "bias")?.value ?? 9)).toBeLessThan(0.2);
    expect(shownOf(world, "rmse-ratio")?.value).toBeCloseTo(1, 1);
    expect(shownOf(world, "residual-psi")?.value).toBeLessThan(0.05);
    // Scores are of other models.
    expect(shownOf(world, "ece")).toBeUndefined();
    expect(shownOf(world, "accuracy")).toBeUndefined();
    expect(world.transitions).toEqual([]);
  });

  it("fires for the segment whose errors grew, and for a mean error of all", async () => {
    const world = await fed([day(0), day(1, { wider: "us" }), day(2, { by: 3 }), day(3)]);
    const told = world.transitions.map(({ alert, at }) => [
      alert.alert,
      alert.segment,
      alert.state,
      (at - START) / DAY,
    ]);
    expect(told).toContainEqual(["Worse", "region=us", "firing", 2]);
    expect(told).toContainEqual(["Shifted", undefined, "firing", 3]);
    expect(told).toContainEqual(["Shifted", undefined, "resolved", 4]);
    expect(told.filter(([alert, , , at]) => alert === "Worse" && at === 2)).toHaveLength(1);
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
    const plain = await fed([[predictions, labels]]);
    const revised = await fed([[predictions, [...wrong, ...labels]]]);
    expect(revised.ledger("l").revised).toBe(2400);
    for (const measure of ["bias", "mae", "rmse", "residual-psi"]) {
      expect(shownOf(revised, measure)).toEqual(shownOf(plain, measure));
    }
  });

  it("has no error where the truth is none, and says how many labels that leaves", async () => {
    const [predictions, labels] = day(0, { rows: 600 });
    const odd = labels.map((sent, i) => (i % 2 === 0 ? label(`0/${i}`, "unknown", sent.timestamp) : sent));
    const world = await fed([[predictions, odd]]);
    expect(shownOf(world, "rmse")).toMatchObject({ status: "no-data", n: 300 });
    expect(shownOf(world, "rmse")?.reason).toMatch(/^labels: 50% of predictions have one$/);
  });

  it("forgets its cohorts in time", () => {
    const layout = cohortLayout(fitted.counting);
    expect(deletedBefore(layout, { fitted, closedThrough: 100 * DAY, cohortsFrom: 90 * DAY })).toBe(90 * DAY);
  });
});
