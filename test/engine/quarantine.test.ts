import { beforeAll, describe, expect, it } from "vitest";
import type { DropReason } from "../../src/event/reason.ts";
import { createQuarantine } from "../../src/publish/quarantine.ts";
import type { QuarantineSink } from "../../src/publish/quarantine-sink.ts";
import type { QuarantineEntry } from "../../src/publish/quarantine-entry.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createSimulatedClock } from "../../src/runtime/clock.ts";
import { createLog } from "../../src/runtime/log.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import { COHORT_HEAD } from "./cohort-days.ts";
import { DAY, event, garbage, HOUR, label, MINUTE, modelOf, START, streamsOf, type Sent } from "./fixture.ts";
import { answered, asked, events } from "./half-events.ts";
import { joinedStreams } from "./half-world.ts";
import { worldOf, type WorldOptions } from "./world.ts";

let fitted: FittedModel;
beforeAll(() => {
  const rules = "\n  - { alert: Wrong, measure: brier, above: 0.3 }";
  fitted = modelOf({ rules, head: COHORT_HEAD, labels: true });
});

/** A daemon whose quarantine is a list; what it writes may be refused. */
async function quarantinedWorld(options: Partial<WorldOptions> = {}) {
  const written: QuarantineEntry[] = [];
  const stopping = new AbortController();
  const sink: QuarantineSink = {
    name: "a list",
    open: () => Promise.resolve(),
    async write(entries) {
      if (stopping.signal.aborted) throw new Error("it is full");
      written.push(...entries);
    },
    close: () => Promise.resolve(),
  };
  const quarantine = createQuarantine(sink, {
    config: { perMinute: 1_000, max: 1_000 },
    streams: (options.streams ?? streamsOf(true)).map((stream) => ({ ...stream, quarantine: "reasons" })),
    clock: createSimulatedClock(START),
    log: createLog({ level: "silent" }),
    signal: stopping.signal,
  });
  const world = await worldOf({ fitted, now: START + DAY, quarantine, ...options });
  const told = (): string[] =>
    written.map(({ stream, partition, dropped }) =>
      [`${stream}/${partition}/${dropped.offset}`, dropped.reason].join(" "),
    );
  return { world, written, told, stopping };
}

const ODD: readonly Sent[] = [
  event({ id: "a", time: START, score: 0.2 }),
  event({ id: "a", time: START, score: 0.2 }),
  event({ id: "a", time: START, score: 0.3 }),
  event({ id: "b", time: START + 10 * MINUTE }),
  event({ id: "c", time: START + MINUTE }, START + 10 * MINUTE),
  event({ id: "d", time: START + HOUR }, START + 10 * MINUTE),
  event({ id: "", time: START + 10 * MINUTE }),
  event({ id: "f", time: START + 10 * MINUTE, model: "stranger" }),
  garbage(START + 10 * MINUTE),
  { timestamp: START + 10 * MINUTE, value: null },
  { timestamp: START + 10 * MINUTE, value: "x".repeat(10_001) },
];
const TOLD = [
  "s/0/1 duplicate",
  "s/0/2 conflict",
  "s/0/4 late",
  "s/0/5 future",
  "s/0/6 invalid",
  "s/0/7 unknown-model",
  "s/0/8 undecodable",
  "s/0/10 oversize",
];

describe("what is dropped", () => {
  it("is written with its place and its reason, as often as the ledger counts it", async () => {
    const { world, written, told } = await quarantinedWorld();
    await world.feed(ODD);
    expect(told()).toEqual(TOLD);
    const ledger = world.ledger("s");
    for (const [reason, count] of Object.entries(ledger.dropped))
      expect([reason, written.filter(({ dropped }) => dropped.reason === reason).length]).toEqual([
        reason,
        count,
      ]);
    expect(ledger).toMatchObject({ undecodable: 1, oversize: 1, ignored: 1 });
  });

  it("is written before its offset is committed, and again where the commit is lost", async () => {
    const store = createMemoryStore();
    const { world, told } = await quarantinedWorld({ store });
    store.commit = () => Promise.reject(new Error("the disk is gone"));
    await expect(world.feed(ODD)).rejects.toThrow("the disk is gone");
    expect(told()).toEqual(TOLD);
    const { state } = await store.claim({ group: "s", partition: 0 });
    expect(state).toBeUndefined();
  });

  it("holds the commit where it cannot be written", async () => {
    const store = createMemoryStore();
    const { world, told, stopping } = await quarantinedWorld({ store });
    stopping.abort();
    await expect(world.feed(ODD)).rejects.toThrow(/a list could not be written before the end: it is full/);
    expect(told()).toEqual([]);
    expect((await store.claim({ group: "s", partition: 0 })).state).toBeUndefined();
  });

  it("is told of halves that are repeated or cannot be read, and how many nothing met", async () => {
    const { world, told, written } = await quarantinedWorld({ streams: joinedStreams(MINUTE) });
    const [one, other] = events(2);
    const feed = (stream: "asked" | "answered", sent: Sent): Promise<void> => world.feed([sent], { stream });
    await feed("asked", asked(one));
    await feed("asked", asked(one));
    await feed("answered", answered(one));
    await feed("answered", answered(other));
    await feed("asked", garbage(START));
    await world.end();
    expect(told().slice(0, 2)).toEqual(["asked/0/1 duplicate", "asked/0/2 undecodable"]);
    // Of halves that nothing met only their number is known, and their pane.
    expect(written.slice(2)).toMatchObject([
      { stream: "answered", dropped: { reason: "orphan-output", count: 1, recordTime: START, rows: [] } },
    ]);
    expect(world.ledger("answered")).toMatchObject({ measured: 1, dropped: { "orphan-output": 1 } });
  });

  it("is told of labels too: at once, when their wait is over, also after a restart, and at the end", async () => {
    const store = createMemoryStore();
    const { world, told } = await quarantinedWorld({ store });
    const labels = { stream: "l" };
    await world.feed([event({ id: "a", time: START })]);
    await world.feed(
      [label("a", 1, START), label("a", 1, START), label("nobody", 1, START), label("b", null, START)],
      labels,
    );
    expect(told()).toEqual(["l/0/1 duplicate", "l/0/3 invalid"]);

    const again = await quarantinedWorld({ store });
    await again.world.feed([event({ id: "c", time: START + HOUR })]);
    expect(again.told()).toEqual(["l/0/2 orphan-label" satisfies `${string} ${DropReason}`]);
    await again.world.feed([label("nobody else", 1, START + HOUR)], labels);
    expect(again.told()).toHaveLength(1);
    await again.world.end();
    expect(again.told()).toEqual(["l/0/2 orphan-label", "l/0/4 orphan-label"]);
    expect(again.world.ledger("l").dropped["orphan-label"]).toBe(2);
  });
});
