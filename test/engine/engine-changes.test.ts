import { beforeAll, describe, expect, it } from "vitest";
import { fitModel, type FittedModel } from "../../src/rules/fitted-model.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import { cohortLayout, paneLayout } from "../../src/window/task-delta.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { event, HOUR, label, MINUTE, modelOf, START, type ModelStory, type Sent } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

const RULES = "  - { alert: Drift, measure: psi, columns: [amount], for: 20m, keepFiringFor: 1h }";
const HEAD =
  "window: { size: 1h, pane: 1m, lateness: 2m }\nlabels: { cohort: 1h, matureAfter: 10m, expireAfter: 12h }";

let before: FittedModel;
beforeAll(() => {
  before = fit({});
});

function fit(change: Partial<ModelStory>): FittedModel {
  return modelOf({ rules: RULES, head: HEAD, labels: true, ...change });
}

/** Three hours: the second and third drift. */
const SENT: Sent[] = Array.from({ length: 180 * 3 }, (_, i) => {
  const time = START + i * (MINUTE / 3);
  return event({ id: `e${i}`, time, amount: time < START + HOUR ? (i * 7) % 100 : 95 });
});

interface Changed {
  readonly world: World;
  readonly warnings: readonly unknown[];
}

/** Reads this many records, and then the rest by a daemon with another model. */
async function change(after: FittedModel, records: number): Promise<Changed> {
  const store = createMemoryStore();
  const first = await worldOf({ fitted: before, store });
  await first.feed(SENT.slice(0, records));
  const { log, lines } = recordLog("info");
  const world = await worldOf({ fitted: after, store, log, transitions: first.transitions });
  await world.feed(SENT.slice(records));
  return { world, warnings: lines.flatMap(({ level, msg }) => (level === "warn" ? [msg] : [])) };
}

/** When the drift's run of 20 minutes is half over. */
const PENDING = SENT.findIndex(({ timestamp }) => timestamp >= START + HOUR + 15 * MINUTE);

describe("a daemon that starts with another rule file or reference", () => {
  it("keeps all where only limits are others: `for` goes on counting, and nothing is said", async () => {
    const store = createMemoryStore();
    const never = await worldOf({ fitted: before, store });
    await never.feed(SENT);
    const rules = RULES.replace("psi,", "psi, severity: page, atLeast: 0.03,");
    const { world, warnings } = await change(
      fitModel({ model: fit({ rules }).model, reference: before.reference, hasLabels: true }),
      PENDING,
    );
    expect(warnings).toEqual([]);
    expect(world.alerts()).toEqual(never.alerts());
    expect(world.alerts()).toMatchObject([{ alert: "Drift", state: "firing" }]);
  });

  it("keeps its windows where the reference has the same bins, and says that they are held against it", async () => {
    const { world, warnings } = await change(fit({ perHour: 240 }), PENDING);
    expect(warnings).toEqual([
      "the reference is another one than before: its windows are kept, and held against the new one",
    ]);
    expect(world.alerts()).toMatchObject([{ alert: "Drift", state: "firing" }]);
  });

  it.each([
    ["reference", { perHour: 240 }],
    ["bins", { referenceRow: (i: number) => ({ amount: (i % 100) / 2 }) }],
  ])(
    "says once that the %s are others, however often it starts before anything is judged",
    async (_, story) => {
      const store = createMemoryStore();
      const world = await worldOf({ fitted: before, store });
      await world.feed(SENT.slice(0, PENDING));
      const start = async (fitted: FittedModel): Promise<unknown[]> => {
        const { log, lines } = recordLog("info");
        await worldOf({ fitted, store, log });
        return lines.flatMap(({ level, msg }) => (level === "warn" ? [msg] : []));
      };
      const after = fit(story);
      expect(await start(after)).toHaveLength(1);
      expect(await start(after)).toEqual([]);
      // Who takes the change back goes on as if it had never been.
      expect(await start(before)).toEqual([]);
      const later = await worldOf({ fitted: before, store, transitions: world.transitions });
      await later.feed(SENT.slice(PENDING));
      const never = await worldOf({ fitted: before, store: createMemoryStore() });
      await never.feed(SENT);
      expect(later.alerts()).toEqual(never.alerts());
    },
  );

  it("begins with empty windows where bins are others, says what that means, and loses no count", async () => {
    const after = fit({ referenceRow: (i) => ({ amount: (i % 100) / 2 }) });
    const { world, warnings } = await change(after, PENDING);
    expect(warnings).toEqual([
      "the reference is another one than before: its windows start empty, and alerts of what is no longer judged end; " +
        "labels of predictions from before find them no more",
    ]);
    const all = { from: -Infinity, to: Infinity };
    for (const plan of [before, after]) {
      const panes = await world.store.readPanes({ layout: paneLayout(plan.counting), ...all });
      expect(panes.length).toBeGreaterThan(10);
    }
    await world.feed([label("e10", 1, START + 3 * HOUR), label(`e${SENT.length - 1}`, 1, START + 3 * HOUR)], {
      stream: "l",
    });
    expect(world.ledger("l")).toMatchObject({ measured: 1, waiting: 1 });
    expect(world.ledger("s")).toMatchObject({ received: SENT.length, measured: SENT.length });
  });

  it("holds no label against a prediction whose segments were others", async () => {
    // As many groupings as before, and fewer segments.
    const store = createMemoryStore();
    const byRegion = fit({ head: `${HEAD}\nsegmentBy: [region]` });
    const byDevice = fit({ head: `${HEAD}\nsegmentBy: [device]` });
    const first = await worldOf({ fitted: byRegion, store });
    await first.feed(SENT.slice(0, PENDING));
    const world = await worldOf({ fitted: byDevice, store });
    await world.feed(SENT.slice(PENDING));
    const labels = [PENDING - 3, PENDING + 3].map((i) => label(`e${i}`, 1, START + 3 * HOUR));
    await world.feed(labels, { stream: "l" });
    expect(world.ledger("l")).toMatchObject({ measured: 1, waiting: 1 });
    const layout = cohortLayout(byDevice.counting);
    const cohorts = await store.readPanes({ layout, from: START + HOUR, to: Infinity });
    const newer = new Set(cohorts.map(({ segment }) => segment));
    expect([...newer].filter((segment) => segment.startsWith("device=")).length).toBeGreaterThan(0);
  });

  it("counts other segments from then on, and keeps the windows of all", async () => {
    const { world } = await change(fit({ head: `${HEAD}\nsegmentBy: [region]` }), PENDING);
    expect(world.alerts()).toMatchObject([{ alert: "Drift", state: "firing" }]);
    const { counting } = before;
    const panes = await world.store.readPanes({
      layout: paneLayout(counting),
      from: -Infinity,
      to: Infinity,
    });
    const starts = (segment: string): number[] =>
      panes.filter((pane) => pane.segment === segment).map(({ start }) => start);
    expect(starts("all")).toHaveLength(180);
    expect(Math.min(...starts("region=eu"))).toBeGreaterThanOrEqual(START + HOUR);
  });

  it("ends the alerts of rules that are gone", async () => {
    const rules = "  - { alert: Missing, measure: missing, columns: [amount] }";
    const { world } = await change(fit({ rules }), SENT.length - 10);
    await world.tick(START + 4 * HOUR);
    expect(world.alerts()).toMatchObject([
      { alert: "Drift", state: "firing" },
      { alert: "Drift", state: "resolved", reason: "rule gone" },
    ]);
  });
});
