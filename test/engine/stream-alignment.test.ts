import { describe, expect, it } from "vitest";
import { completeStream } from "../../src/config/streams-section.ts";
import { Engine } from "../../src/engine/engine.ts";
import { createWallClock } from "../../src/runtime/clock.ts";
import { StreamAlignment } from "../../src/ingestion/stream-alignment.ts";
import type { Source } from "../../src/stream/source.ts";
import type { StreamProgress } from "../../src/window/stream-progress.ts";
import { DAY, HOUR, MINUTE, modelOf, START } from "./fixture.ts";

const STREAMS = [
  completeStream("s", { role: "inference", topic: "s", idleAfter: "60s" }, (path) => path),
  completeStream("l", { role: "labels", of: "s", topic: "l", idleAfter: "60s" }, (path) => path),
];

type Read = ReturnType<Source["partitions"]>[number];

/** A source of which a test says how far it is read, and which notes who is held back. */
function aligned(partitions: number, within?: number) {
  const fitted = modelOf({
    rules: "  - { alert: Wrong, measure: brier, above: 0.5 }",
    labels: true,
    perHour: 1,
  });
  const streams = STREAMS.map(({ name, role }) => ({
    name,
    role: role as "inference" | "labels",
    models: ["m"],
  }));
  const group = { name: "s", streams, ...(within === undefined ? {} : { within }) };
  const engine = new Engine({ groups: [group], models: [fitted] });
  engine.tasks.setPartitions("s", partitions);
  const read = new Map<string, Read>();
  for (let partition = 0; partition < partitions; partition++) {
    engine.openTask("s", partition, undefined);
    for (const { name } of streams) {
      read.set(`${name}/${partition}`, { stream: name, partition, end: 100, next: 0, assigned: true });
    }
  }
  const held = new Set<string>();
  const source: Source = {
    start: async () => undefined,
    stop: async () => undefined,
    pause: (stream, partition) => void held.add(`${stream}/${partition}`),
    resume: (stream, partition) => void held.delete(`${stream}/${partition}`),
    reload: () => undefined,
    reportCommitted: async () => undefined,
    partitions: () => [...read.values()],
    lastProgress: () => 0,
    outage: () => undefined,
  };
  const alignment = new StreamAlignment({ engine, sources: [source], streams: STREAMS });
  const progressOf = (stream: string, partition: number): StreamProgress => {
    const progress = engine.tasks.get("s", partition)?.streams.get(stream);
    if (progress === undefined) throw new Error(`no ${stream}/${partition}`);
    return progress;
  };
  return {
    alignment,
    held,
    progressOf,
    /** Minutes of record time that a partition has reached, and whether that is its end. */
    reach(stream: string, partition: number, minutes: number, atEnd = false) {
      const progress = progressOf(stream, partition);
      progress.clock.recordTime = START + minutes * MINUTE;
      progress.next = (progress.next ?? 0) + 1;
      read.set(`${stream}/${partition}`, {
        stream,
        partition,
        end: 100,
        next: atEnd ? 100 : progress.next,
        assigned: true,
      });
    },
    assign(stream: string, partition: number, isAssigned: boolean) {
      const found = read.get(`${stream}/${partition}`);
      if (found !== undefined) read.set(`${stream}/${partition}`, { ...found, assigned: isAssigned });
    },
  };
}

describe("StreamAlignment", () => {
  it("lets no side of a join run further ahead than its halves may be apart, or a minute", () => {
    for (const [within, lead] of [
      [3 * MINUTE, 3],
      [MINUTE / 2, 1],
      [HOUR, 10],
    ]) {
      const { alignment, held, reach } = aligned(2, within);
      reach("s", 0, lead);
      reach("s", 1, 0);
      reach("l", 0, 0, true);
      reach("l", 1, 0, true);
      alignment.align({ now: START });
      expect([...held]).toEqual([]);
      reach("s", 0, lead + 0.1);
      alignment.align({ now: START });
      expect([...held]).toEqual(["s/0"]);
    }
  });

  it("holds who is more than ten minutes ahead of the slowest, and labels that are ahead at all", () => {
    const { alignment, held, reach } = aligned(2);
    reach("s", 0, 10);
    reach("s", 1, 21);
    reach("l", 0, 11);
    reach("l", 1, 10);
    alignment.align({ now: START });
    expect([...held].toSorted()).toEqual(["l/0", "s/1"]);
    reach("s", 0, 15);
    reach("l", 1, 11);
    alignment.align({ now: START });
    expect([...held]).toEqual([]);
  });

  it("waits for a partition of which nothing was read", () => {
    const { alignment, held, reach } = aligned(2);
    for (const stream of ["s", "l"]) reach(stream, 0, 1);
    reach("l", 1, 1);
    alignment.align({ now: START });
    expect([...held].toSorted()).toEqual(["l/0", "l/1", "s/0"]);
  });

  it("waits for nobody who has nothing left to read", () => {
    const { alignment, held, reach } = aligned(1);
    reach("s", 0, 1, true);
    reach("l", 0, 60);
    alignment.align({ now: START });
    expect([...held]).toEqual([]);
  });

  it("remembers, as sources do, whom it held when a partition was taken away", () => {
    const { alignment, held, reach, assign } = aligned(2);
    for (const partition of [0, 1]) reach("l", partition, 0, true);
    reach("s", 0, 0);
    reach("s", 1, 30);
    alignment.align({ now: START });
    expect([...held]).toEqual(["s/1"]);
    assign("s", 1, false);
    alignment.align({ now: START });
    reach("s", 0, 30);
    assign("s", 1, true);
    alignment.align({ now: START });
    expect([...held]).toEqual([]);
  });

  it("counts no silence while a partition is somebody else's", () => {
    const { alignment, progressOf, reach, assign } = aligned(1);
    reach("s", 0, 1, true);
    alignment.align({ now: START });
    assign("s", 0, false);
    alignment.align({ now: START + MINUTE });
    assign("s", 0, true);
    alignment.align({ now: START + 2 * MINUTE });
    expect(progressOf("s", 0).idle).toBe(false);
    alignment.align({ now: START + 3 * MINUTE });
    expect(progressOf("s", 0).idle).toBe(true);
  });

  it("declares idle who is at its end and silent for idleAfter, until the next record", () => {
    const { alignment, progressOf, reach } = aligned(1);
    reach("s", 0, 1, true);
    reach("l", 0, 1);
    const idle = (): boolean[] => [progressOf("s", 0).idle, progressOf("l", 0).idle];
    alignment.align({ now: START });
    alignment.align({ now: START + MINUTE - 1 });
    expect(idle()).toEqual([false, false]);
    alignment.align({ now: START + MINUTE });
    expect(idle()).toEqual([true, false]);
    reach("s", 0, 2, true);
    alignment.align({ now: START + MINUTE + 1 });
    expect(idle()).toEqual([false, false]);
  });

  it("takes neither a clock that is set on nor time in which nobody looked for silence", () => {
    const { alignment, progressOf, reach } = aligned(1);
    let now = START;
    const clock = createWallClock(() => now);
    reach("s", 0, 1, true);
    alignment.align(clock.tick());
    for (const step of [HOUR, -2 * HOUR, DAY]) {
      now += step;
      alignment.align(clock.tick());
      expect(progressOf("s", 0).idle).toBe(false);
    }
    for (let second = 0; second < 60; second += 5) {
      expect(progressOf("s", 0).idle).toBe(false);
      now += 5_000;
      alignment.align(clock.tick());
    }
    expect(progressOf("s", 0).idle).toBe(true);
  });
});
