import { describe, expect, it } from "vitest";
import type { Score } from "../../src/statistics/score.ts";
import { DAY, event, HOUR, label, modelOf, START, traffic, type Sent } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

const REGIONS = ["eu", "us", "uk"];

/** Of the model's shown series, those of a measure, by the column whose groups it compares. */
function shown(world: World, measure: string): Record<string, Score> {
  const scores = world.engine.judgesOf("m").panes.currentScores(() => false);
  const ofMeasure = scores.filter(({ series }) => series.measure.name === measure);
  return Object.fromEntries(ofMeasure.map(({ series, score }) => [series.labels.column ?? "", score]));
}

describe("decisions compared between groups", () => {
  const fitted = modelOf({
    head: "window: { size: 1h, pane: 1m, lateness: 2m }\nsegmentBy: [region, device]",
    rules: [
      "  - { alert: Unequal, measure: demographic-parity-difference, columns: [region], above: 0.25, keepFiringFor: 0s }",
      "  - { alert: FourFifths, measure: demographic-parity-ratio, below: 0.4 }",
    ].join("\n"),
  });

  it("fire for the column whose groups are treated unlike, and for no other", async () => {
    const world = await worldOf({ fitted });
    // Twenty a minute: 400 an hour of each region. Half of all are above one half, but a fifth of uk in the second hours.
    const scoreOf = (i: number, isUnlike: boolean): number =>
      isUnlike && i % 3 === 2 ? Number(i % 5 === 0) : Number(i % 2 === 0);
    const tell = (isUnlike: boolean) => (_: number, i: number) => ({
      region: REGIONS[i % 3],
      device: i % 4 < 2 ? "app" : "web",
      score: 0.1 + 0.8 * scoreOf(Math.floor(i / 3) * 3 + (i % 3), isUnlike),
    });
    await world.feed(traffic({ from: 0, to: 2 * HOUR, perMinute: 20 }, tell(false)));
    expect(world.alerts()).toEqual([]);
    await world.feed(traffic({ from: 2 * HOUR, to: 4 * HOUR, perMinute: 20 }, tell(true)));
    const [alert] = world.transitions;
    expect(world.alerts().map((one) => `${one.alert} ${one.state}`)).toEqual(["Unequal firing"]);
    expect(alert?.alert).toMatchObject({ column: "region", version: "v1", threshold: 0.25 });
    expect(alert?.alert).not.toHaveProperty("segment");
    expect(alert?.alert.evidence?.groups).toMatchObject({
      rate: "selectionRate",
      least: { group: "uk", n: 400 },
    });
    expect(alert?.alert.explanation).toMatch(
      /^Unequal m\/region v1: In (eu|us) 50% of all are decided for \(n=400\), in uk \d+% \(n=400\)\. Largest difference of selection rates between groups 0\.25\d* \(limit 0\.25; n=1,200; 95% interval 0\.1\d+ to 0\.3\d+\), since /,
    );
    const { region, ...others } = shown(world, "demographic-parity-difference");
    expect(others).toEqual({});
    expect(region).toMatchObject({
      status: "ok",
      n: 1_200,
      trust: "policy",
      extras: { groups: 3, hidden: 0 },
    });
    expect(region?.value).toBeCloseTo(0.3, 1);
    expect(Object.keys(shown(world, "demographic-parity-ratio"))).toEqual(["region", "device"]);
    await world.feed(traffic({ from: 4 * HOUR, to: 6 * HOUR, perMinute: 20 }, tell(false)));
    expect(world.alerts().map((one) => `${one.alert} ${one.state}`)).toEqual([
      "Unequal firing",
      "Unequal resolved",
    ]);
  });

  it("say so where groups are too small", async () => {
    const world = await worldOf({ fitted });
    await world.feed(traffic({ from: 0, to: 2 * HOUR }));
    expect(shown(world, "demographic-parity-difference")["region"]).toMatchObject({
      status: "too-few",
      reason: "fewer than two groups of 100 decisions",
    });
  });
});

describe("labels compared between groups", () => {
  const fitted = modelOf({
    head: `window: { size: 1h, pane: 1m, lateness: 2m }
segmentBy: [region]
labels: { cohort: 1d, matureAfter: 2h, expireAfter: 2d }`,
    rules: [
      "  - { alert: Opportunity, measure: equal-opportunity-difference, above: 0.3 }",
      "  - { alert: Odds, measure: equalized-odds-difference, columns: [region], above: 0.9 }",
    ].join("\n"),
    labels: true,
  });

  it("fire by cohort, from labels of either class", async () => {
    const world = await worldOf({ fitted });
    const s: Sent[] = [];
    const l: Sent[] = [];
    for (let i = 0; i < 1_600; i += 1) {
      const time = START + Math.floor((i * DAY) / 800);
      const isUk = i % 2 === 1;
      const truth = Math.floor(i / 2) % 2;
      // Everybody who deserved it was chosen in eu, and every other one in uk.
      const score = truth === 1 && isUk && Math.floor(i / 4) % 2 === 0 ? 0 : truth;
      s.push(event({ id: `g${i}`, time, score, region: isUk ? "uk" : "eu" }));
      l.push(label(`g${i}`, truth, time));
    }
    for (let from = 0; from < s.length; from += 100) {
      await world.feed(s.slice(from, from + 100));
      await world.feed(l.slice(from, from + 100), { stream: "l" });
    }
    await world.end();
    const opened = world.transitions.filter(({ alert }) => alert.state === "firing");
    expect(opened.map(({ alert }) => [alert.alert, alert.column])).toEqual([["Opportunity", "region"]]);
    expect(opened[0]?.alert.score).toMatchObject({
      status: "ok",
      value: 0.5,
      extras: { groups: 2, coverage: 1 },
    });
    expect(opened[0]?.alert.explanation).toContain(
      "In eu 100% of class 1 are decided for (n=200), in uk 50% (n=200).",
    );
    const scores = world.engine.judgesOf("m").cohorts.currentScores();
    const odds = scores.find(({ series }) => series.measure.name === "equalized-odds-difference");
    expect(odds?.score.value).toBe(0.5);
    expect(odds?.series.labels).toMatchObject({ column: "region" });
  });
});
