import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  kafkaClient,
  kafkaMissing,
  kafkaOwnMissing,
  produceLines,
  sharedKafka,
  startKafka,
  uniqueName,
} from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, writeProject, type ProjectFiles } from "./project.ts";
import { countsInStore, countsOfEvents } from "./recount.ts";
import { createTopic, deleteTopic, membersOf, produce, recordsOf } from "./topic.ts";

const MINUTE = 60_000;

/** `count` sound records of one minute, the `minute`th before now. */
function recentRecords(count: number, minute: number): ReturnType<typeof recordsOf> {
  const from = Date.now() - minute * MINUTE;
  return recordsOf(scoredEvents({ count, from, to: from + MINUTE, seed: minute }));
}

/** A project that reads one topic, from its beginning unless told otherwise. */
function readingProject(options: {
  brokers: readonly string[];
  topic: string;
  group?: string;
  from?: string;
}): Promise<ProjectFiles> {
  const { brokers, topic, group = uniqueName("driftd"), from = "earliest" } = options;
  const streams = { scored: { role: "inference", topic, from } };
  return writeProject({ config: { kafka: kafkaSection(brokers, group), streams } });
}

describeService("the daemon and Kafka", kafkaMissing, () => {
  test("records of all codecs are counted, those of aborted transactions are not", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const { directory } = await readingProject({ brokers, topic });
    const producer = kafkaClient(brokers).producer({
      transactionalId: uniqueName("transactions"),
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    for (const [minute, outcome] of [
      [20, "abort"],
      [19, "commit"],
      [18, "abort"],
    ] as const) {
      const transaction = await producer.transaction();
      const messages = recentRecords(100, minute).map(({ value, timestamp }) => ({
        value,
        timestamp: String(timestamp),
      }));
      await transaction.send({ topic, messages });
      await transaction[outcome]();
    }
    await producer.disconnect();
    for (const [index, codec] of (["gzip", "snappy", "lz4", "zstd"] as const).entries()) {
      const lines = recentRecords(500, 10 - index).map(({ value }) => String(value));
      await produceLines({ brokers, topic, codec, lines });
    }

    const daemon = await startDaemon(directory);
    const { records, rows } = await daemon.accounted("scored", (all) => all.rows.received >= 2_100);
    expect(records).toMatchObject({ received: 2_100, decoded: 2_100 });
    expect(rows).toMatchObject({ measured: 2_100, dropped: {} });
    expect((await daemon.end()).code).toBe(0);
  });

  test("streams of different sizes and kinds stand side by side", async () => {
    const brokers = await sharedKafka();
    const wide = await createTopic(brokers, { partitions: 3 });
    const narrow = await createTopic(brokers);
    const { directory, state } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: {
          wide: { role: "inference", topic: wide, from: "earliest" },
          narrow: { role: "inference", topic: narrow, from: "earliest" },
          kept: { role: "inference", file: "kept.jsonl" },
        },
      },
    });
    const from = Date.now() - 30 * MINUTE;
    const parts = [1, 2, 3].map((seed) => scoredEvents({ count: 900, from, to: from + 9 * MINUTE, seed }));
    const [first = [], second = [], third = []] = parts;
    await produce(brokers, wide, recordsOf(first), 3);
    await produce(brokers, narrow, recordsOf(second));
    writeFileSync(join(directory, "kept.jsonl"), third.map((event) => `${JSON.stringify(event)}\n`).join(""));
    for (let start = 1; start <= 2; start++) {
      const daemon = await startDaemon(directory);
      for (const stream of ["wide", "narrow", "kept"]) {
        const { rows } = await daemon.accounted(stream, (all) => all.rows.received >= 900);
        expect(rows).toMatchObject({ received: 900, measured: 900 });
      }
      expect((await daemon.end()).code).toBe(0);
    }
    expect(await countsInStore(directory, state)).toEqual(await countsOfEvents(directory, parts.flat()));
  });

  test("records of a layout of their own are read through a map", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const map = {
      id: { key: true },
      time: "/at",
      model: { value: "scoring" },
      version: { header: "model-version" },
      score: "/answer/p",
      features: "/question/0",
      segment: "/who",
    };
    const { directory, state } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { scored: { role: "inference", topic, from: "earliest", map } },
      },
    });
    const from = Date.now() - 30 * MINUTE;
    const events = scoredEvents({ count: 1_000, from, to: from + 10 * MINUTE });
    const records = events.map(({ id, time, version, features, segment, prediction }) => ({
      key: id,
      value: JSON.stringify({
        question: [features],
        answer: { p: prediction.score },
        who: segment,
        at: new Date(time).toISOString(),
      }),
      timestamp: time,
      headers: { "model-version": version },
    }));
    await produce(brokers, topic, records);
    const daemon = await startDaemon(directory);
    await daemon.accounted("scored", ({ rows }) => rows.measured === events.length);
    expect((await daemon.end()).code).toBe(0);
    expect(await countsInStore(directory, state)).toEqual(await countsOfEvents(directory, events));
  });

  test("a second daemon of the group stands by, says so, and takes over where the first one left", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: 2 });
    const group = uniqueName("driftd");
    const owner = await startDaemon((await readingProject({ brokers, topic, group })).directory);
    await produce(brokers, topic, recentRecords(400, 5), 2);
    await owner.accounted("scored", ({ rows }) => rows.measured === 400);

    const other = await readingProject({ brokers, topic, group, from: "committed" });
    const standby = await startDaemon(other.directory);
    await standby.said("standing by: another member reads everything");
    expect(await membersOf(brokers, group)).toBe(2);
    await standby.ready();
    expect((await standby.accounting("scored")).records.received).toBe(0);

    expect((await owner.end()).code).toBe(0);
    await standby.said("reading");
    expect(
      await standby.said("nothing is stored of these partitions; reading begins where `from` says"),
    ).toMatchObject({ stream: "scored", partitions: [0, 1], from: "committed" });
    await produce(brokers, topic, recentRecords(200, 4), 2);
    const { rows } = await standby.accounted("scored", (all) => all.rows.measured >= 200);
    // The 400 before were the other's: this one has no state of them, and does not read them again.
    expect(rows).toMatchObject({ received: 200, measured: 200 });
    expect((await standby.end()).code).toBe(0);
  });

  test("an owner that was suspended finds its tasks given away: it stands by, and shows no alert any more", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const group = uniqueName("driftd");
    const owner = await startDaemon((await readingProject({ brokers, topic, group })).directory);
    await owner.said("reading");
    const from = Date.now() - 30 * MINUTE;
    await produce(
      brokers,
      topic,
      recordsOf(scoredEvents({ count: 6_000, from, to: from + 20 * MINUTE, shift: 60 })),
    );
    await expect.poll(() => owner.alerts()).not.toEqual([]);
    await expect.poll(() => owner.metric("driftd_alert_firing")).not.toEqual([]);

    const standby = await startDaemon((await readingProject({ brokers, topic, group })).directory);
    await standby.said("standing by: another member reads everything");
    owner.signal("SIGSTOP");
    await standby.said("reading");
    owner.signal("SIGCONT");
    await owner.said("standing by: another member reads everything");
    expect(await owner.alerts()).toEqual([]);
    expect(await owner.metric("driftd_alert_firing")).toEqual([]);
    await produce(brokers, topic, recentRecords(200, 4));
    await standby.accounted("scored", ({ rows }) => rows.measured === 6_200);
    expect((await owner.accounting("scored")).rows.received).toBe(0);
    expect(await owner.status("/healthz")).toBe(200);
    for (const daemon of [owner, standby]) expect((await daemon.end()).code).toBe(0);
  });

  test("a topic that does not exist ends the daemon with its name and what to do", async () => {
    const brokers = await sharedKafka();
    const topic = uniqueName("nowhere");
    const { directory } = await readingProject({ brokers, topic });
    const daemon = await startDaemon(directory);
    expect(await daemon.exit).toMatchObject({ code: 70 });
    expect(daemon.stderr()).toContain(`driftd: TOPIC_MISSING: No topic ${topic} (stream scored)`);
  });

  test("a topic that was created anew is read from its beginning, while running and after a restart", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const { directory } = await readingProject({ brokers, topic });
    await produce(brokers, topic, recentRecords(300, 9));
    const first = await startDaemon(directory);
    await first.accounted("scored", ({ rows }) => rows.measured === 300);

    await deleteTopic(brokers, topic);
    await createTopic(brokers, { name: topic });
    await produce(brokers, topic, recentRecords(200, 7));
    await first.accounted("scored", ({ rows }) => rows.measured === 500);
    expect((await first.end()).code).toBe(0);

    await deleteTopic(brokers, topic);
    await createTopic(brokers, { name: topic });
    await produce(brokers, topic, recentRecords(400, 5));
    const second = await startDaemon(directory);
    await second.said("the topic was created anew, or the file replaced; reading it from its beginning");
    const { rows } = await second.accounted("scored", (all) => all.rows.received >= 900);
    expect(rows).toMatchObject({ received: 900, measured: 900, balanced: true });
    expect((await second.end()).code).toBe(0);
  });
});

