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
import { answered, asked, events, wholeOf } from "./half-events.ts";
import { tellHalves, type HalfRecord } from "./half-story.ts";
import { joinedStreams } from "./half-world.ts";
import { worldOf, type WorldOptions } from "./world.ts";

let fitted: FittedModel;
beforeAll(() => {
  const rules = "\n  - { alert: Wrong, measure: brier, above: 0.3 }";
  fitted = modelOf({ rules, head: COHORT_HEAD, labels: true });
});

/** A daemon whose quarantine is a list; what it writes may be refused. */
async function quarantinedWorld(options: Partial<WorldOptions> & { readonly perMinute?: number } = {}) {
  const { perMinute = 1_000, ...rest } = options;
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
    config: { perMinute, max: 1_000 },
    streams: (options.streams ?? streamsOf(true)).map((stream) => ({ ...stream, quarantine: "reasons" })),
    clock: createSimulatedClock(START),
    log: createLog({ level: "silent" }),
    signal: stopping.signal,
  });
  const world = await worldOf({ fitted, now: START + DAY, quarantine, ...rest });
  const told = (): string[] =>
    written.map(({ stream, partition, dropped }) =>
      [`${stream}/${partition}/${dropped.offset}`, dropped.reason].join(" "),
    );
  const leftOut = (stream: string): number | undefined => quarantine.counts().streams[stream]?.leftOut;
  return { world, written, told, stopping, leftOut };
}

function tensorOf(name: string, data: readonly number[]): object {
  return { name, datatype: "FP64", shape: [data.length, 1], data };
}

function askedOf({ id, time, values, isInvalid }: HalfRecord): Sent {
  return {
    timestamp: time,
    value: { id: isInvalid === true ? "" : `r${id}`, inputs: [tensorOf("amount", values)] },
  };
}

function answeredOf({ id, time, values, isFailed }: HalfRecord): Sent {
  const answer = isFailed === true ? { error: "out of memory" } : { outputs: [tensorOf("score", values)] };
  return { timestamp: time, value: { id: `r${id}`, model_name: "m", ...answer } };
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

  it("is told of halves that are repeated or cannot be read, and of those that nothing met", async () => {
    const { world, told, written } = await quarantinedWorld({ streams: joinedStreams(MINUTE) });
    const [one, other] = events(2);
    const feed = (stream: "asked" | "answered", sent: Sent): Promise<void> => world.feed([sent], { stream });
    await feed("asked", asked(one));
    await feed("asked", asked(one));
    await feed("answered", answered(one));
    await feed("answered", answered(other));
    await feed("asked", garbage(START));
    await world.end();
    expect(told()).toEqual(["asked/0/1 duplicate", "asked/0/2 undecodable", "answered/0/1 orphan-output"]);
    const { dropped } = written[2];
    expect(dropped.recordTime).toBe(wholeOf(answered(other)).time);
    expect(dropped.rows).toEqual([{ row: 0, reason: "orphan-output", model: "m", columns: [] }]);
    expect(world.ledger("answered")).toMatchObject({ measured: 1, dropped: { "orphan-output": 1 } });
  });

  it.each([
    { commitRows: 1, restarts: false },
    { commitRows: 60, restarts: false },
    { commitRows: 9, restarts: true },
  ])("is told of every half that the ledger counts, by its place: %o", async ({ commitRows, restarts }) => {
    const store = createMemoryStore();
    const streams = joinedStreams(MINUTE).map(
      (stream) => ({ ...stream, format: "oip-v2", map: {} }) as const,
    );
    const begin = () => quarantinedWorld({ store, streams, commitRows });
    let { world, written } = await begin();
    const all: QuarantineEntry[] = [];
    const story = tellHalves({ seed: 5, requests: 400, within: MINUTE, step: 3_000 });
    const sides = { asked: [...story.inputs], answered: [...story.outputs] };
    while (sides.asked.length + sides.answered.length > 0) {
      for (const stream of ["asked", "answered"] as const)
        await world.feed(sides[stream].splice(0, 50).map(stream === "asked" ? askedOf : answeredOf), {
          stream,
        });
      if (!restarts) continue;
      // What was not committed is read again.
      await world.ingestion.flush(true);
      all.push(...written);
      ({ world, written } = await begin());
    }
    await world.end();
    all.push(...written);
    const told = new Map<string, number>();
    const places = new Set<string>();
    for (const { stream, dropped } of all) {
      expect(dropped.count).toBeUndefined();
      for (const { row, reason } of dropped.rows) {
        told.set(`${stream} ${reason}`, (told.get(`${stream} ${reason}`) ?? 0) + 1);
        const place = `${stream} ${dropped.offset} ${row}`;
        expect(places).not.toContain(place);
        places.add(place);
      }
    }
    const counted = ["asked", "answered"].flatMap((stream) =>
      Object.entries(world.ledger(stream).dropped).flatMap(([reason, count]) =>
        count === 0 ? [] : [[`${stream} ${reason}`, count] as const],
      ),
    );
    expect([...told].toSorted()).toEqual(counted.toSorted());
    for (const known of ["asked orphan-input", "answered orphan-output", "asked failed", "answered failed"])
      expect(told.get(known)).toBeGreaterThan(3);
  });

  it("is told by its place of a half that was given up since nothing came for long", async () => {
    const { world, written } = await quarantinedWorld({ streams: joinedStreams(MINUTE), commitRows: 1 });
    const [lone, first] = events(2);
    const later = event({ id: "later", time: START + HOUR });
    await world.feed([asked(lone), asked(first)], { stream: "asked" });
    await world.feed([answered(first)], { stream: "answered" });
    await world.feed([asked(later)], { stream: "asked" });
    await world.feed([answered(later)], { stream: "answered" });
    expect(written.map(({ stream, dropped }) => [stream, dropped.offset, dropped.reason])).toEqual([
      ["asked", 0, "orphan-input"],
    ]);
  });

  it("tells of halves beyond its rate by their number", async () => {
    const streams = joinedStreams(MINUTE);
    const { world, written, leftOut } = await quarantinedWorld({ streams, perMinute: 5 });
    await world.feed(events(20).map(asked), { stream: "asked" });
    await world.end();
    expect(world.ledger("asked").dropped["orphan-input"]).toBe(20);
    expect(new Set(written.map(({ dropped }) => dropped.offset)).size).toBe(5);
    expect(leftOut("asked")).toBe(15);
  });

  it("is told how many were turned away unread", async () => {
    const { world, written } = await quarantinedWorld({ isSent: true });
    const unread = { overflow: 3, oversize: 2 };
    expect(await world.ingestion.deliver([{ stream: "s", requests: [], unread }])).toEqual([true]);
    await world.ingestion.flush(true);
    const recordTime = START + DAY;
    expect(written.map(({ dropped }) => dropped)).toEqual([
      { count: 3, reason: "overflow", recordTime, rows: [] },
      { count: 2, reason: "oversize", recordTime, rows: [] },
    ]);
    expect(world.ledger("s")).toMatchObject({ oversize: 2, dropped: { overflow: 3 } });
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
