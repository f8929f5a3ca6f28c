import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Store } from "../../src/state/store.ts";
import type { Transition } from "../../src/verdict/alert.ts";
import { ROLL_UP_STEPS, rollUpLayout } from "../../src/window/roll-up.ts";
import { paneLayout } from "../../src/window/task-delta.ts";
import { event, garbage, HOUR, MINUTE, modelOf, random, START, type Sent } from "./fixture.ts";
import { outline, worldOf, type World } from "./world.ts";

const RULES = `
  - { alert: Drift, measure: psi, columns: [amount, region], for: 5m, keepFiringFor: 10m }
  - { alert: DriftByRegion, measure: psi, columns: [amount], by: [version, region], window: { size: 2h, every: 10m }, keepFiringFor: 20m }
  - { alert: Missing, measure: missing, columns: [amount], for: 2m, keepFiringFor: 0s }
  - { alert: SchemaBroken, measure: invalid, above: 0.05, for: 3m, keepFiringFor: 5m }
  - { alert: Moved, measure: wasserstein, columns: [amount], by: [version, region], for: 3m }
  - { alert: Quiet, measure: volume, below: 0.5, for: 3m, keepFiringFor: 5m }`;
const HEAD = "window: { size: 1h, pane: 1m, lateness: 2m }\nsegmentBy: [region]\nversions: { keep: 2 }";

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: RULES, head: HEAD, perHour: 240 });
});

/**
 * Five hours of one partition in which everything happens: drift, nulls, garbage, faults, late and future rows, new versions,
 * an hour of silence. Event times are up to a minute out of order.
 */
function busyDay(seed: number, perMinute: number): Sent[] {
  const next = random(seed);
  const sent: Sent[] = [];
  for (let minute = 0; minute < 300; minute++) {
    if (minute >= 190 && minute < 250) continue;
    for (let i = 0; i < perMinute; i++) {
      const timestamp = START + minute * MINUTE + Math.floor((i * MINUTE) / perMinute);
      const dice = next();
      const version = minute < 20 || dice < 0.7 ? "v1" : dice < 0.9 ? "v2" : dice < 0.95 ? "v3" : "";
      const isDrifted = minute >= 60 && minute < 120;
      const amount = minute >= 130 && dice < 0.2 ? null : isDrifted ? 90 + (i % 9) : Math.floor(next() * 100);
      const time = timestamp - Math.floor(next() * MINUTE);
      if (minute > 150 && dice > 0.85) sent.push(garbage(timestamp));
      else if (dice > 0.98) sent.push(event({ time: time - 10 * MINUTE, version, amount }, timestamp));
      else if (dice > 0.97) sent.push(event({ time: time + HOUR, version }, timestamp));
      else if (dice > 0.96) sent.push({ timestamp, value: { time: "never", model: "m", version } });
      else sent.push(event({ id: `${seed}/${minute}/${i}`, time, version, amount }, timestamp));
    }
  }
  return sent;
}

/** Every stored pane, and every hour that they add up to, as text. */
async function panesOf(store: Store): Promise<string[]> {
  const { counting } = fitted;
  const layouts = [paneLayout(counting), ...ROLL_UP_STEPS.map((step) => rollUpLayout(counting, step))];
  const panes = await Promise.all(
    layouts.map((layout) =>
      store.readPanes({ layout, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }),
    ),
  );
  return panes
    .flat()
    .map(
      ({ layout, task, version, segment, start, packed }) =>
        `${layout} ${task?.partition} ${version} ${segment} ${start} ${Buffer.from(packed).toString("hex")}`,
    )
    .toSorted();
}

function* pieces(sent: readonly Sent[], size: () => number): Generator<readonly Sent[]> {
  for (let from = 0; from < sent.length;) {
    const to = from + size();
    yield sent.slice(from, to);
    from = to;
  }
}

interface Outcome {
  readonly panes: string[];
  readonly outline: string[];
  readonly ledger: unknown;
}

async function outcomeOf(world: World): Promise<Outcome> {
  return {
    panes: await panesOf(world.store),
    outline: outline(world.transitions),
    ledger: world.ledger("s"),
  };
}

async function runInPieces(sent: readonly Sent[], size: () => number, commitRows: number): Promise<Outcome> {
  const world = await worldOf({ fitted, commitRows });
  for (const piece of pieces(sent, size)) await world.feed(piece);
  await world.end();
  return outcomeOf(world);
}

