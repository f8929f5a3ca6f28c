import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { StreamConfig } from "../../src/config/config.ts";
import type { RecordBatch } from "../../src/event/records.ts";
import { createQuarantine, openQuarantine } from "../../src/publish/quarantine.ts";
import type { QuarantineSink } from "../../src/publish/quarantine-sink.ts";
import type { OutgoingMessage, QuarantineEntry } from "../../src/publish/quarantine-entry.ts";
import { createQuarantineTopic } from "../../src/publish/quarantine-topic.ts";
import { createSimulatedClock } from "../../src/runtime/clock.ts";
import type { LateDrop } from "../../src/window/late-drop.ts";
import { columnOf, decoderOf, NOW, planOf, recordsOf, streamOf } from "../event/records-of.ts";
import { recordLog } from "../runtime/log-lines.ts";

function lateDrop(offset: number, stream = "s"): LateDrop {
  return { stream, offset, recordTime: NOW, reason: "orphan-label", model: "m" };
}

const PLAN = planOf([columnOf({ name: "x" })]);

/** A quarantine whose sink is `write`, and what takes garbage into it. */
function worldOf(options: { perMinute?: number; asked?: StreamConfig["quarantine"] } = {}) {
  const { perMinute = 100, asked = "reasons" } = options;
  const written: QuarantineEntry[] = [];
  const stopping = new AbortController();
  const { log, lines } = recordLog("info");
  const clock = createSimulatedClock(NOW);
  const world = { written, lines, clock, stopping, failures: [] as string[] };
  const sink: QuarantineSink = {
    name: "here",
    open: () => Promise.resolve(),
    async write(entries) {
      const failure = world.failures.shift();
      if (failure !== undefined) throw new Error(failure);
      written.push(...entries);
    },
    close: () => Promise.resolve(),
  };
  const streams = [
    streamOf({ topic: "scored", ...(asked !== undefined && { quarantine: asked }) }),
    streamOf({ name: "other" }),
  ];
  const quarantine = createQuarantine(sink, {
    config: { perMinute, max: 1_000 },
    streams,
    clock,
    log,
    signal: stopping.signal,
  });
  const decoder = decoderOf([PLAN]);
  const feed = (values: Parameters<typeof recordsOf>[0], given: Partial<RecordBatch> = {}): void => {
    const batch = recordsOf(values, given);
    quarantine.add(decoder.decode(batch, { now: NOW }), batch);
  };
  return { ...world, world, quarantine, feed };
}

describe("a quarantine", () => {
  test("writes what was dropped when it is told to, once", async () => {
    const { quarantine, feed, written } = worldOf();
    feed(["nonsense", null, { time: NOW, x: 1 }]);
    expect(written).toEqual([]);
    await quarantine.flush();
    await quarantine.flush();
    const dropped = { offset: 10, reason: "undecodable", detail: "json", rows: [] };
    expect(written).toEqual([{ stream: "s", topic: "scored", partition: 0, dropped }]);
    expect(quarantine.counts().streams).toEqual({
      s: { written: 1, leftOut: 0 },
      other: { written: 0, leftOut: 0 },
    });
  });

  test("takes nothing of a stream that is off", async () => {
    const { quarantine, feed, written } = worldOf();
    feed(["nonsense"], { stream: "other" });
    quarantine.addLate(0, [lateDrop(1, "other")]);
    await quarantine.flush();
    expect(written).toEqual([]);
  });

  test("copies the bytes of a record only where they are asked for", async () => {
    const { quarantine, feed, written } = worldOf({ asked: "raw" });
    const value = Buffer.from("nonsense");
    const headers = [{ a: "1", b: [Buffer.from("2"), "3"] }];
    feed([value], { keys: [Buffer.from("k")], headers });
    value.fill(0);
    await quarantine.flush();
    expect(written[0].raw).toEqual({
      value: Buffer.from("nonsense"),
      key: Buffer.from("k"),
      headers: [
        ["a", Buffer.from("1")],
        ["b", Buffer.from("2")],
        ["b", Buffer.from("3")],
      ],
    });
  });

  test("does not carry the bytes of what was too large to be decoded", async () => {
    const { quarantine, feed, written } = worldOf({ asked: "raw" });
    feed([Buffer.alloc(100_001)]);
    await quarantine.flush();
    expect(written[0].dropped.reason).toBe("oversize");
    expect(written[0].raw).toBeUndefined();
  });

  test("takes so many of a stream in a minute, counts the rest, and says so once", async () => {
    const { quarantine, feed, written, clock, lines } = worldOf({ perMinute: 3 });
    feed(["a", "b", "c", "d", "e"]);
    feed(["f"]);
    clock.advanceTo(NOW + 60_000);
    feed(["g"]);
    await quarantine.flush();
    expect(written.map(({ leftOut }) => leftOut)).toEqual([undefined, undefined, undefined, 3]);
    expect(quarantine.counts().streams["s"]).toEqual({ written: 4, leftOut: 3 });
    expect(lines.map(({ msg }) => msg)).toEqual([expect.stringMatching(/more is dropped than/)]);
  });

  test("tries again until it is written, and says what it waits for", async () => {
    const { quarantine, feed, written, world, lines } = worldOf();
    world.failures.push("the disk is full", "the disk is full");
    feed(["a", "b"]);
    const flushed = quarantine.flush();
    await expect
      .poll(() => quarantine.outage())
      .toBe("the quarantine here cannot be written: the disk is full");
    expect(quarantine.counts()).toMatchObject({ away: true });
    await flushed;
    expect(written).toHaveLength(2);
    expect(quarantine.outage()).toBeUndefined();
    expect(quarantine.counts()).toMatchObject({ failures: 2, away: false });
    expect(lines.map(({ level, msg }) => `${String(level)} ${String(msg)}`)).toEqual([
      "warn the quarantine cannot be written: ingestion waits for it",
      "info the quarantine is back",
    ]);
  });

  test("gives up when the daemon stops, so that nothing is committed that was not written", async () => {
    const { quarantine, feed, stopping, world } = worldOf();
    world.failures.push(...Array.from({ length: 9 }, () => "gone"));
    feed(["a"]);
    const flushed = quarantine.flush();
    stopping.abort();
    await expect(flushed).rejects.toThrow(
      /could not be written before the end: gone\. Nothing that was answered is lost/,
    );
  });

  test("is full before it takes much memory", () => {
    const { quarantine, feed } = worldOf({ asked: "raw" });
    for (let i = 0; i < 90; i++) feed([Buffer.alloc(90_000, 0x7b)]);
    expect(quarantine.isFull()).toBe(false);
    for (let i = 0; i < 10; i++) feed([Buffer.alloc(90_000, 0x7b)]);
    expect(quarantine.isFull()).toBe(true);
  });
});

