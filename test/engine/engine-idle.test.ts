import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { event, HOUR, MINUTE, modelOf, START, traffic } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: "  - { alert: Drift, measure: psi, columns: [amount], keepFiringFor: 0s }" });
});

function declareIdle(world: World, partition: number): void {
  const progress = world.engine.tasks.get("s", partition)?.streams.get("s");
  if (progress === undefined) throw new Error(`no partition ${partition}`);
  progress.idle = true;
}

function closed(world: World): number {
  return (world.engine.closedThrough("m") - START) / MINUTE;
}

describe("an idle partition", () => {
  it("holds the panes back until it is declared idle; what it brings of closed panes is late", async () => {
    const world = await worldOf({ fitted, partitions: 2 });
    await world.feed([event({ time: START + 4 * MINUTE })], { partition: 1 });
    await world.feed(traffic({ from: 0, to: 30 * MINUTE }), { partition: 0 });
    // Minute 4 less two minutes of lateness.
    expect(closed(world)).toBe(2);
    declareIdle(world, 1);
    await world.tick(START + HOUR);
    expect(closed(world)).toBe(27);
    await world.feed([event({ time: START + 3 * MINUTE }), event({ time: START + 28 * MINUTE })], {
      partition: 1,
    });
    const { measured, dropped } = world.ledger("s");
    expect([measured, dropped.late]).toEqual([62, 1]);
    // Nothing that was closed is opened again.
    expect(closed(world)).toBe(27);
  });

  it("is no reason to wait where all are, so that the last pane is judged too", async () => {
    const world = await worldOf({ fitted, partitions: 2 });
    await world.feed(
      traffic({ from: 0, to: 90 * MINUTE }, () => ({ amount: 95 })),
      { partition: 0 },
    );
    expect(closed(world)).toBe(Number.NEGATIVE_INFINITY);
    declareIdle(world, 0);
    declareIdle(world, 1);
    await world.tick(START + 2 * HOUR);
    expect(closed(world)).toBe(90);
    expect(world.alerts()).toMatchObject([{ alert: "Drift", state: "firing", at: "01:00" }]);
  });

  it("that nobody owns holds the panes, whatever the others say", async () => {
    const world = await worldOf({ fitted, partitions: 2 });
    await world.feed(traffic({ from: 0, to: 30 * MINUTE }), { partition: 0 });
    await world.feed(traffic({ from: 0, to: 30 * MINUTE }), { partition: 1 });
    expect(closed(world)).toBe(27);
    world.ingestion.revoked([1]);
    await world.feed(traffic({ from: 30 * MINUTE, to: HOUR }), { partition: 0 });
    expect(closed(world)).toBe(27);
  });

  it("that wakes holds the panes from its first row on, also while that waits for the quarantine to be written", async () => {
    const closedMeanwhile: number[] = [];
    let isFull = false;
    const world: World = await worldOf({
      fitted,
      partitions: 2,
      commitRows: 100,
      quarantine: {
        add: () => undefined,
        addLate: () => undefined,
        room: () => 0,
        isFull: () => isFull,
        async flush(whileAway) {
          // It cannot be written at first: the clock goes on, and what is committed is judged.
          await whileAway?.();
          closedMeanwhile.push(closed(world));
        },
      },
    });
    await world.feed([event({ time: START + 4 * MINUTE })], { partition: 1 });
    await world.feed(traffic({ from: 0, to: HOUR }), { partition: 0 });
    declareIdle(world, 1);
    world.judging = false;
    await world.ingestion.flush(true);
    expect(closedMeanwhile.splice(0)).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    // Minutes 0 to 57 could be closed without it, and nobody has looked yet.
    world.judging = true;
    isFull = true;
    await world.feed([event({ time: START + 30 * MINUTE })], { partition: 1 });
    expect(closedMeanwhile).toEqual([2]);
    await world.ingestion.flush(true);
    const { measured, dropped } = world.ledger("s");
    expect([measured, dropped.late]).toEqual([122, 0]);
    expect(closed(world)).toBe(28);
  });
});
