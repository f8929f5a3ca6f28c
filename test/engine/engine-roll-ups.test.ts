import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unpackInto } from "../../src/counts/packed.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Store } from "../../src/state/store.ts";
import type { PaneValue } from "../../src/window/pane.ts";
import { ROLL_UP_STEPS, rollUpLayout } from "../../src/window/roll-up.ts";
import { paneLayout } from "../../src/window/task-delta.ts";
import { DAY, event, HOUR, MINUTE, modelOf, random, START, type Sent } from "./fixture.ts";
import { worldOf } from "./world.ts";

const [HOURS, DAYS] = ROLL_UP_STEPS;
const ROOT = mkdtempSync(join(tmpdir(), "driftd-roll-ups-"));
afterAll(() => rmSync(ROOT, { recursive: true }));

/** Counts by version, segment and span of event time. */
type Sums = Map<string, Float64Array>;

function addTo(sums: Sums, pane: Omit<PaneValue, "layout">, span: number): void {
  const { start, version, segment, packed } = pane;
  const key = JSON.stringify([Math.floor(start / span) * span, version, segment]);
  const sum = sums.get(key) ?? new Float64Array(fitted.counting.layout.stride);
  sums.set(key, sum);
  unpackInto(packed, sum, 1);
}

function sumsOf(panes: Iterable<PaneValue>, span: number): Sums {
  const sums: Sums = new Map();
  for (const pane of panes) addTo(sums, pane, span);
  return sums;
}

async function read(store: Store, layout: string): Promise<readonly PaneValue[]> {
  return store.readPanes({ layout, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY });
}

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({
    rules: "  - { alert: Drift, measure: psi, columns: [amount] }",
    head: "window: { size: 1h, pane: 10m, lateness: 2m }\nsegmentBy: [region]\nversions: { keep: 2 }",
  });
});

/** Sixteen days of one partition: about six rows an hour, some late, of three versions, with days of silence. */
function fortnight(seed: number): Sent[] {
  const next = random(seed);
  const sent: Sent[] = [];
  for (let at = 0; at < 16 * DAY; at += Math.floor(next() * 20) * MINUTE) {
    if (at > 5 * DAY && at < 7.5 * DAY) at = 7.5 * DAY;
    const late = next() < 0.1 ? 3 * HOUR : Math.floor(next() * MINUTE);
    const version = ["v1", "v2", "v3"][Math.floor(next() * 3)];
    sent.push(event({ id: `${seed}/${at}`, time: START + at - late, version }, START + at));
  }
  return sent;
}

/** A store that remembers every pane that tasks have committed, beyond all pruning. */
function remember(store: Store, committed: Map<string, PaneValue>): Store {
  return {
    ...store,
    async commit(commit) {
      const outcome = await store.commit(commit);
      for (const pane of commit.panes) {
        const { group, partition } = commit.task;
        const key = JSON.stringify([group, partition, pane.layout, pane.start, pane.version, pane.segment]);
        committed.set(key, pane);
      }
      return outcome;
    },
  };
}

/**
 * Reads on to `until`, and dies mid-hour with rows in hand that were never committed; or between hours and the record that
 * they are closed. Answers how far panes were closed.
 */
async function live(options: {
  store: Store;
  partitions: readonly (readonly Sent[])[];
  until: number;
  crashes: boolean;
}): Promise<number> {
  const { store, partitions, until, crashes } = options;
  let isCut = false;
  const world = await worldOf({
    fitted,
    store: {
      ...store,
      async writeJudgement(changes) {
        if (isCut) throw new Error("pulled the plug");
        return store.writeJudgement(changes);
      },
    },
    partitions: partitions.length,
    commitRows: 25,
  });
  for (const [partition, sent] of partitions.entries()) {
    const rest = sent.slice(world.next.get(`s/${partition}`)).filter(({ timestamp }) => timestamp < until);
    for (let from = 0; from < rest.length; from += 40) {
      isCut = crashes && partition === 1 && from >= 40;
      await world.feed(rest.slice(from, from + 40), { partition });
    }
  }
  if (until === Number.POSITIVE_INFINITY) await world.end();
  return world.engine.closedThrough("m");
}