describe("a quarantine in a file", () => {
  function fileWorld(max: number) {
    const directory = mkdtempSync(join(tmpdir(), "driftd-quarantine-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const file = join(directory, "q.jsonl");
    const { log, lines } = recordLog("info");
    const open = async () =>
      openQuarantine({
        config: { file, perMinute: 1_000_000, max },
        streams: [streamOf({ quarantine: "reasons" })],
        clock: createSimulatedClock(NOW),
        log,
        signal: new AbortController().signal,
      });
    const offsetsIn = (name: string): number[] =>
      readFileSync(name, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { offset: number }).offset);
    return { directory, file, lines, open, offsetsIn };
  }

  async function drop(quarantine: Awaited<ReturnType<typeof openQuarantine>>, offset: number): Promise<void> {
    quarantine.addLate(0, [lateDrop(offset)]);
    await quarantine.flush();
  }

  test("appends to what is there, and ends a line that a crash left half", async () => {
    const { file, open } = fileWorld(100_000);
    writeFileSync(file, '{"offset":1}\n{"off');
    const quarantine = await open();
    await drop(quarantine, 2);
    await quarantine.close();
    expect(readFileSync(file, "utf8")).toBe(
      '{"offset":1}\n{"off\n{"stream":"s","partition":0,"offset":2,"reason":"orphan-label",' +
        '"recordTime":"2026-01-02T00:00:00.000Z","rows":[{"row":0,"reason":"orphan-label","model":"m"}]}\n',
    );
  });

  test("stays within its bound: the older half goes, and the log says so", async () => {
    const max = 1_000;
    const { file, lines, open, offsetsIn } = fileWorld(max);
    const quarantine = await open();
    for (let offset = 100; offset < 200; offset++) {
      await drop(quarantine, offset);
      expect(statSync(file).size).toBeLessThanOrEqual(max / 2);
    }
    await quarantine.close();
    const kept = [...offsetsIn(`${file}.1`), ...offsetsIn(file)];
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => 200 - kept.length + i));
    expect(kept.length).toBeGreaterThan(3);
    expect(lines.some(({ msg }) => /older half has been dropped/.test(String(msg)))).toBe(true);
  });

  test("counts what it found when it was opened", async () => {
    const { file, open, offsetsIn } = fileWorld(1_000);
    writeFileSync(file, `${JSON.stringify({ offset: 0, text: "x".repeat(470) })}\n`);
    const quarantine = await open();
    await drop(quarantine, 1);
    await quarantine.close();
    expect([offsetsIn(`${file}.1`), offsetsIn(file)]).toEqual([[0], [1]]);
  });

  test("says at the start where it cannot be", async () => {
    const { directory } = fileWorld(1);
    const opened = openQuarantine({
      config: { file: join(directory, "none", "q.jsonl"), perMinute: 1, max: 1 },
      streams: [],
      clock: createSimulatedClock(NOW),
      log: recordLog().log,
      signal: new AbortController().signal,
    });
    await expect(opened).rejects.toMatchObject({
      code: "QUARANTINE_FAILED",
      message: expect.stringMatching(/cannot be opened: ENOENT.*Check its path and permissions\.$/),
    });
  });
});

describe("a quarantine in a topic", () => {
  const entryOf = (offset: number, bytes: number): QuarantineEntry => ({
    stream: "s",
    partition: 0,
    dropped: { offset, reason: "undecodable", rows: [] },
    raw: { value: Buffer.alloc(bytes), headers: [] },
  });

  test("sends all together, and what is too large alone without its bytes", async () => {
    const taken: OutgoingMessage[] = [];
    const { write } = createQuarantineTopic({
      topic: "q",
      async send(topic, messages) {
        expect(topic).toBe("q");
        if (messages.some(({ value }) => value.length > 1_000)) {
          const cause = Object.assign(new Error("too large"), { type: "MESSAGE_TOO_LARGE" });
          throw new Error("not sent", { cause });
        }
        taken.push(...messages);
      },
    });
    await write([entryOf(1, 10), entryOf(2, 2_000), entryOf(3, 10)]);
    const places = taken.map(({ headers }) => headers["driftd.place"]);
    expect(places).toEqual(["s/0/1", "s/0/2", "s/0/3"]);
    expect(JSON.parse(String(taken[1].value))).toMatchObject({ offset: 2, reason: "undecodable" });
  });

  test("passes every other failure on", async () => {
    const { write } = createQuarantineTopic({
      topic: "q",
      send: () => Promise.reject(new Error("the broker is away")),
    });
    await expect(write([entryOf(1, 10)])).rejects.toThrow("the broker is away");
  });
});