describe("the same records", () => {
  it("give the same panes and verdicts in batches and commits of any size", async () => {
    const sent = busyDay(1, 4);
    const whole = await runInPieces(sent, () => 1000, 1);
    expect(whole.outline.join("\n")).toMatch(/Drift firing/);
    expect(new Set(whole.outline.map((line) => line.split(" ")[1])).size).toBe(5);
    const next = random(9);
    for (const [size, commitRows] of [
      [() => 1, 1],
      [() => 7, 50],
      [() => 1 + Math.floor(next() * 40), 1],
      [() => 1 + Math.floor(next() * 400), 200],
    ] as const) {
      expect(await runInPieces(sent, size, commitRows)).toEqual(whole);
    }
  });

  it("give the same panes and verdicts however the partitions take turns", async () => {
    const partitions = [busyDay(2, 2), busyDay(3, 2), busyDay(4, 1)];
    const run = async (seed: number): Promise<Outcome> => {
      const next = random(seed);
      const world = await worldOf({ fitted, partitions: 3, commitRows: 1 + Math.floor(next() * 30) });
      // Versions are admitted as they come, whichever partition brings them: here they are known.
      world.engine.setVersions("m", await world.store.admitVersions("m", ["v1", "v2"], 2));
      const rest = partitions.map((sent) => [...sent]);
      while (rest.some(({ length }) => length > 0)) {
        const partition = Math.floor(next() * 3);
        const piece = rest[partition]?.splice(0, 1 + Math.floor(next() * 60)) ?? [];
        if (piece.length > 0) await world.feed(piece, { partition });
      }
      await world.end();
      return outcomeOf(world);
    };
    const first = await run(1);
    expect(first.outline.length).toBeGreaterThan(5);
    for (const seed of [2, 3, 4, 5]) expect(await run(seed)).toEqual(first);
  });
});

describe("a restart", () => {
  /** Reads everything, and dies on the way: after some batches, with work that was never committed, or before judging. */
  async function runWithDeaths(sent: readonly Sent[], seed: number): Promise<Outcome & { deaths: number }> {
    const next = random(seed);
    const store = createMemoryStore();
    const transitions: Transition[] = [];
    let deaths = 0;
    for (;;) {
      const world = await worldOf({ fitted, store, transitions, commitRows: 1 + Math.floor(next() * 60) });
      let position = world.next.get("s/0") ?? 0;
      const life = 1 + Math.floor(next() * 5);
      for (let batch = 0; batch < life && position < sent.length; batch++) {
        const piece = sent.slice(position, position + 1 + Math.floor(next() * 80));
        // The last batch of a life may be committed and never judged.
        world.judging = batch < life - 1 || next() < 0.5;
        await world.feed(piece);
        position += piece.length;
      }
      if (position >= sent.length) {
        world.judging = true;
        await world.end();
        return { ...(await outcomeOf(world)), deaths };
      }
      deaths++;
    }
  }

  it("gives the same panes and verdicts as never stopping, and none twice", async () => {
    const sent = busyDay(5, 4);
    const { outline: expected, panes, ledger } = await runInPieces(sent, () => 50, 1);
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const restarted = await runWithDeaths(sent, seed);
      expect(restarted.deaths).toBeGreaterThan(3);
      expect(restarted.outline).toEqual(expected);
      expect(restarted.panes).toEqual(panes);
      expect(restarted.ledger).toEqual(ledger);
      expect(new Set(restarted.outline).size).toBe(restarted.outline.length);
    }
  });

  it("keeps counting `for`, and keeps what fires with its start", async () => {
    const patient = modelOf({
      rules: "  - { alert: Drift, measure: psi, columns: [amount], for: 30m, keepFiringFor: 30m }",
    });
    const story = [...Array(240).keys()].flatMap((minute) =>
      [0, 1].map((i) =>
        event({ time: START + minute * MINUTE + i * 30_000, amount: minute < 90 ? (minute * 7) % 100 : 95 }),
      ),
    );
    const unbroken = await worldOf({ fitted: patient });
    await unbroken.feed(story);
    const [fired] = unbroken.transitions;
    const store = createMemoryStore();
    const transitions: Transition[] = [];
    const remembered: { id: string; startsAt: string }[] = [];
    for (let from = 0; from < story.length; from += 20) {
      const world = await worldOf({ fitted: patient, store, transitions });
      const firing = world.engine.firing("m").map(({ id, startsAt }) => ({ id, startsAt }));
      if (transitions.length > 0) remembered.push(...firing);
      await world.feed(story.slice(from, from + 20));
    }
    expect(outline(transitions)).toEqual(outline(unbroken.transitions));
    expect(transitions).toHaveLength(1);
    const { id, startsAt } = fired?.alert ?? {};
    expect(remembered.length).toBeGreaterThan(5);
    expect(new Set(remembered.map((one) => `${one.id} ${one.startsAt}`))).toEqual(
      new Set([`${id} ${startsAt}`]),
    );
  });
});
