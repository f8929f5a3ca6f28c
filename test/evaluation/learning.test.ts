import { describe, expect, it } from "vitest";
import { learntName } from "../../src/evaluation/learning.ts";
import { readReference } from "../../src/reference/reference-file.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { fitModel, type FittedModel } from "../../src/rules/fitted-model.ts";
import { fitLearning } from "../../src/rules/learning-model.ts";
import type { Model } from "../../src/rules/model.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Store } from "../../src/state/store.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { event, HOUR, MINUTE, random, START, type Sent } from "../engine/fixture.ts";
import { createSharedStore } from "../state/shared-store.ts";
import { worldOf, type World, type WorldOptions } from "../engine/world.ts";

const SPAN = 3 * HOUR;

function modelThatLearns(columns = "amount: { type: number }, region: { type: category }"): Model {
  const text = `
version: 1
model: m
references: { default: { learn: 3h } }
window: { size: 5m, pane: 1m, lateness: 2m }
segmentBy: [region]
columns: { ${columns}, prediction.score: { type: number } }
rules:
  - { alert: Drift, measure: psi, columns: [amount] }
  - { alert: Broken, measure: invalid, above: 0.2 }
  - { review: Odd, when: { any: [{ novel: true }] }, to: desk }`;
  const { model, faults } = readModel({ text, file: "/m.yaml", extended: new Map(), measures: MEASURES });
  if (model === undefined) throw new Error(JSON.stringify(faults));
  return model;
}

/** Twelve events a minute, or as told; amounts are `shift` more than usual from `shiftAt` on. */
function traffic(
  from: number,
  to: number,
  {
    shift = 0,
    partition = 0,
    perMinute = 12,
  }: { shift?: number; partition?: number; perMinute?: number } = {},
): Sent[] {
  const draw = random(partition + 1);
  return Array.from({ length: Math.floor((perMinute * (to - from)) / MINUTE) }, (_, i) =>
    event({
      id: `e${i}`,
      time: from + (i * MINUTE) / perMinute,
      score: draw(),
      amount: Math.floor(draw() * 100) + shift,
      region: draw() < 0.5 ? "eu" : "us",
    }),
  );
}

interface Story extends Partial<WorldOptions> {
  readonly store?: Store;
  readonly cut?: number;
  readonly restarts?: boolean;
}

/** Feeds the events; answers what became of it. */
async function learn(
  model: Model,
  sent: readonly Sent[],
  { store = createMemoryStore(), cut = 400, restarts = false, ...rest }: Story = {},
): Promise<{ world: World; fitted: FittedModel; learnt: string[]; store: Store }> {
  const fitted = fitLearning({ model, hasLabels: false });
  const learnt: string[] = [];
  const settings = { fitted, store, commitRows: 100, onLearnt: (name: string) => learnt.push(name), ...rest };
  let world = await worldOf(settings);
  for (let from = 0; from < sent.length; from += cut) {
    if (restarts) world = await worldOf(settings);
    await world.feed(sent.slice(from, from + cut));
  }
  await world.ingestion.flush(true);
  return { world, fitted, learnt, store };
}

async function referenceIn(store: Store, { counting }: FittedModel): Promise<Reference | undefined> {
  const bytes = (await store.readJudgement()).get(learntName("m", counting.learning?.id ?? ""));
  return bytes && readReference(bytes, "the store");
}

