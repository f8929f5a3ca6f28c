import { describe, expect, it } from "vitest";
import { DAY, event, garbage, HOUR, MINUTE, modelOf, START, traffic, type Sent } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

const SCHEMA = "  - { alert: SchemaBroken, measure: invalid, above: 0.05, for: 5m, keepFiringFor: 10m }";

/** What stands where a record's bytes should: at the rate of the usual traffic. */
function broken(from: number, to: number, value: object | string): Sent[] {
  return traffic({ from, to }).map(({ timestamp }) => ({ timestamp, value }));
}

function states(world: World): string[] {
  return world.alerts().map(({ alert, state }) => `${alert} ${state}`);
}

describe("SchemaBroken", () => {
  const fitted = modelOf({ rules: SCHEMA });

  it.each<[string, object | string]>([
    ["invalid", { model: "m", version: "v1", time: "yesterday", features: {} }],
    ["undecodable", "{"],
  ])("fires for a stream that turns all %s, and resolves when it is well again", async (_, value) => {
    const world = await worldOf({ fitted });
    await world.feed(traffic({ from: 0, to: 2 * HOUR }));
    await world.feed(broken(2 * HOUR, 3 * HOUR, value));
    expect(states(world)).toEqual(["SchemaBroken firing"]);
    expect(world.transitions[0]?.alert.startsAt.slice(11, 16)).toMatch(/^02:0|^02:1/);
    await world.feed(traffic({ from: 3 * HOUR, to: 5 * HOUR }));
    await world.end();
    expect(states(world)).toEqual(["SchemaBroken firing", "SchemaBroken resolved"]);
  });

  it.each<[string, object | string]>([
    ["undecodable", "{"],
    ["invalid", { model: "m", version: "v1", time: "yesterday", features: {} }],
    ["invalid without a version", { model: "m", time: "yesterday" }],
  ])("fires for a stream that was %s from its first record", async (_, value) => {
    for (const pieces of [1, 50, 1000]) {
      const world = await worldOf({ fitted });
      const sent = broken(0, 2 * HOUR, value);
      for (let from = 0; from < sent.length; from += pieces)
        await world.feed(sent.slice(from, from + pieces));
      await world.end();
      expect(states(world)).toEqual(["SchemaBroken firing"]);
      const { received, measured, undecodable, dropped } = world.ledger("s");
      expect([received + undecodable, measured, dropped.invalid + undecodable]).toEqual([240, 0, 240]);
    }
  });

  it("fires for rows that lost their version with all else", async () => {
    const world = await worldOf({ fitted });
    await world.feed(traffic({ from: 0, to: 2 * HOUR }));
    await world.feed(broken(2 * HOUR, 3 * HOUR, { model: "m", time: "yesterday" }));
    expect(states(world)).toEqual(["SchemaBroken firing"]);
    expect(world.transitions[0]?.alert.version).toBe("");
  });

  it("fires by a restarted daemon too", async () => {
    const first = await worldOf({ fitted });
    await first.feed(traffic({ from: 0, to: 2 * HOUR }));
    const second = await worldOf({ fitted, store: first.store });
    await second.feed(broken(2 * HOUR, 3 * HOUR, "{"));
    expect(states(second)).toEqual(["SchemaBroken firing"]);
    expect(second.transitions[0]?.alert.version).toBe("v1");
  });

  it("is not deceived by timestamps ahead of the clock", async () => {
    const world = await worldOf({ fitted, now: START + 6 * HOUR });
    await world.feed([garbage(START + 365 * DAY)]);
    await world.feed(traffic({ from: 0, to: 2 * HOUR }));
    await world.feed([garbage(START + 365 * DAY)]);
    await world.feed(traffic({ from: 2 * HOUR, to: 4 * HOUR }));
    await world.end();
    expect(world.alerts()).toEqual([]);
    expect(world.ledger("s").measured).toBe(480);
  });
});

describe("missing values, of which the reference has none", () => {
  const fitted = modelOf({
    rules: "  - { alert: Nulls, measure: missing, columns: [amount], atLeast: 0.01, keepFiringFor: 0s }",
  });

  /** An hour of nulls at these minutes after the first two hours. */
  async function firesFor(nullsByMinute: Readonly<Record<number, number>>): Promise<boolean> {
    const world = await worldOf({ fitted });
    await world.feed(
      traffic({ from: 0, to: 4 * HOUR, perMinute: 10 }, (time, i) => {
        const nulls = nullsByMinute[Math.floor((time - START) / MINUTE) - 120] ?? 0;
        return i % 10 < nulls ? { amount: null } : {};
      }),
    );
    await world.end();
    return world.alerts().some(({ alert }) => alert === "Nulls");
  }

  it("fire with 10 nulls in 3 panes, and with neither fewer nulls nor fewer panes", async () => {
    expect(await firesFor({ 0: 4, 5: 3, 9: 3 })).toBe(true);
    expect(await firesFor({ 0: 3, 5: 3, 9: 3 })).toBe(false);
    expect(await firesFor({ 0: 10, 5: 10 })).toBe(false);
  });

  it("are judged where the window is one step only", async () => {
    const hourly = modelOf({
      rules: `  - { alert: Nulls, measure: missing, columns: [amount], window: { size: 1h, every: 1h } }`,
    });
    const world = await worldOf({ fitted: hourly });
    await world.feed(
      traffic({ from: 0, to: 4 * HOUR }, (_, i) => (i > 240 && i % 3 === 0 ? { amount: null } : {})),
    );
    await world.end();
    expect(states(world)).toEqual(["Nulls firing"]);
  });
});

