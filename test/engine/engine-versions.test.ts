import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Transition } from "../../src/verdict/alert.ts";
import { shareBudget } from "../../src/verdict/rule-budget.ts";
import { seriesOf } from "../../src/verdict/rule-series.ts";
import { paneLayout } from "../../src/window/task-delta.ts";
import { DAY, event, garbage, HOUR, MINUTE, modelOf, START, traffic } from "./fixture.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { outline, worldOf, type World } from "./world.ts";

const RULES = `
  - { alert: Drift, measure: psi, columns: [amount], for: 5m, keepFiringFor: 30m }
  - { alert: SchemaBroken, measure: invalid, above: 0.05, keepFiringFor: 5m }`;
const HEAD = "window: { size: 1h, pane: 1m, lateness: 2m }\nversions: { keep: 2, forgetAfter: 1d }";

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: RULES, head: HEAD });
});

async function rowsByVersion({ store }: World): Promise<Record<string, number>> {
  const panes = await store.readPanes({
    layout: paneLayout(fitted.counting),
    from: 0,
    to: Number.POSITIVE_INFINITY,
  });
  const rows: Record<string, number> = {};
  for (const { version, segment } of panes) if (segment === "all") rows[version] = (rows[version] ?? 0) + 1;
  return rows;
}

describe("versions", () => {
  it("are admitted as they come, keep of them; the rest is counted as other and judged by nobody", async () => {
    const world = await worldOf({ fitted });
    const versions = ["v1", "v2", "v3"];
    await world.feed(
      traffic({ from: 0, to: 3 * HOUR, perMinute: 6 }, (_, i) => ({
        version: versions[i % 3],
        amount: i % 3 === 2 ? 95 : (i * 7) % 100,
      })),
    );
    await world.end();
    expect(world.engine.admittedVersions("m")).toEqual(["v1", "v2"]);
    expect(await rowsByVersion(world)).toEqual({ v1: 180, v2: 180, "(other)": 180 });
    expect(world.alerts()).toEqual([]);
    expect(world.ledger("s").measured).toBe(1080);
  });

  it("are admitted in order of first sight, wherever batches are cut", async () => {
    const told = [
      { timestamp: START, value: { time: "never", model: "m", version: "v0" } },
      event({ time: START, version: "v2" }),
      { timestamp: START, value: { time: "never", model: "m", version: "typo" } },
      event({ time: START, version: "v1" }),
      event({ time: START, version: "" }),
    ];
    for (const cut of [1, 2, 5]) {
      const world = await worldOf({ fitted });
      for (let from = 0; from < told.length; from += cut) await world.feed(told.slice(from, from + cut));
      // Where nothing is admitted yet even an invalid row's version is one; later it may be a typing error.
      expect(world.engine.admittedVersions("m")).toEqual(["v0", "v2"]);
    }
  });

  it("that find no place are named in the log, once each and not without end", async () => {
    const { log, lines } = recordLog();
    const world = await worldOf({ fitted, log });
    const versions = Array.from({ length: 20 }, (_, i) => `v${i}`);
    for (let again = 0; again < 2; again++) {
      for (const version of versions) await world.feed([event({ time: START, version })]);
    }
    const places = world.engine.admittedVersions("m");
    const said = lines.filter(({ msg }) => String(msg).startsWith("a version has no place of its own"));
    const left = versions.slice(places.length);
    expect(said.flatMap((line) => line["versions"])).toEqual(left.slice(0, 8));
    expect(said[0]).toMatchObject({ model: "m", versions: [left[0]], places });
  });

  it("that come later are judged on the share of the budget kept for what is new", () => {
    const budget = shareBudget(fitted);
    const [known, later] = seriesOf(fitted, budget, ["v1", "v2"]).filter(
      ({ rule }) => rule.alert === "Drift",
    );
    const [share] = budget.rules;
    expect(known?.labels.version).toBe("v1");
    expect(share?.alpha).toBeGreaterThan(share?.alphaOfNew ?? 1);
    // A smaller level asks for more: what is critical for the later version is further out.
    const critical = (series: typeof known): number => series?.prepared?.share.critical[0] ?? Number.NaN;
    expect(critical(later)).toBeGreaterThan(critical(known));
    const [alone] = seriesOf(fitted, budget, ["v1"]);
    expect(critical(alone)).toBe(critical(known));
  });

  it("that come behind garbage are known all the same: what has no name takes no level from them", async () => {
    const world = await worldOf({ fitted });
    await world.feed([garbage(START), event({ time: START + 1000, version: "v1" })]);
    expect(world.engine.admittedVersions("m")).toEqual(["", "v1"]);
    const budget = shareBudget(fitted);
    const criticalOf = (versions: readonly string[], version: string): number =>
      seriesOf(fitted, budget, versions).find(
        ({ rule, labels }) => rule.alert === "Drift" && labels.version === version,
      )?.prepared?.share.critical[0] ?? Number.NaN;
    const known = criticalOf(["v1"], "v1");
    expect(criticalOf(["", "v1"], "v1")).toBe(known);
    expect(criticalOf(["", "v1"], "")).toBeGreaterThan(known);
    expect(criticalOf(["", "v1", "v2"], "v2")).toBeGreaterThan(known);
    expect(criticalOf(["v1", ""], "v1")).toBe(known);
    // A model whose rows never name a version.
    expect(criticalOf([""], "")).toBe(known);
  });

  it("answer for the garbage behind their own rows, not the first version for all of it", async () => {
    const world = await worldOf({ fitted });
    await world.feed(traffic({ from: 0, to: 2 * HOUR }, () => ({ version: "v1" })));
    await world.feed(traffic({ from: 2 * HOUR, to: 4 * HOUR }, () => ({ version: "v2" })));
    // A single broken record, when v1 has long gone: 1 in 120 of v2, and all that v1 would have had.
    const later = await worldOf({ fitted, store: world.store });
    await later.feed([garbage(START + 4 * HOUR)]);
    await later.feed(traffic({ from: 4 * HOUR, to: 5 * HOUR }, () => ({ version: "v2" })));
    await later.end();
    expect([...world.alerts(), ...later.alerts()]).toEqual([]);
    expect(await rowsByVersion(later)).toMatchObject({ v2: 180 });
  });
});

