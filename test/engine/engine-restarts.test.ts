import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createOutbox } from "../../src/publish/outbox.ts";
import { decodeOutbox, encodeOutbox } from "../../src/publish/outbox-state.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { createLog } from "../../src/runtime/log.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Store } from "../../src/state/store.ts";
import type { Transition } from "../../src/verdict/alert.ts";
import { event, HOUR, MINUTE, modelOf, random, START, type Sent } from "./fixture.ts";
import { outline, worldOf } from "./world.ts";

const LOG = createLog({ level: "silent" });
const TICK = { now: START + 24 * HOUR };

/** How a life ends, after its last batch: nothing more is done, or one thing more each. */
const DEATHS = ["uncommitted", "committed", "judged", "delivered", "saved"] as const;
type Death = (typeof DEATHS)[number];

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({
    rules: `
  - { alert: Drift, measure: psi, columns: [amount], for: 10m, keepFiringFor: 30m }
  - { alert: Missing, measure: missing, columns: [amount], for: 3m, keepFiringFor: 10m }
  - { alert: Quick, measure: psi, columns: [amount], by: [version, region], keepFiringFor: 0s }`,
    head: "window: { size: 20m, pane: 1m, lateness: 1m }\nsegmentBy: [region]",
  });
});

/** Four hours: drift in the second, nulls in the third. */
function story(): Sent[] {
  const next = random(3);
  return Array.from({ length: 240 * 6 }, (_, i) => {
    const time = START + i * (MINUTE / 6);
    const hour = Math.floor((time - START) / HOUR);
    const amount = hour === 1 ? 95 : hour === 2 && i % 2 === 0 ? null : Math.floor(next() * 100);
    return event({ id: `e${i}`, time, amount });
  });
}

/** What people were told, and what stands in the store at the end. */
interface Outcome {
  readonly recorded: readonly string[];
  readonly delivered: readonly string[];
  /** Recorded, and to be told by the next life. */
  readonly waiting: readonly string[];
  readonly lives: number;
}

/** Reads the story in lives of one batch each, of this many records, every one on a store that is opened anew. */
async function live(
  open: () => Promise<Store>,
  size: number,
  deathOf: (life: number) => Death,
): Promise<Outcome> {
  const sent = story();
  const recorded: Transition[] = [];
  const delivered: string[] = [];
  let waiting: readonly string[] = [];
  let lives = 0;
  for (let next = 0; next < sent.length; lives += 1) {
    const store = await open();
    const outbox = createOutbox({
      sinks: [
        {
          name: "desk",
          live: true,
          deliver: async (alerts) => {
            delivered.push(...alerts.map(({ id, state }) => `${id} ${state}`));
            return 0;
          },
          close: async () => {},
        },
      ],
      maxAge: Number.POSITIVE_INFINITY,
      log: LOG,
    });
    const save = (): ReadonlyMap<string, Uint8Array> => new Map([["outbox", encodeOutbox(outbox.state())]]);
    const saved = (await store.readJudgement()).get("outbox");
    outbox.restore(saved === undefined ? undefined : decodeOutbox(saved));
    const death = deathOf(lives);
    const world = await worldOf({
      fitted,
      store,
      transitions: recorded,
      commitRows: death === "uncommitted" ? Number.POSITIVE_INFINITY : 1,
      onTransitions(transitions) {
        outbox.add(transitions);
        return transitions.length === 0 ? new Map() : save();
      },
    });
    world.judging = death !== "uncommitted" && death !== "committed";
    const from = world.next.get("s/0") ?? 0;
    await world.feed(sent.slice(from, from + size));
    if (death === "delivered" || death === "saved") {
      await outbox.deliver(TICK);
      if (death === "saved") await store.writeJudgement(save());
    }
    next = death === "uncommitted" ? from : from + size;
    const { sinks } = decodeOutbox(
      (await store.readJudgement()).get("outbox") ?? encodeOutbox(outbox.state()),
    );
    waiting = (sinks["desk"]?.pending ?? []).map(({ alert: { id, state } }) => `${id} ${state}`);
    await store.close();
  }
  return { recorded: outline(recorded), delivered, waiting, lives };
}

/** Without what is told again after a crash that came between its delivery and the note of it. */
function once(delivered: readonly string[]): string[] {
  return [...new Set(delivered)];
}

describe("a daemon that is started anew for every few records", () => {
  it("records, tells and times the same as one that never stopped", async () => {
    const directory = mkdtempSync(join(tmpdir(), "driftd-restarts-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const memory = createMemoryStore();
    const never = await live(
      async () => memory,
      1_000_000,
      () => "saved",
    );
    expect(never.lives).toBe(1);
    expect(never.recorded.join("\n")).toMatch(/Drift firing[^]*Missing firing[^]*Drift resolved/);

    const path = join(directory, "state");
    const next = random(11);
    const restarted = await live(
      () => openLmdbStore({ path, clock: systemClock }),
      30,
      (life) => (life % 7 === 6 ? "saved" : (DEATHS[Math.floor(next() * DEATHS.length)] ?? "saved")),
    );
    expect(restarted.lives).toBeGreaterThan(40);
    expect(restarted.recorded).toEqual(never.recorded);
    expect(new Set(restarted.recorded).size).toBe(restarted.recorded.length);
    expect(once([...restarted.delivered, ...restarted.waiting]).toSorted()).toEqual(
      once(never.delivered).toSorted(),
    );
    expect(restarted.delivered.length).toBeGreaterThan(never.delivered.length);
  });

  it("is told nothing twice where it is stopped in order", async () => {
    const whole = createMemoryStore();
    const never = await live(
      async () => whole,
      1_000_000,
      () => "saved",
    );
    const memory = createMemoryStore();
    const restarted = await live(
      async () => memory,
      40,
      () => "saved",
    );
    expect(restarted.recorded).toEqual(never.recorded);
    expect(restarted.delivered).toEqual(never.delivered);
    expect(never.recorded.length).toBeGreaterThan(4);
    expect(restarted.waiting).toEqual([]);
  });
});
