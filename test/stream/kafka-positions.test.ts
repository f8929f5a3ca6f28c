import { Partitioners } from "kafkajs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createTopic, deleteTopic } from "../e2e/topic.ts";
import { kafkaClient, kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import {
  connectProducer,
  createStream,
  deleteBefore,
  kafkaConfig,
  numbered,
  read,
  stopReaders,
  values,
  type TestProducer,
} from "./kafka-fixture.ts";
import { until } from "./listener.ts";

let brokers: readonly string[] = [];
let producer: TestProducer;
describeService("positions of a Kafka source", kafkaMissing, () => {
  beforeAll(async () => {
    brokers = await sharedKafka();
    producer = await connectProducer(brokers);
  });
  afterEach(stopReaders);
  afterAll(() => producer.disconnect());

  test("aborted transactions are not seen, leave holes, and do not keep a partition from its end", async () => {
    const stream = await createStream(brokers);
    const client = kafkaClient(brokers).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      transactionalId: uniqueName("transaction"),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await client.connect();
    for (const [value, commits] of [
      ["a", true],
      ["lost", false],
      ["b", true],
      ["lost too", false],
    ] as const) {
      const transaction = await client.transaction();
      await transaction.send({ topic: stream.topic, messages: [{ value }] });
      await (commits ? transaction.commit() : transaction.abort());
    }
    await client.disconnect();
    const reader = read({ kafka: kafkaConfig({ brokers }), streams: [stream] });
    await until("both records", () => reader.listener.records.length === 2);
    expect(reader.listener.records.map(({ offset, value }) => [offset, value])).toEqual([
      [0, "a"],
      [4, "b"],
    ]);
    await until("the end", () => reader.source.partitions()[0]?.next === 8);
    expect(reader.source.partitions()[0]?.end).toBe(8);
    await producer.send(stream.topic, 0, ["c"]);
    await until("a record behind the markers", () => reader.listener.records.length === 3);
    expect(reader.listener.records[2]).toMatchObject({ offset: 8, value: "c" });
    expect(reader.listener.calls).toEqual(["assigned 0"]);
  });

  test("records deleted below the stored offset are a gap, told once; holes are not", async () => {
    const stream = await createStream(brokers);
    await producer.send(stream.topic, 0, numbered(0, 50));
    await deleteBefore(brokers, stream.topic, 20);
    const position = { stream: "scored", partition: 0, offset: 5 };
    const reader = read({ kafka: kafkaConfig({ brokers }), streams: [stream], positions: () => [position] });
    await until("30 records", () => reader.listener.records.length === 30);
    expect(reader.listener.calls).toEqual(["assigned 0", "gap scored/0 5 20"]);
    expect(values(reader)).toEqual(numbered(20, 50));
  });

  test("records deleted ahead of a reader at work are a gap too, not a silent reset", async () => {
    const stream = await createStream(brokers);
    await producer.send(stream.topic, 0, numbered(0, 10));
    const reader = read({ kafka: kafkaConfig({ brokers }), streams: [stream] });
    await until("10 records", () => reader.source.partitions()[0]?.next === 10);
    reader.source.pause("scored", 0);
    await producer.send(stream.topic, 0, numbered(10, 50));
    await deleteBefore(brokers, stream.topic, 30);
    reader.source.resume("scored", 0);
    await until("the rest", () => reader.listener.records.length >= 30);
    expect(values(reader)).toEqual([...numbered(0, 10), ...numbered(30, 50)]);
    expect(reader.listener.calls).toEqual(["assigned 0", "gap scored/0 10 30"]);
  });

  test("a topic that was created anew is told from the one that was read, and read from its beginning", async () => {
    const stream = await createStream(brokers);
    await producer.send(stream.topic, 0, numbered(0, 20));
    const kafka = kafkaConfig({ brokers });
    const before = read({ kafka, streams: [stream] });
    await until("20 records", () => before.listener.records.length === 20);
    const last = before.listener.records[9]?.mark;
    await before.source.stop();

    const position = { stream: "scored", partition: 0, offset: 10, ...(last === undefined ? {} : { last }) };
    const same = read({ kafka, streams: [stream], positions: () => [position] });
    await until("the second half", () => same.listener.records.length >= 10);
    expect(values(same)).toEqual(numbered(10, 20));
    expect(same.listener.calls).toEqual(["assigned 0"]);
    await same.source.stop();

    await recreate(stream.topic);
    await producer.send(stream.topic, 0, numbered(100, 130));
    const longer = read({ kafka, streams: [stream], positions: () => [position] });
    await until("all of the new topic", () => longer.listener.records.length >= 30);
    expect(values(longer)).toEqual(numbered(100, 130));
    expect(longer.listener.calls).toEqual(["assigned 0", "recreated scored/0 0"]);
    await longer.source.stop();

    const beyond = read({ kafka, streams: [stream], positions: () => [{ ...position, offset: 500 }] });
    await until("all of the shorter topic", () => beyond.listener.records.length >= 30);
    expect(beyond.listener.calls).toEqual(["assigned 0", "recreated scored/0 0"]);
  });

  test("a topic that is created anew under a reader at work is noticed, though nothing of the group changes", async () => {
    const stream = await createStream(brokers);
    await producer.send(stream.topic, 0, numbered(0, 20));
    let offset = 0;
    const reader = read({
      kafka: kafkaConfig({ brokers }),
      streams: [stream],
      positions: () => [{ stream: "scored", partition: 0, offset }],
      onBatch(batch) {
        offset += batch.count;
      },
    });
    await until("20 records", () => reader.source.partitions()[0]?.next === 20);
    await recreate(stream.topic);
    const client = await connectProducer(brokers);
    await client.send(stream.topic, 0, numbered(100, 150));
    await client.disconnect();
    await until("all of the new topic", () => reader.listener.records.length >= 70);
    expect(values(reader)).toEqual([...numbered(0, 20), ...numbered(100, 150)]);
    expect(reader.listener.calls).toContain("recreated scored/0 0");
  });

  test.each([
    ["a time", { time: 2000 }, ["c", "d", "e"]],
    ["a time after all", { time: 9000 }, ["e"]],
    ["the end", "latest", ["e"]],
    ["what the group committed", "committed", ["b", "c", "d", "e"]],
  ] as const)("begins at %s", async (_, offset, expected) => {
    const stream = await createStream(brokers);
    await producer.send(stream.topic, 0, ["a", "b"], 1000);
    await producer.send(stream.topic, 0, ["c", "d"], 2000);
    const kafka = kafkaConfig({ brokers });
    const earlier = read({ kafka, streams: [stream] });
    await until("the first four", () => earlier.listener.records.length === 4);
    await earlier.source.reportCommitted([{ stream: "scored", partition: 0, offset: 1 }]);
    await earlier.source.stop();
    const reader = read({
      kafka,
      streams: [stream],
      positions: () => [{ stream: "scored", partition: 0, offset }],
    });
    await until("a place", () => Number.isFinite(reader.source.partitions()[0]?.next));
    await producer.send(stream.topic, 0, ["e"], 3000);
    await until("the last record", () => values(reader).includes("e"));
    expect(values(reader)).toEqual(expected);
  });
});

async function recreate(topic: string): Promise<void> {
  await deleteTopic(brokers, topic);
  await createTopic(brokers, { name: topic });
}
