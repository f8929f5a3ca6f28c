import { describe, expect, test } from "vitest";
import { candidateName, describeRefresh, refreshName } from "../../src/evaluation/refresh-report.ts";
import { Refresh } from "../../src/evaluation/refresh.ts";
import { acceptChange } from "../../src/reference/acceptance.ts";
import { readReference } from "../../src/reference/reference-file.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { fitModel, type FittedModel } from "../../src/rules/fitted-model.ts";
import { createLog } from "../../src/runtime/log.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Store } from "../../src/state/store.ts";
import { viewCounts } from "../../src/views/counts.ts";
import { DAY, event, HOUR, MINUTE, modelOf, random, START, type Sent } from "../engine/fixture.ts";
import { worldOf, type World } from "../engine/world.ts";

const SCHEDULE = "0 3 1 * *";
const PER_MINUTE = 2;

function modelThatRefreshes({
  last = DAY,
  rules = QUIET,
}: { last?: number; rules?: string } = {}): FittedModel {
  const fitted = modelOf({ rules, head: "window: { size: 20m, pane: 1m, lateness: 1m }" });
  return { ...fitted, model: { ...fitted.model, refresh: { schedule: SCHEDULE, last } } };
}

const QUIET = "  - { alert: Broken, measure: invalid, above: 0.5 }";
const DRIFT = "  - { alert: Drift, measure: psi, columns: [amount], keepFiringFor: 30m }";

/** From one time after START to another; from `shiftAt` on amounts lean to the low ones. */
function story(
  from: number,
  to: number,
  { shiftAt = Number.POSITIVE_INFINITY, most = 100, perMinute = PER_MINUTE } = {},
): Sent[] {
  const draw = random(7 + from);
  return Array.from({ length: ((to - from) / MINUTE) * perMinute }, (_, i) => {
    const time = START + from + i * (MINUTE / perMinute);
    const u = draw();
    return event({
      id: `e${from}-${i}`,
      time,
      amount: Math.floor((time < START + shiftAt ? u : u * u) * most),
      region: ["eu", "us", "uk"][i % 3],
      device: i % 2 === 0 ? "app" : "web",
    });
  });
}

/** A daemon that has judged this, and what refreshes its references. */
async function told(
  fitted: FittedModel,
  sent: readonly Sent[],
  store: Store = createMemoryStore(),
): Promise<{ world: World; refresh: Refresh; lines: string[]; store: Store }> {
  const world = await worldOf({ fitted, store, commitRows: 500 });
  await world.feed(sent);
  await world.ingestion.flush(true);
  const lines: string[] = [];
  const log = createLog({ destination: { write: (line: string) => void lines.push(line) } });
  const refresh = new Refresh({ engine: world.engine, store, clock: world.clock, log });
  return { world, refresh, lines, store };
}

async function candidateIn(store: Store): Promise<Reference | undefined> {
  const bytes = (await store.readJudgement()).get(candidateName("m"));
  return bytes && readReference(bytes, "the store");
}