describe("hours and days", () => {
  it("hold what all panes held that were ever closed, through restarts and crashes, on the disk", async () => {
    const committed = new Map<string, PaneValue>();
    const path = join(ROOT, "state");
    const partitions = [fortnight(1), fortnight(2)];
    const next = random(7);
    const failures: string[] = [];
    let closed = Number.NEGATIVE_INFINITY;
    for (let run = 0; run < 12; run++) {
      const lmdb = await openLmdbStore({ path, clock: systemClock });
      const until = run === 11 ? Number.POSITIVE_INFINITY : START + ((run + next()) * 16 * DAY) / 11;
      const life = live({ store: remember(lmdb, committed), partitions, until, crashes: run % 3 === 2 });
      closed = await life.catch((error: unknown) => {
        failures.push(String(error));
        return closed;
      });
      await lmdb.close();
    }
    expect(failures.length).toBeGreaterThan(2);
    expect(new Set(failures)).toEqual(new Set(["Error: pulled the plug"]));

    const store = await openLmdbStore({ path, clock: systemClock });
    const layout = paneLayout(fitted.counting);
    const all = [...committed.values()].filter((pane) => pane.layout === layout);
    for (const step of ROLL_UP_STEPS) {
      const { span, keep } = step;
      const from = Math.ceil((closed - keep) / span) * span;
      const to = Math.floor(closed / span) * span;
      const expected = sumsOf(
        all.filter(({ start }) => start >= from && start < to),
        span,
      );
      expect(expected.size).toBeGreaterThan(40);
      const kept = await store.readPanes({ layout: rollUpLayout(fitted.counting, step), from, to: Infinity });
      expect(sumsOf(kept, span)).toEqual(expected);
      expect(kept).toHaveLength(expected.size);
    }
    // The panes themselves are long gone.
    const [oldest] = await read(store, layout);
    expect(oldest.start).toBeGreaterThan(closed - DAY);
    await store.close();
  });

  it("count every row that was measured once", async () => {
    const store = createMemoryStore();
    const world = await worldOf({ fitted, store, commitRows: 100 });
    const sent = fortnight(3).filter(({ timestamp }) => timestamp < START + 10 * DAY);
    for (let from = 0; from < sent.length; from += 30) await world.feed(sent.slice(from, from + 30));
    await world.feed([event({ time: START + 12 * DAY })]);
    await world.ingestion.flush(true);
    const { offset } = fitted.counting.layout.sections[0];
    for (const step of ROLL_UP_STEPS) {
      const all = (await read(store, rollUpLayout(fitted.counting, step))).filter(
        ({ segment }) => segment === "all",
      );
      const measured = [...sumsOf(all, step.span).values()].reduce((sum, counts) => sum + counts[offset], 0);
      expect(measured).toBe(world.ledger("s").measured - 1);
    }
  });

  it("of what is no longer counted are kept as long, and its panes as long as panes", async () => {
    const store = createMemoryStore();
    const before = await worldOf({ fitted, store });
    await before.feed([0, 1, 2, 3].map((hour) => event({ time: START + hour * HOUR })));
    const changed = modelOf({
      rules: "  - { alert: Drift, measure: psi, columns: [amount] }",
      head: "window: { size: 1h, pane: 5m, lateness: 2m }\nsegmentBy: [region]\nversions: { keep: 2 }",
    });
    const [old, oldHours] = [paneLayout(fitted.counting), rollUpLayout(fitted.counting, HOURS)];
    const another = { ...(await read(store, old))[0], layout: old.replace("m/", "m2/") };
    await store.writePanes([another]);
    const after = await worldOf({ fitted: changed, store });
    const hoursLeft = async (day: number): Promise<number[]> => {
      await after.feed([event({ time: START + day * DAY })]);
      return [
        (await read(store, old)).length,
        new Set((await read(store, oldHours)).map(({ start }) => start)).size,
      ];
    };
    expect(await hoursLeft(0.2)).toEqual([6, 2]);
    expect(await hoursLeft(1)).toEqual([0, 2]);
    expect(await hoursLeft(13)).toEqual([0, 2]);
    expect(await hoursLeft(15)).toEqual([0, 0]);
    expect(await read(store, another.layout)).toHaveLength(1);
  });

  it("are kept for a fortnight and for 400 days of event time", async () => {
    const slow = modelOf({
      rules: "  - { alert: Broken, measure: invalid, above: 0.5, by: [] }",
      head: "window: { size: 12h, pane: 6h, lateness: 0s }",
    });
    const store = createMemoryStore();
    const world = await worldOf({ fitted: slow, store, commitRows: 4, now: START + 900 * DAY });
    for (let day = 0; day < 430; day += 2) {
      await world.feed([0, 6, 24, 30].map((hour) => event({ time: START + day * DAY + hour * HOUR })));
    }
    const closed = world.engine.closedThrough("m");
    const starts = async (layout: string): Promise<number[]> =>
      [...new Set((await read(store, layout)).map(({ start }) => start))].map(
        (start) => (closed - start) / DAY,
      );
    const hours = await starts(rollUpLayout(slow.counting, HOURS));
    expect(hours.length).toBeGreaterThan(26);
    expect(Math.max(...hours)).toBeLessThanOrEqual(14.5);
    expect(Math.max(...hours)).toBeGreaterThanOrEqual(13.5);
    const days = await starts(rollUpLayout(slow.counting, DAYS));
    expect(days.length).toBeGreaterThan(398);
    expect(Math.max(...days)).toBeLessThanOrEqual(400.5);
  });
});
