import { beforeAll, describe, expect, it } from "vitest";
import { renderReport } from "../../src/publish/report-text.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { fitLearning } from "../../src/rules/learning-model.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { viewReport } from "../../src/views/report.ts";
import { dayOf, honestModel, livedThrough } from "../engine/cohort-days.ts";
import { DAY, event, HOUR, MINUTE, modelOf, START, traffic } from "../engine/fixture.ts";
import { worldOf, type World } from "../engine/world.ts";
import { faultsOfReport } from "../publish/report-schema.ts";

const RULES = `
  - { alert: Drift, measure: psi, columns: [amount], by: [version], keepFiringFor: 1h }
  - { alert: Silent, measure: freshness, above: 5m }`;

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: RULES });
});

const NOTHING_LEARNT = new Map();

/** `hours` of two versions in turn, of which the second and third drift. */
async function lived(hours: number): Promise<World> {
  const world = await worldOf({ fitted, commitRows: 500, now: START + 30 * DAY });
  await world.feed(
    traffic({ from: 0, to: hours * HOUR, perMinute: 4 }, (time, i) => {
      const hour = Math.floor((time - START) / HOUR);
      const amount = hour === 1 || hour === 2 ? 95 : (i * 7) % 100;
      return { id: `r${i}`, version: i % 4 === 0 ? "v2" : "v1", amount };
    }),
  );
  return world;
}

function reportOf({ engine, store }: World, last: number) {
  const parts = { engine, store, learning: NOTHING_LEARNT };
  return viewReport(parts, { name: "weekly", now: START + 30 * DAY, last });
}

describe("a report", () => {
  it("tells of the rows, alerts and changes of its period", async () => {
    const world = await lived(8);
    const report = await reportOf(world, 6 * HOUR);
    expect(faultsOfReport(JSON.parse(JSON.stringify(report)))).toEqual([]);
    const [model] = report.models;
    const closed = world.engine.closedThrough("m");
    expect(report).toMatchObject({ report: "weekly", last: 6 * 3600, at: "2026-02-04T00:00:00.000Z" });
    expect(model?.period).toEqual({
      since: "2026-01-05T01:00:00.000Z",
      until: new Date(closed).toISOString(),
    });
    const minutes = (closed - START) / MINUTE - 60;
    expect(model?.rows).toEqual({ measured: 4 * minutes, invalid: 0 });
    expect(model?.versions.map(({ version }) => version)).toEqual(["v1", "v2"]);
    expect(model?.versions[1]?.measured).toBe(minutes);
    expect(model?.alerts.map(({ alert, version, state }) => `${alert} ${version} ${state}`)).toEqual([
      "Silent undefined firing",
      "Drift v1 resolved",
    ]);
    expect(model?.statistics.fired).toBe(model?.alerts.length);
    expect(report.streams["s"]).toMatchObject({ received: 8 * 240, measured: 8 * 240, dropped: {} });
    expect(model?.changes.map(({ alert, column }) => `${alert} ${column}`)).toContain("Drift amount");
    expect(model?.lineage.reference).toBe(fitted.reference.id);
  });

  it("leaves out alerts that ended before its period", async () => {
    const world = await lived(8);
    const { models } = await reportOf(world, HOUR);
    expect(models[0]?.alerts.filter(({ alert }) => alert === "Drift")).toEqual([]);
    expect(models[0]?.statistics.fired).toBeGreaterThan(0);
  });

  it("says since when is counted where that is less than was asked for", async () => {
    const { models } = await reportOf(await lived(2), 7 * DAY);
    expect(models[0]?.period?.countedSince).toBe(new Date(START).toISOString());
  });

  it("knows nothing of a model of which nothing has come", async () => {
    const world = await worldOf({ fitted });
    const { models } = await reportOf(world, DAY);
    expect(models).toEqual([
      expect.objectContaining({ model: "m", rows: { measured: 0, invalid: 0 }, versions: [], alerts: [] }),
    ]);
    expect(models[0]).not.toHaveProperty("period");
  });

  it("has rows without an id, and the last cohort that was judged", async () => {
    const labelled = honestModel(`
  - { alert: Miscalibrated, measure: calibration-gap }`);
    const [predictions, labels] = dayOf(0, {
      rows: 2_000,
      answer(u) {
        const score = u();
        return { version: "v1", prediction: { score }, truth: Number(u() < score) };
      },
    });
    const world = await livedThrough(labelled, [[[event({ id: "", time: START }), ...predictions], labels]]);
    const { models } = await reportOf(world, 7 * DAY);
    expect(models[0]?.rows).toEqual({ measured: 2_000, invalid: 1 });
    const cohort = models[0]?.cohort;
    expect(cohort).toMatchObject({ from: new Date(START).toISOString(), state: "judged" });
    expect(cohort?.scores.map(({ measure }) => measure)).toContain("label-coverage");
    expect(cohort?.scores.every((score) => !("segment" in score))).toBe(true);
  });

  it("says how far a model has come that learns its reference, and counts its rows all the same", async () => {
    const text = `
version: 1
model: m
references: { default: { learn: 3h } }
window: { size: 5m, pane: 1m, lateness: 2m }
columns: { amount: { type: number }, prediction.score: { type: number } }
rules:
  - { alert: Drift, measure: psi, columns: [amount] }
  - { alert: Broken, measure: invalid, above: 0.2 }`;
    const { model } = readModel({ text, file: "/m.yaml", extended: new Map(), measures: MEASURES });
    if (model === undefined) throw new Error("no model");
    const world = await worldOf({ fitted: fitLearning({ model, hasLabels: false }), commitRows: 100 });
    await world.feed(
      traffic({ from: 0, to: HOUR, perMinute: 4 }, (_, i) => ({ id: `r${i}`, amount: i % 100 })),
    );
    const { engine, store } = world;
    const learning = new Map([["m", { share: 0.33, rows: 240, sampled: 240 }]]);
    const report = await viewReport(
      { engine, store, learning },
      { name: "weekly", now: START + DAY, last: DAY },
    );
    expect(faultsOfReport(JSON.parse(JSON.stringify(report)))).toEqual([]);
    expect(report.models).toMatchObject([{ model: "m", learning: 0.33, alerts: [] }]);
    expect(report.models[0]?.rows.measured).toBeGreaterThan(200);
    expect(renderReport(report)).toContain("It learns its reference: 33% of that time is over.\n");
  });
});