describe("volume", () => {
  const fitted = modelOf({
    rules: "  - { alert: Quiet, measure: volume, below: 0.5, for: 5m, keepFiringFor: 10m }",
  });

  it("counts empty panes, and says so in event time once the stream goes on", async () => {
    const world = await worldOf({ fitted });
    await world.feed(traffic({ from: 0, to: 2 * HOUR }));
    await world.feed(traffic({ from: 6 * HOUR, to: 9 * HOUR }));
    await world.end();
    // 120 rows are usual in an hour: at 2:31 the last hour had fewer than 60.
    expect(world.alerts()).toEqual([
      { alert: "Quiet", state: "firing", at: "02:36", reason: "limit passed" },
      { alert: "Quiet", state: "resolved", at: "06:40", reason: "back within its limit" },
    ]);
  });

  it("does not judge windows that reach before the first event", async () => {
    const world = await worldOf({ fitted });
    await world.feed(traffic({ from: 0, to: 3 * HOUR }));
    await world.end();
    expect(world.alerts()).toEqual([]);
  });

  it("does not take a reference with other bins for silence", async () => {
    const world = await worldOf({ fitted });
    await world.feed(traffic({ from: 0, to: 2 * HOUR }));
    const rebuilt = modelOf({
      rules: "  - { alert: Quiet, measure: volume, below: 0.5, for: 5m, keepFiringFor: 10m }",
      referenceRow: (i) => ({ amount: (i * 31) % 997 }),
    });
    expect(rebuilt.counting.layout.id).not.toBe(fitted.counting.layout.id);
    const later = await worldOf({ fitted: rebuilt, store: world.store });
    await later.feed(traffic({ from: 2 * HOUR, to: 5 * HOUR }));
    await later.end();
    expect(later.alerts()).toEqual([]);
  });
});

describe("freshness", () => {
  const fitted = modelOf({
    rules: "  - { alert: Silent, measure: freshness, above: 5m, for: 10m, keepFiringFor: 0s }",
  });

  it("fires once the newest event is older than limit and for together, and resolves with the next", async () => {
    const world = await worldOf({ fitted, now: START });
    await world.tick(START + HOUR);
    expect(world.alerts()).toEqual([]);
    await world.feed([event({ time: START + HOUR })]);
    await world.tick(START + HOUR + 15 * MINUTE);
    expect(world.alerts()).toEqual([]);
    await world.tick(START + HOUR + 16 * MINUTE);
    await world.tick(START + HOUR + 30 * MINUTE);
    await world.feed([event({ time: START + HOUR + 30 * MINUTE })]);
    await world.tick(START + HOUR + 31 * MINUTE);
    expect(world.alerts()).toEqual([
      { alert: "Silent", state: "firing", at: "01:16", reason: "limit passed" },
      { alert: "Silent", state: "resolved", at: "01:30", reason: "back within its limit" },
    ]);
  });

  it("does not call a file silent, however old its events are", async () => {
    const world = await worldOf({ fitted, now: START + 300 * DAY, files: true });
    await world.feed([event({ time: START })]);
    await world.tick(START + 301 * DAY);
    await world.end();
    await world.tick(START + 302 * DAY);
    expect(world.alerts()).toEqual([]);
  });

  it("does not call a stream silent that has ended", async () => {
    const world = await worldOf({ fitted, now: START });
    await world.feed([event({ time: START })]);
    await world.end();
    await world.tick(START + DAY);
    expect(world.alerts()).toEqual([]);
  });

  it("keeps its alert over a restart", async () => {
    const world = await worldOf({ fitted, now: START });
    await world.feed([event({ time: START })]);
    await world.tick(START + HOUR);
    const later = await worldOf({ fitted, store: world.store, now: START + 2 * HOUR });
    await later.tick(START + 2 * HOUR);
    expect(later.transitions).toEqual([]);
    expect(later.engine.firing("m").map(({ id }) => id)).toEqual([world.transitions[0]?.alert.id]);
  });
});

describe("an alert whose stream falls silent", () => {
  it("resolves for want of data after keepFiringFor of the wall clock without panes", async () => {
    const fitted = modelOf({
      rules: "  - { alert: Drift, measure: psi, columns: [amount], keepFiringFor: 30m }",
    });
    const world = await worldOf({ fitted, now: START });
    world.clock.advanceTo(START + 2 * HOUR);
    await world.feed(traffic({ from: 0, to: 2 * HOUR }, () => ({ amount: 95 })));
    await world.tick(START + 2 * HOUR + 30 * MINUTE);
    expect(states(world)).toEqual(["Drift firing"]);
    await world.tick(START + 2 * HOUR + 31 * MINUTE);
    expect(world.alerts()[1]).toEqual({ alert: "Drift", state: "resolved", at: "02:31", reason: "no data" });
    await world.tick(START + 3 * HOUR);
    expect(world.transitions).toHaveLength(2);
  });
});
