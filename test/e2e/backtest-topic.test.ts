import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Partitioners } from "kafkajs";
import { expect, test } from "vitest";
import { kafkaClient, kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { eventually } from "./daemon.ts";
import { scoredEvents, type ScoredEvent } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { backtest, outline } from "./told-alerts.ts";
import { createTopic, produce, readTopic, type NewRecord } from "./topic.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BEGIN = Date.parse("2026-03-01T00:00:00Z");
/** Of both partitions together, in ten minutes. */
const RATE = 2_000;

/** Two hours; amounts are higher in minutes 20 to 30, and in 70 to 80. */
const EVENTS = Array.from({ length: 12 }, (_, part) => {
  const from = BEGIN + part * 10 * MINUTE;
  const shift = part === 2 || part === 7 ? 40 : 0;
  return scoredEvents({ count: RATE, from, to: from + 10 * MINUTE, seed: part + 1, shift });
}).flat();

describeService("a backtest of a part of a topic", kafkaMissing, () => {
  test("finds the place by time, and ends where the topic did: transactions, partitions without records, and old ones", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: 4 });
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { scored: { role: "inference", topic, from: "earliest" } },
      },
    });
    const records = EVENTS.map((event): NewRecord => {
      // Producers are late by a minute, as they are.
      return { value: JSON.stringify(event), timestamp: event.time + MINUTE };
    });
    const [plain, transacted] = [0, 1].map((half) => records.filter((_, i) => i % 2 === half));
    await produce(
      brokers,
      topic,
      (plain ?? []).map((record) => ({ ...record, partition: 0 })),
    );
    // Partition 2 stays empty, and of partition 3 nothing is recent enough.
    await produce(
      brokers,
      topic,
      records.slice(0, 50).map((record) => ({ ...record, partition: 3 })),
    );
    const producer = kafkaClient(brokers).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionalId: uniqueName("backtest"),
    });
    await producer.connect();
    try {
      for (let at = 0; at < (transacted ?? []).length; at += 1_000) {
        for (const commits of [false, true]) {
          const transaction = await producer.transaction();
          const messages = (transacted ?? []).slice(at, at + 1_000).map(({ value, timestamp }) => {
            return { value, timestamp: String(timestamp), partition: 1 };
          });
          await transaction.send({ topic, messages });
          await (commits ? transaction.commit() : transaction.abort());
        }
      }
    } finally {
      await producer.disconnect();
    }
    writeFileSync(
      join(directory, "scored.jsonl"),
      EVENTS.map((event) => `${JSON.stringify(event)}\n`).join(""),
    );

    const spans = [[], ["--since", "2026-03-01T01:00Z", "--until", "2026-03-01T01:40Z"]];
    const end = BEGIN + 110 * MINUTE;
    const [whole, part] = await Promise.all(
      spans.map(async (span) => ({
        topic: await backtest(directory, [`kafka:${topic}`, ...span]),
        file: await backtest(directory, ["scored.jsonl", ...span]),
      })),
    );
    const startsOf = (told: typeof whole): string[] => told?.topic.map(({ startsAt }) => startsAt) ?? [];
    expect(startsOf(whole)).toEqual([expect.stringMatching(/T00:2/), expect.stringMatching(/T01:1/)]);
    expect(startsOf(part)).toEqual([expect.stringMatching(/T01:1/)]);
    expect(outline(part?.topic ?? [], end)).toEqual(outline(part?.file ?? [], end));
    // The fifty old events of partition 3 stand twice in the topic.
    expect(outline(whole?.topic ?? [], end)).toHaveLength(2);
  });

  test("reads of a compacted topic what is left of it: neither what was replaced nor what was taken back", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { compacted: true });
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { scored: { role: "inference", topic, from: "earliest" } },
      },
    });
    const keyed = (event: ScoredEvent, value: ScoredEvent | null): NewRecord => ({
      key: event.id,
      value: value === null ? null : JSON.stringify(value),
      timestamp: event.time,
    });
    // The first hour is written twice, first with other amounts; some of it is taken back.
    const hour = EVENTS.filter(({ time }) => time < BEGIN + HOUR);
    const others = hour.map((event) => ({
      ...event,
      features: { ...event.features, amount: (event.features.amount ?? 0) + 500 },
    }));
    const rest = EVENTS.slice(hour.length);
    const gone = hour.slice(-100);
    await produce(
      brokers,
      topic,
      others.map((event) => keyed(event, event)),
    );
    await produce(
      brokers,
      topic,
      hour.map((event) => keyed(event, event)),
    );
    await produce(
      brokers,
      topic,
      gone.map((event) => keyed(event, null)),
    );
    await produce(
      brokers,
      topic,
      rest.map((event) => keyed(event, event)),
    );
    // The last segment is never compacted: this begins one, and lets the others be.
    const last = { ...EVENTS[0], id: "last", time: BEGIN + 3 * HOUR };
    await produce(brokers, topic, [keyed(last, last)]);
    const left = await eventually("the topic without what was replaced", async () => {
      const values: string[] = [];
      await readTopic({ brokers, topic, visit: ({ value }) => value && values.push(String(value)) });
      return values.length === EVENTS.length - gone.length + 1 ? values : undefined;
    });
    writeFileSync(join(directory, "left.jsonl"), left.map((value) => `${value}\n`).join(""));
    const end = BEGIN + 110 * MINUTE;
    const told = await backtest(directory, [`kafka:${topic}`]);
    expect(told.map(({ startsAt }) => startsAt)).toEqual([
      expect.stringMatching(/T00:2/),
      expect.stringMatching(/T01:1/),
    ]);
    expect(outline(told, end)).toEqual(outline(await backtest(directory, ["left.jsonl"]), end));
  });
});
