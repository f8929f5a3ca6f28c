import { beforeAll, describe, expect, it } from "vitest";
import { OUTCOMES } from "../../src/counts/outcomes.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { shareBudget } from "../../src/verdict/rule-budget.ts";
import { DAY, event, HOUR, label, modelOf, random, START, type Sent } from "./fixture.ts";
import { worldOf } from "./world.ts";

const RULES = `
  - { alert: Miscalibrated, measure: calibration-gap, by: [version, region], keepFiringFor: 0s }
  - { alert: Drift, measure: psi, columns: [amount] }`;
const HEAD = `window: { size: 1h, pane: 1m, lateness: 2m }
segmentBy: [region]
versions: { keep: 2, forgetAfter: 3d }
labels: { cohort: 1d, matureAfter: 2h, expireAfter: 2d }`;

/** A model that says more than is true: p instead of p^2, in the reference as ever after. */
function truthOf(score: number, u: number): number {
  return Number(u < score ** 2);
}

let fitted: FittedModel;
beforeAll(() => {
  const u = random(1);
  fitted = modelOf({
    rules: RULES,
    head: HEAD,
    labels: true,
    truth: true,
    perHour: 60,
    referenceRow() {
      const score = u();
      return { score, truth: truthOf(score, u()) };
    },
  });
});

/** A day of `rows` predictions; in `region` the scores come true as often as they say. */
function day(number: number, { rows = 2400, changed }: { rows?: number; changed?: string } = {}): Sent[][] {
  const u = random(100 + number);
  const predictions: Sent[] = [];
  const labels: Sent[] = [];
  for (let i = 0; i < rows; i++) {
    const time = START + number * DAY + Math.floor((i * DAY) / rows);
    const id = `${number}/${i}`;
    const score = u();
    const region = ["eu", "us", "uk"][i % 3];
    const truth = region === changed ? Number(u() < score) : truthOf(score, u());
    predictions.push(event({ id, time, score, region }));
    labels.push(label(id, truth, time + HOUR));
  }
  return [predictions, labels];
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
    const world = await worldOf({ fitted, commitRows: 500 });
    for (const number of [0, 1, 2, 3]) {
      const [predictions, labels] = day(number, number === 2 ? { changed: "us" } : {});
      await world.feed(predictions);
      await world.feed(labels, { stream: "l" });
    }
    await world.end();
    const told = world.transitions
      .filter(({ alert }) => alert.alert === "Miscalibrated")
      .map(({ alert, at }) => [alert.segment, alert.state, (at - START) / DAY]);
    expect(told).toEqual([
      ["region=us", "firing", 3],
      ["region=us", "resolved", 4],
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
    const world = await worldOf({ fitted, commitRows: 500 });
    const [predictions, labels] = day(0, { rows: 540, changed: "us" });
    await world.feed(predictions);
    await world.feed(labels, { stream: "l" });
    await world.end();
    expect(world.transitions).toEqual([]);
    const scores = world.engine.judgesOf("m").cohorts.currentScores();
    const found = scores.find(({ series }) => series.labels.segment === "region=us")?.score;
    expect(found).toMatchObject({ status: "too-few", reason: "fewer than 200 labels", n: 180 });
  });

  it("counts every label in its cohort, its segment and all", async () => {
    const world = await worldOf({ fitted, commitRows: 500 });
    const [predictions, labels] = day(0);
    await world.feed(predictions);
    await world.feed(labels, { stream: "l" });
    await world.end();
    const { counts } = fitted.reference.segments[0].outcome ?? { counts: new Float64Array(0) };
    expect(fitted.counting.outcomes?.layout.stride).toBe(counts.length);
    expect(counts.length).toBe(OUTCOMES.length + 50);
    const shown = world.engine.judgesOf("m").cohorts.currentScores();
    const all = shown.find(({ series }) => series.measure.name === "calibration-gap");
    expect(all?.score).toMatchObject({ status: "ok", n: 2400 });
  });
});