describe("a version that sends nothing any more", () => {
  /** v1 drifts and leaves after 3 hours; v2 stays. */
  const story = [
    ...traffic({ from: 0, to: 3 * HOUR, perMinute: 4 }, (_, i) =>
      i % 2 === 0 ? { version: "v1", amount: 95 } : { version: "v2", amount: (i * 7) % 100 },
    ),
    ...traffic({ from: 3 * HOUR, to: 30 * HOUR }, (_, i) => ({ version: "v2", amount: (i * 7) % 100 })),
  ];
  const GONE = new Date(START + 3 * HOUR + DAY).toISOString();

  it("takes its alerts with it after forgetAfter of event time", async () => {
    const world = await worldOf({ fitted });
    await world.feed(story);
    await world.end();
    expect(world.alerts().map(({ alert, state, reason }) => `${alert} ${state} ${reason}`)).toEqual([
      "Drift firing limit passed",
      "Drift resolved version gone",
    ]);
    expect(world.transitions[1]?.alert).toMatchObject({ version: "v1", endsAt: GONE });
    expect(world.engine.firing("m")).toEqual([]);
  });

  it("is remembered over restarts", async () => {
    const store = createMemoryStore();
    const transitions: Transition[] = [];
    for (let from = 0; from < story.length; from += 400) {
      const world = await worldOf({ fitted, store, transitions, commitRows: 100 });
      await world.feed(story.slice(from, from + 400));
    }
    expect(transitions.map(({ alert }) => alert.reason)).toEqual(["limit passed", "version gone"]);
    expect(transitions[1]?.alert.endsAt).toBe(GONE);
  });

  it("begins anew when it comes back", async () => {
    const world = await worldOf({ fitted });
    await world.feed(story);
    await world.feed(
      traffic({ from: 30 * HOUR, to: 33 * HOUR, perMinute: 4 }, () => ({ version: "v1", amount: 95 })),
    );
    await world.end();
    expect(outline(world.transitions).filter((line) => line.includes("Drift firing"))).toHaveLength(2);
  });
});

describe("what fires for a rule that was removed", () => {
  it("ends at the next tick", async () => {
    const store = createMemoryStore();
    const world = await worldOf({ fitted, store });
    await world.feed(traffic({ from: 0, to: 2 * HOUR }, () => ({ amount: 95 })));
    expect(world.engine.firing("m")).toHaveLength(1);
    const { model } = fitted;
    const without = {
      ...fitted,
      model: { ...model, rules: model.rules.filter(({ alert }) => alert !== "Drift") },
    };
    const later = await worldOf({ fitted: without, store, now: START + 2 * HOUR });
    await later.tick(START + 2 * HOUR + MINUTE);
    expect(later.alerts()).toEqual([{ alert: "Drift", state: "resolved", at: "02:01", reason: "rule gone" }]);
    expect(later.engine.firing("m")).toEqual([]);
    await later.tick(START + 2 * HOUR + 2 * MINUTE);
    expect(later.transitions).toHaveLength(1);
  });
});