describeService("the daemon and a broker that comes and goes", kafkaOwnMissing, () => {
  test("an absent broker is waited for, at the start and later, and nothing is lost or counted twice", async () => {
    const cluster = await startKafka();
    onTestFinished(() => cluster.stop());
    const { brokers } = cluster;
    const topic = await createTopic(brokers, { partitions: 2 });
    await produce(brokers, topic, recentRecords(300, 9), 2);
    await cluster.halt();
    const { directory } = await readingProject({ brokers, topic });

    const early = await startDaemon(directory);
    await early.said(/^Kafka at .* is away/);
    expect(await early.status("/readyz")).toBe(503);
    expect(await early.status("/healthz")).toBe(200);
    const exit = await early.end();
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.milliseconds).toBeLessThan(10_000);

    const daemon = await startDaemon(directory);
    await daemon.said(/^Kafka at .* is away/);
    await cluster.resume();
    await daemon.said(/^Kafka at .* is back/);
    await daemon.accounted("scored", ({ rows }) => rows.measured === 300);
    await daemon.ready();

    const before = daemon.log().length;
    await cluster.halt();
    await daemon.said(/^Kafka at .* is away/, before);
    await cluster.resume();
    await produce(brokers, topic, recentRecords(200, 7), 2);
    const { rows } = await daemon.accounted("scored", (all) => all.rows.received >= 500);
    expect(rows).toMatchObject({ received: 500, measured: 500 });

    const later = daemon.log().length;
    await cluster.halt();
    await daemon.said(/^Kafka at .* is away/, later);
    const last = await daemon.end();
    expect(last).toMatchObject({ code: 0, signal: null });
    expect(last.milliseconds).toBeLessThan(10_000);
  });
});