describe("a model that learns its reference", () => {
  it("builds it at the end of its time, of the rows that came until then, and keeps no sample", async () => {
    const sent = traffic(START, START + SPAN + 10 * MINUTE);
    const { fitted, learnt, store } = await learn(modelThatLearns(), sent);
    expect(learnt).toEqual(["m"]);
    const reference = await referenceIn(store, fitted);
    expect(reference).toMatchObject({
      model: "m",
      rows: 2_160,
      from: START,
      to: START + SPAN - 5_000,
      learnt: { rows: 2_160 },
      independent: false,
      windowSizes: [5 * MINUTE],
    });
    expect(reference?.columns.map(({ name, role }) => [name, role])).toEqual([
      ["amount", "feature"],
      ["region", "segment"],
      ["prediction.score", "output"],
    ]);
    expect(reference?.segments.map(({ name }) => name)).toEqual([
      "all",
      "region=eu",
      "region=us",
      "other(region)",
    ]);
    // 36 windows of 60 rows, none of which is more than it was seen to be.
    expect(reference?.segments[0].columns[0].calibrations[0]).toMatchObject({ k: 36, meanRows: 60 });
    expect([...(await store.readJudgement()).keys()].filter((name) => name.startsWith("learning/"))).toEqual(
      [],
    );
    const layouts = (await store.readLayouts()).filter((layout) => layout.includes("/sample/"));
    for (const layout of layouts) {
      const left = await store.readPanes({ layout, from: Number.NEGATIVE_INFINITY, to: START + SPAN });
      expect(left).toEqual([]);
    }
  });

  it("builds the same to the bit however records are cut and committed, and whatever stops in between", async () => {
    const model = modelThatLearns();
    const sent = traffic(START, START + SPAN + 10 * MINUTE);
    const ids = new Set<string | undefined>();
    for (const story of [{}, { cut: 333, commitRows: 1_000 }, { cut: 500, restarts: true }]) {
      const { fitted, store } = await learn(model, sent, story);
      ids.add((await referenceIn(store, fitted))?.id);
    }
    expect([...ids]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  it("puts the partitions' samples together", async () => {
    const fitted = fitLearning({ model: modelThatLearns(), hasLabels: false });
    const store = createMemoryStore();
    const world = await worldOf({ fitted, store, partitions: 2, commitRows: 100, onLearnt: () => undefined });
    for (let from = START; from < START + SPAN + 10 * MINUTE; from += 30 * MINUTE)
      for (const partition of [0, 1])
        await world.feed(traffic(from, from + 30 * MINUTE, { partition }), { partition });
    expect(await referenceIn(store, fitted)).toMatchObject({ rows: 4_320, learnt: { rows: 4_320 } });
  });

  it("goes on until there are enough rows", async () => {
    const few = traffic(START, START + 8 * HOUR).filter((_, i) => i % 10 === 0);
    const { fitted, store } = await learn(modelThatLearns(), few.slice(0, 400));
    expect(await referenceIn(store, fitted)).toBeUndefined();
    const more = traffic(START, START + 16 * HOUR).filter((_, i) => i % 10 === 0);
    const later = await learn(modelThatLearns(), more);
    expect(await referenceIn(later.store, later.fitted)).toMatchObject({ rows: 1_000 });
  });

  it("judges what needs no reference meanwhile, and everything once it is watched by it", async () => {
    const model = modelThatLearns();
    const store = createMemoryStore();
    const broken = Array.from({ length: 60 }, (_, i) =>
      event({ time: START + HOUR + i * 5_000, amount: "x" }),
    );
    const usual = traffic(START, START + SPAN + 10 * MINUTE);
    const sent = [...usual, ...broken].toSorted((a, b) => a.timestamp - b.timestamp);
    const learning = await learn(model, sent, { store });
    expect(learning.world.alerts().map(({ alert, state }) => [alert, state])).toEqual([
      ["Broken", "firing"],
      ["Broken", "resolved"],
    ]);
    const reference = await referenceIn(store, learning.fitted);
    if (reference === undefined) throw new Error("nothing was learnt");
    const fitted = fitModel({ model, reference, hasLabels: false });
    const watched = await worldOf({ fitted, store, commitRows: 100, onLearnt: () => undefined });
    const next = START + SPAN + 10 * MINUTE;
    await watched.feed(traffic(next, next + 30 * MINUTE, { perMinute: 24 }));
    expect(watched.alerts()).toEqual([]);
    await watched.feed(traffic(next + 30 * MINUTE, next + HOUR, { shift: 80, perMinute: 24 }));
    expect(watched.alerts()).toMatchObject([{ alert: "Drift", state: "firing" }]);
    expect(watched.transitions[0].alert.score.trust).toBe("provisional");
  });

  it("learns anew where its columns are others, and forgets what it has learnt so far", async () => {
    const store = createMemoryStore();
    await learn(modelThatLearns(), traffic(START, START + HOUR), { store });
    const names = async (): Promise<string[]> =>
      [...(await store.readJudgement()).keys()].filter((name) => name.startsWith("learning/"));
    const [before] = await names();
    expect(await names()).toHaveLength(1);
    const other = modelThatLearns("amount: { type: number, maximum: 1000 }, region: { type: category }");
    const { world } = await learn(other, traffic(START + HOUR, START + 2 * HOUR), { store });
    await world.tick(START + 366 * 24 * HOUR);
    expect(await names()).toHaveLength(1);
    expect(await names()).not.toContain(before);
  });

  it("is learnt once by a fleet, whoever leads when it ends", async () => {
    const fitted = fitLearning({ model: modelThatLearns(), hasLabels: false });
    const inner = createMemoryStore();
    const shared = createSharedStore(inner);
    const told: string[] = [];
    const join = (own: number): Promise<World> =>
      worldOf({
        fitted,
        store: shared.member(),
        partitions: 2,
        own: [own],
        commitRows: 100,
        hasGroup: true,
        onLearnt: () => told.push(`member ${own}`),
      });
    const members = [await join(0), await join(1)];
    const [first, second] = members;
    await first.meet();
    const half = START + 90 * MINUTE;
    const end = START + SPAN + 10 * MINUTE;
    for (const [from, to] of [
      [START, half],
      [half, end],
    ] as const) {
      for (const [partition, member] of members.entries()) {
        await member.feed(traffic(from, to, { partition }), { partition });
        await member.ingestion.flush(true);
      }
      for (const member of members) await member.meet();
      if (to === half) shared.endLease();
      for (const member of [second, first]) await member.meet();
    }
    expect(second.leads()).toBe(true);
    expect(told).toEqual(["member 1"]);
    expect(await referenceIn(inner, fitted)).toMatchObject({ rows: 4_320, learnt: { rows: 4_320 } });
  });
});
