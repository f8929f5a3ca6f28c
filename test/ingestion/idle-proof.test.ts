import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { createStreamLedger } from "../../src/event/ledger.ts";
import { IdleProof } from "../../src/ingestion/idle-proof.ts";
import { StreamAlignment } from "../../src/ingestion/stream-alignment.ts";
import type { Source } from "../../src/stream/source.ts";
import type { CommittedProgress } from "../../src/window/stream-progress.ts";
import { MINUTE, modelOf, START, streamsOf } from "../engine/fixture.ts";

/** A member that reads partition 0; partition 1 is another one's, who has declared it idle at offset 5. */
function memberOf() {
  const fitted = modelOf({ rules: "  - { alert: Drift, measure: psi, columns: [amount] }", perHour: 1 });
  const streams = streamsOf(false);
  const group = { name: "s", streams: [{ name: "s", role: "inference" as const, models: ["m"] }] };
  const engine = new Engine({ groups: [group], models: [fitted] });
  engine.tasks.setPartitions("s", 2);
  const own = engine.openTask("s", 0, undefined).progressOf("s");
  const quiet: CommittedProgress = {
    watermark: START,
    recordTime: START,
    // Two transaction markers follow.
    next: 3,
    ended: false,
    idle: true,
    idleAt: 5,
    ledger: createStreamLedger(),
  };
  const joins = new Map();
  engine.tasks.setOthers([{ group: "s", partition: 1, task: { streams: new Map([["s", quiet]]), joins } }]);
  const ends = [1, 5];
  const asked: ((isKnown: boolean) => void)[] = [];
  const held = new Set<number>();
  const source: Source = {
    start: async () => undefined,
    stop: async () => undefined,
    pause: (_, partition) => void held.add(partition),
    resume: (_, partition) => void held.delete(partition),
    reload: () => undefined,
    reportCommitted: async () => undefined,
    partitions: () =>
      ends.map((end, partition) => {
        const isOurs = partition === 0;
        // Of its own there is always more to read.
        return { stream: "s", partition, end, next: isOurs ? 0 : Number.NaN, assigned: isOurs };
      }),
    refreshEnds: () => new Promise((resolve) => asked.push(resolve)),
    lastProgress: () => 0,
    outage: () => undefined,
  };
  const alignment = new StreamAlignment({ engine, sources: [source], streams });
  const proof = new IdleProof({ engine, sources: [source], align: (tick) => alignment.align(tick) });
  let now = START;
  return {
    engine,
    held,
    isIdle: () => engine.tasks.partOf({ group: "s", stream: "s", partition: 1 })?.idle,
    watermark: () => (engine.tasks.watermark(fitted.counting, "events") - START) / MINUTE,
    /** The own partition is committed up to this minute. */
    reach(minute: number) {
      own.clock.recordTime = START + minute * MINUTE;
      own.committed = { ...own.committed, watermark: START + minute * MINUTE };
    },
    /** What is proven, a second later. */
    reached: () => (proof.reached("m", { now: (now += 1_000) }).events - START) / MINUTE,
    /** The last question is answered: partition 1 ends here, or nothing is known. */
    async answer(end?: number) {
      if (end !== undefined) ends[1] = end;
      asked.pop()?.(end !== undefined);
      await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
    asked: () => asked.length,
    align: () => alignment.align({ now }),
  };
}

describe("what may be closed without idle partitions", () => {
  it("was reached before they were seen to be at their ends still", async () => {
    const member = memberOf();
    member.reach(10);
    expect(member.watermark()).toBe(10);
    expect(member.reached()).toBe(Number.NEGATIVE_INFINITY);
    member.reach(20);
    await member.answer(5);
    expect(member.reached()).toBe(10);
    expect(member.isIdle()).toBe(true);
    await member.answer(5);
    expect(member.reached()).toBe(20);
  });

  it("is nothing more once one of them has got a record, whatever its owner has committed", async () => {
    const member = memberOf();
    member.reach(30);
    member.reached();
    await member.answer(6);
    expect(member.reached()).toBe(30);
    expect(member.isIdle()).toBe(false);
    expect(member.watermark()).toBe(0);
    expect(member.engine.tasks.reliesOnIdle({ model: "m", of: "panes", whose: "any" })).toBe(false);
  });

  it("stays what it was while nobody tells of the ends, who are asked one question at a time", async () => {
    const member = memberOf();
    member.reach(10);
    member.reached();
    member.reached();
    expect(member.asked()).toBe(1);
    await member.answer();
    member.reach(20);
    expect(member.reached()).toBe(Number.NEGATIVE_INFINITY);
    expect(member.asked()).toBe(1);
  });
});

describe("a partition of another member that is idle behind transaction markers", () => {
  it("holds nobody back", () => {
    const member = memberOf();
    member.reach(60);
    member.align();
    expect([...member.held]).toEqual([]);
  });
});
