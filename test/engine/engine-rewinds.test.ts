import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import type { Store } from "../../src/state/store.ts";
import { cohortLayout, paneLayout } from "../../src/window/task-delta.ts";
import { createRewindingStore } from "../state/rewinding-store.ts";
import { event, HOUR, label, MINUTE, modelOf, random, START, type Sent } from "./fixture.ts";
import { outline, worldOf, type World } from "./world.ts";

const RULES = `
  - { alert: Drift, measure: psi, columns: [amount], for: 5m, keepFiringFor: 10m }
  - { alert: DriftByRegion, measure: psi, columns: [amount], by: [version, region], window: { size: 2h, every: 10m } }
  - { alert: Wrong, measure: brier, above: 0.3, keepFiringFor: 0s }`;
const HEAD = `window: { size: 1h, pane: 1m, lateness: 2m }
segmentBy: [region]
versions: { keep: 2 }
labels: { cohort: 1h, matureAfter: 10m, expireAfter: 2h }`;

const STREAMS = ["s", "l"] as const;
const PARTITIONS = [0, 1];

let fitted: FittedModel;
let logs: ReadonlyMap<string, readonly Sent[]>;
beforeAll(() => {
  fitted = modelOf({ rules: RULES, head: HEAD, labels: true });
  logs = new Map(PARTITIONS.flatMap((partition) => logsOf(partition)));
});

/** Six hours of one partition, by stream: drift from the second to the fourth, wrong answers in the third, a version midway. */
function logsOf(partition: number): [string, Sent[]][] {
  const next = random(partition + 1);
  const s: Sent[] = [];
  const l: Sent[] = [];
  for (let i = 0; i < 360 * 3; i++) {
    const time = START + i * (MINUTE / 3);
    const hour = (time - START) / HOUR;
    const id = `${partition}/${i}`;
    const amount = hour >= 1 && hour < 4 ? 90 + (i % 9) : Math.floor(next() * 100);
    const version = hour < 2 || i % 3 > 0 ? "v1" : "v2";
    const truth = i % 2;
    s.push(event({ id, time, version, amount, score: hour >= 2 && hour < 3 ? 1 - truth : truth }));
    l.push(label(id, truth, time + 2 * MINUTE));
  }
  return [
    [`s/${partition}`, s],
    [`l/${partition}`, l],
  ];
}

/** Reads the logs in turns until every partition has come to `until` (records); where the source was told to, it asks again. */
async function play(world: World, until: number): Promise<void> {
  for (let isAtEnd = false; !isAtEnd;) {
    isAtEnd = true;
    for (const stream of STREAMS) {
      for (const partition of PARTITIONS) {
        if (world.isStale) await world.assign();
        const from = world.offsets.get(`${stream}/${partition}`) ?? 0;
        const sent = (logs.get(`${stream}/${partition}`) ?? []).slice(from, Math.min(from + 15, until));
        if (sent.length === 0) continue;
        isAtEnd = false;
        await world.feed(sent, { stream, partition });
      }
    }
  }
  if (!world.isStale) return;
  await world.assign();
  await play(world, until);
}

async function finish(world: World): Promise<void> {
  await play(world, Number.POSITIVE_INFINITY);
  await world.end();
}

/** All that a store knows but versions and commit ids, as text. */
async function contentsOf(store: Store): Promise<unknown> {
  const all = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const panes = [];
  for (const layout of [paneLayout(fitted.counting), cohortLayout(fitted.counting)]) {
    for (const pane of await store.readPanes({ layout, ...all }))
      panes.push({ ...pane, packed: Buffer.from(pane.packed).toString("hex") });
  }
  const decode = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));
  return {
    panes: panes.map((pane) => JSON.stringify(pane)).toSorted(),
    tasks: (await store.readTasks("s")).map(({ task, state }) => ({ task, state: decode(state) })),
    judgement: [...(await store.readJudgement())].map(([name, blob]) => [name, decode(blob)]),
  };
}

/** A daemon that has read the first two hours and a half, on a store that can go back. */
async function halfway(options: { commitRows: number } = { commitRows: 40 }) {
  const store = createRewindingStore();
  const world = await worldOf({ fitted, store, partitions: PARTITIONS.length, ...options });
  await play(world, 450);
  return { store, world };
}

describe("a store that goes back under a daemon", () => {
  it.each([
    { writes: 1, commitRows: 1 },
    { writes: 30, commitRows: 40 },
  ])(
    "by $writes writes, $commitRows rows each at least: all is as after a crash at that moment",
    async (lost) => {
      const { store, world } = await halfway(lost);
      const kept = store.writes() - lost.writes;
      await store.goBackTo(kept);
      const told = world.transitions.length;
      await finish(world);

      const copy = await store.copyAt(kept);
      const restarted = await worldOf({ fitted, store: copy, partitions: PARTITIONS.length, ...lost });
      await finish(restarted);

      expect(world.failure).toBeUndefined();
      expect(outline(world.transitions.slice(told))).toEqual(outline(restarted.transitions));
      expect(await contentsOf(store)).toEqual(await contentsOf(copy));
      for (const stream of STREAMS) expect(world.ledger(stream)).toEqual(restarted.ledger(stream));
      expect(world.ledger("s")).toMatchObject({ received: 2160, measured: 2160 });
      expect(world.ingestion.commits.counts.rewound).toBe(1);
      expect(world.reloads).toBe(1);
    },
  );

  it("to before its first record: the tasks are counted anew from the beginning, and all is found again", async () => {
    const { store, world } = await halfway();
    const whole = await worldOf({ fitted, partitions: PARTITIONS.length, commitRows: 40 });
    await finish(whole);
    await store.goBackTo(0);
    const told = world.transitions.length;
    expect(told).toBeGreaterThan(0);
    await finish(world);
    expect(outline(world.transitions.slice(told))).toEqual(outline(whole.transitions));
    expect(await contentsOf(store)).toEqual(await contentsOf(whole.store));
    expect(world.ledger("s")).toMatchObject({ received: 2160, measured: 2160 });
  });

  it("is found out by a rejoin too, before anything is committed", async () => {
    const { store, world } = await halfway();
    await store.goBackTo(store.writes() - 20);
    await world.assign();
    expect(world.reloads).toBe(1);
    expect(world.ingestion.commits.counts.rewound).toBe(1);
    // Kafka's lag tools must not hear of offsets that the store does not know.
    expect(world.ingestion.commits.takeCommitted()).toEqual([]);
    await finish(world);
    expect(world.ledger("s")).toMatchObject({ received: 2160, measured: 2160 });
    expect(world.ingestion.commits.counts.rewound).toBe(1);
  });

  it("to nothing: what is still kept is read from its beginning, wherever a first start would have begun", async () => {
    const { store, world } = await halfway();
    await store.goBackTo(0);
    await world.assign();
    const positions = await world.ingestion.assigned(PARTITIONS);
    expect(positions.map(({ offset }) => offset)).toEqual(Array(4).fill("earliest"));
  });
});
