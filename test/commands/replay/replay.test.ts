import { describe, expect, it } from "vitest";
import { openReplay, type Replay } from "../../../src/commands/replay/replay.ts";
import { episodesOf } from "../../../src/commands/replay/episodes.ts";
import { publicKeys } from "../../../src/event/ids.ts";
import {
  batchOf,
  DAY,
  HOUR,
  LIMITS,
  MINUTE,
  modelOf,
  START,
  streamsOf,
  traffic,
} from "../../engine/fixture.ts";
import type { Sent } from "../../engine/fixture.ts";
import { outline, worldOf } from "../../engine/world.ts";

const NULLS =
  " - { alert: NullSpike, measure: missing, columns: [amount], above: 0.2, for: 5m, keepFiringFor: 10m }";
const FITTED = modelOf({ rules: NULLS });
const RECEIVED_AT = { now: START + 30 * DAY };

/** Four hours, of which an hour lacks most amounts. */
function nullHour(): Sent[] {
  return traffic({ from: 0, to: 4 * HOUR }, (time) => {
    const since = time - START;
    return since >= HOUR && since < 2 * HOUR ? { amount: null } : {};
  });
}

async function replayOf(options: { from?: number; commitRows?: number } = {}): Promise<Replay> {
  return openReplay({
    streams: streamsOf(false),
    models: [FITTED],
    keys: publicKeys(),
    ...LIMITS,
    receivedAt: RECEIVED_AT,
    ...options,
  });
}

async function feed(replay: Replay, sent: readonly Sent[], size = 100): Promise<void> {
  for (let at = 0; at < sent.length; at += size) {
    const part = sent.slice(at, at + size);
    await replay.feed(batchOf({ stream: "s", partition: 0, firstOffset: at }, part));
  }
}

describe("a replay", () => {
  it("says of history what the daemon's engine says of it, however much is judged at once", async () => {
    const world = await worldOf({ fitted: FITTED });
    await world.feed(nullHour());
    await world.end();
    expect(outline(world.transitions).length).toBe(2);
    for (const commitRows of [30, 100_000]) {
      const replay = await replayOf({ commitRows });
      await feed(replay, nullHour());
      await replay.finish();
      expect(outline(replay.transitions)).toEqual(outline(world.transitions));
      // Also where an alert has ended before anybody could look at its window.
      expect(replay.transitions[0]?.alert).toEqual(world.transitions[0]?.alert);
      expect(replay.ledgers()["s"]).toMatchObject({ received: 480, measured: 480, waiting: 0 });
    }
  });

  it("keeps few panes open, however far apart the events are", async () => {
    const replay = await replayOf();
    const sparse = traffic({ from: 0, to: 700 * HOUR }).filter((_, i) => i % 120 === 0);
    const open: number[] = [];
    for (let at = 0; at < sparse.length; at += 50) {
      await replay.feed(batchOf({ stream: "s", partition: 0, firstOffset: at }, sparse.slice(at, at + 50)));
      open.push(replay.engine.tasks.get("s", 0)?.models.get("m")?.intake.panes.size ?? 0);
    }
    expect(sparse.length).toBe(700);
    expect(Math.max(...open)).toBeLessThan(250);
    await replay.finish();
    expect(replay.ledgers()["s"]).toMatchObject({ received: 700, measured: 700 });
  });

  it("stands at the newest event time, whatever that is", async () => {
    const replay = await replayOf();
    expect(replay.now()).toBe(0);
    await feed(replay, traffic({ from: 0, to: HOUR }));
    expect(replay.now()).toBe(START + HOUR - MINUTE / 2);
  });

  it("passes over batches that lie before where it begins, and says how many rows that were", async () => {
    const replay = await replayOf({ from: START + 3 * HOUR });
    await feed(replay, nullHour());
    await replay.finish();
    expect(replay.transitions).toEqual([]);
    // Of batches of 100 rows, two a minute, the fourth is the first that reaches the fourth hour.
    expect(replay.passedOver.get("s")).toBe(300);
    expect(replay.ledgers()["s"]?.received).toBe(180);
  });

  it("counts what has no time at all", async () => {
    const replay = await replayOf({ from: START });
    const timeless = { timestamp: Number.NaN, value: { id: "a", model: "m", features: { amount: 1 } } };
    await feed(replay, [timeless]);
    await replay.finish();
    expect(replay.passedOver.size).toBe(0);
    expect(replay.ledgers()["s"]?.dropped.invalid).toBe(1);
  });

  it("knows no silence in history, and all of it where it is asked to", async () => {
    const fitted = modelOf({ rules: " - { alert: StreamSilent, measure: freshness, above: 5m }" });
    for (const isLive of [false, true]) {
      const replay = await openReplay({
        streams: streamsOf(false),
        models: [fitted],
        keys: publicKeys(),
        ...LIMITS,
        receivedAt: RECEIVED_AT,
        isLive,
      });
      await feed(replay, traffic({ from: 0, to: HOUR }));
      await replay.advanceTo(START + 2 * HOUR);
      expect(replay.transitions.map(({ alert }) => alert.alert)).toEqual(isLive ? ["StreamSilent"] : []);
    }
  });

  it("ends no alert for want of data while another partition is still to be read", async () => {
    const replay = await replayOf({ commitRows: 30 });
    replay.engine.tasks.setPartitions("s", 2);
    await replay.ingestion.assigned([0, 1]);
    // Of two events a minute one is in each partition; the second is read an hour and a half behind the first.
    const parts = [0, 1].map((partition) => nullHour().filter((_, i) => i % 2 === partition));
    for (let at = 0; at < 240 + 90; at += 30) {
      for (const [partition, from] of [at, at - 90].entries()) {
        const sent = parts[partition]?.slice(Math.max(0, from), Math.max(0, from + 30)) ?? [];
        await replay.feed(batchOf({ stream: "s", partition, firstOffset: from }, sent));
      }
    }
    await replay.finish();
    expect(replay.ledgers()["s"]).toMatchObject({ received: 480, measured: 480 });
    const whole = await replayOf();
    await feed(whole, nullHour());
    await whole.finish();
    expect(outline(replay.transitions)).toEqual(outline(whole.transitions));
  });

  it("tells of every firing with its end", async () => {
    const replay = await replayOf();
    expect(episodesOf(replay.transitions)).toEqual([]);
    await feed(replay, nullHour());
    await replay.finish();
    const [{ alert, resolved, from, to }] = episodesOf(replay.transitions);
    expect(from).toBe(Date.parse(alert.startsAt));
    expect(to).toBe(Date.parse(resolved?.endsAt ?? ""));
    expect(resolved?.id).toBe(alert.id);
    expect(to).toBeGreaterThan(from);
  });
});