describe("a refresh", () => {
  test("makes what accepting every column of the same span would make", async () => {
    const { world, refresh, store, lines } = await told(
      modelThatRefreshes(),
      story(0, 2 * DAY + 90 * MINUTE),
    );
    expect(await refresh.run("m")).toBe(true);
    const report = refresh.reportOf("m");
    const candidate = await candidateIn(store);
    if (report === undefined || candidate === undefined) throw new Error(lines.join());
    const { from = "", to = "" } = report;
    let accepted = world.fitted.reference;
    for (const { ref } of world.fitted.counting.columns) {
      const wanted = { model: "m", column: ref.column, since: Date.parse(from), until: Date.parse(to) };
      const counted = await viewCounts(world, wanted);
      expect(counted).toMatchObject({ from, to });
      accepted = acceptChange(
        accepted,
        { column: ref.column, since: wanted.since, until: wanted.until, reason: "refresh: the last 1d" },
        new Map(
          counted?.segments.map(({ name, counts, sums }) => [
            name,
            { counts: Float64Array.from(counts), ...(sums && { sums: Float64Array.from(sums) }) },
          ]),
        ),
      );
    }
    expect(candidate).toEqual(accepted);
    expect(report.candidate).toBe(accepted.id);
    expect(candidate.accepted?.map(({ column }) => column)).toEqual([
      "amount",
      "region",
      "device",
      "prediction.score",
    ]);
  });

  test("begins with the day in which the span begins, and says what it is made of and how far it is", async () => {
    const { refresh, lines } = await told(
      modelThatRefreshes(),
      story(0, 2 * DAY + 90 * MINUTE, { shiftAt: DAY + 12 * HOUR }),
    );
    await refresh.run("m");
    const report = refresh.reportOf("m");
    expect(report).toMatchObject({
      from: new Date(START + DAY).toISOString(),
      refused: [],
      alerts: [],
      windows: { "20m": 76 },
    });
    expect(report?.rows).toBe(((Date.parse(report?.to ?? "") - START - DAY) / MINUTE) * PER_MINUTE);
    expect(report?.columns[0].n).toBe(report?.rows);
    expect(report?.columns[0].psi).toBeGreaterThan(0.05);
    expect(report?.columns[0]).toMatchObject({ column: "amount", status: "ok" });
    const distances = report?.columns.map(({ psi = -1 }) => psi) ?? [];
    expect(distances).toEqual(distances.toSorted((x, y) => y - x));
    expect(distances).toHaveLength(4);
    expect(lines.join("")).toContain("a candidate for the reference stands ready. It is made of 3,05");
    expect(lines.join("")).toContain("driftd reference export m --candidate --output m.arrow");
  });

  test("takes nothing into use by itself, and outlasts a restart until another reference is in use", async () => {
    const fitted = modelThatRefreshes();
    const { world, refresh, store } = await told(fitted, story(0, 2 * DAY));
    await refresh.run("m");
    expect(world.engine.models[0].reference.id).toBe(fitted.reference.id);

    const again = await told(fitted, story(2 * DAY, 2 * DAY + HOUR), store);
    again.refresh.restore(again.world.engine.models, await store.readJudgement());
    expect(again.refresh.reportOf("m")).toEqual(refresh.reportOf("m"));
    expect(await again.refresh.sweep(again.world.engine.models)).toBe(true);
    const candidate = await candidateIn(store);
    if (candidate === undefined) throw new Error("the candidate is gone");

    const committed = fitModel({ model: fitted.model, reference: candidate, hasLabels: false });
    const next = await told(committed, story(2 * DAY + HOUR, 2 * DAY + 2 * HOUR), store);
    next.refresh.restore(next.world.engine.models, await store.readJudgement());
    expect(next.refresh.reportOf("m")).toBeUndefined();
    expect(await next.refresh.sweep(next.world.engine.models)).toBe(true);
    const names = [...(await store.readJudgement()).keys()];
    expect(names).not.toContain(refreshName("m"));
    expect(names).not.toContain(candidateName("m"));
  });

  test("names the alerts that fired in its time, so that no incident becomes normal unseen", async () => {
    const { refresh, lines } = await told(
      modelThatRefreshes({ rules: DRIFT, last: 12 * HOUR }),
      story(0, 14 * HOUR, { shiftAt: 10 * HOUR, perMinute: 20 }),
    );
    await refresh.run("m");
    const [fired] = refresh.reportOf("m")?.alerts ?? [];
    expect(fired).toMatchObject({ alert: "Drift", column: "amount" });
    expect(fired).not.toHaveProperty("to");
    expect(lines.join("")).toMatch(
      /1 alert fired in that time, whose rows are in it: Drift amount from 2026-01-05T1\S+ still firing\./,
    );
    expect(lines.join("")).toContain('"level":"warn"');
  });

  test.each([
    ["nothing was counted", {}, [], /^Nothing has been counted yet\.$/],
    [
      "the store does not reach back so far",
      { last: 3 * DAY },
      story(0, 2 * DAY),
      /^The last 3d are not all counted: the store has counts on these bins since 2026-01-05T00:00:00\.000Z\. They reach back far enough once 2026-01-08T00:00:00\.000Z is judged\.$/,
    ],
    [
      "there are too few windows",
      { last: 2 * HOUR },
      story(0, 5 * HOUR, { perMinute: 10 }),
      /^The time holds 14 windows of 20m, and 30 are needed\. Take a longer time\.$/,
    ],
    [
      "groups would be left without values",
      {},
      story(0, 2 * DAY, { most: 50 }),
      /^The reference has bins that do not fit amount any more: one of the 10 groups that PSI is quoted on would keep 0% of the values, and 2% are needed\./,
    ],
  ])("keeps no candidate where %s", async (_, options, sent, reason) => {
    const { refresh, store, lines } = await told(modelThatRefreshes(options), sent);
    await store.writeJudgement(new Map([[candidateName("m"), new Uint8Array(4)]]));
    await refresh.run("m");
    expect(await candidateIn(store)).toBeUndefined();
    const report = refresh.reportOf("m");
    expect(report?.candidate).toBeUndefined();
    expect(report?.refused).toEqual([expect.stringMatching(reason)]);
    expect(lines.join("")).toContain("no candidate for the reference could be made");
  });

  test("keeps nothing where another member judges by now", async () => {
    const { world, store } = await told(modelThatRefreshes(), story(0, 3 * HOUR));
    const lost: Store = { ...store, writeJudgement: () => Promise.resolve(false) };
    const { clock, engine } = world;
    const refresh = new Refresh({ engine, store: lost, clock, log: createLog({ level: "silent" }) });
    expect(await refresh.run("m")).toBe(false);
    expect(refresh.reportOf("m")).toBeUndefined();
  });

  test("makes none for a model that asks for none", async () => {
    const fitted = modelOf({ rules: QUIET });
    const { refresh, store } = await told(fitted, story(0, 3 * HOUR));
    expect(await refresh.run("m")).toBe(true);
    expect([...(await store.readJudgement()).keys()].filter((name) => name.startsWith("refresh"))).toEqual(
      [],
    );
  });
});

test("what is told of many alerts and columns names the first, and what is not known", () => {
  const at = "2026-01-05T00:00:00.000Z";
  const alerts = Array.from({ length: 7 }, (_, i) => ({ id: `a${i}`, alert: "Drift", from: at, to: at }));
  const columns = Array.from({ length: 6 }, (_, i) => ({
    column: `c${i}`,
    status: "ok" as const,
    psi: 0.1,
    n: 1000,
  }));
  const report = {
    at,
    reference: "r",
    candidate: "c",
    refused: [],
    rows: 1000,
    windows: {},
    columns,
    alerts,
  };
  const text = describeRefresh("m", { ...report, from: at, to: at, alertsKnownSince: at });
  expect(text).toContain("c4 0.1 (n=1,000) and 1 more.");
  expect(text).toContain(`7 alerts fired in that time, whose rows are in it: Drift from ${at} to ${at};`);
  expect(text).toContain(`and 2 more. Alerts that ended before ${at} are not known any more.`);
});
