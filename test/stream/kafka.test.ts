import { Partitioners } from "kafkajs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { withAdmin } from "../e2e/topic.ts";
import { kafkaClient, kafkaMissing, produceLines, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import {
  connectProducer,
  createStream,
  kafkaConfig,
  numbered,
  read,
  stopReaders,
  values,
  type TestProducer,
} from "./kafka-fixture.ts";
import { streamConfig, until } from "./listener.ts";

let brokers: readonly string[] = [];
let producer: TestProducer;
describeService("Kafka source", kafkaMissing, () => {
  beforeAll(async () => {
    brokers = await sharedKafka();
    producer = await connectProducer(brokers);
  });
  afterEach(stopReaders);
  afterAll(() => producer.disconnect());

  test("records come in order, as bytes, with their offsets, timestamps, keys and headers", async () => {
    const stream = await createStream(brokers);
    const client = kafkaClient(brokers).producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await client.connect();
    const messages = [
      { key: "k", value: "a", timestamp: "1000", headers: { version: "7" } },
      { value: null, timestamp: "2000" },
    ];
    await client.send({ topic: stream.topic, messages });
    await client.disconnect();
    const seen: unknown[] = [];
    const reader = read({
      kafka: kafkaConfig({ brokers }),
      streams: [stream],
      onBatch(batch) {
        expect(batch.kind).toBe("records");
        if (batch.kind !== "records") return;
        for (let index = 0; index < batch.count; index++) {
          const key = batch.keys[index];
          const version = batch.headers[index]?.["version"];
          seen.push([
            batch.timestamps[index],
            key && Buffer.from(key).toString(),
            String(version),
            batch.end,
          ]);
        }
      },
    });
    await until("both records", () => reader.listener.records.length === 2);
    expect(reader.listener.records.map(({ offset, value }) => [offset, value])).toEqual([
      [0, "a"],
      [1, null],
    ]);
    expect(seen).toEqual([
      [1000, "k", "7", 2],
      [2000, null, "undefined", 2],
    ]);
    await until("the end", () => reader.source.partitions()[0]?.next === 2);
    expect(reader.source.partitions()).toEqual([
      { stream: "scored", partition: 0, end: 2, next: 2, assigned: true },
    ]);
    const end = Date.now();
    await until("progress without records", () => reader.source.lastProgress() > end);
  });

  test("gzip, snappy, lz4 and zstd records of the Java producer are read", async () => {
    const codecs = ["gzip", "snappy", "lz4", "zstd"] as const;
    const stream = await createStream(brokers);
    const expected: string[] = [];
    for (const codec of codecs) {
      const lines = numbered(0, 3000).map((line) => `${codec} ${line} ${"abc".repeat(Number(line) % 20)}`);
      expected.push(...lines);
      await produceLines({ brokers, topic: stream.topic, codec, lines });
    }
    const reader = read({ kafka: kafkaConfig({ brokers }), streams: [stream] });
    await until("all lines", () => reader.listener.records.length >= expected.length);
    expect(values(reader)).toEqual(expected);
  });

  test("a paused partition brings nothing until it is resumed, the others go on", async () => {
    const stream = await createStream(brokers, { partitions: 2 });
    const reader = read({ kafka: kafkaConfig({ brokers }), streams: [stream] });
    await until("a place", () => reader.source.partitions()[0]?.next === 0);
    reader.source.pause("scored", 0);
    for (const partition of [0, 1]) await producer.send(stream.topic, partition, ["a"]);
    await until("the other partition", () => reader.listener.records.length === 1);
    await producer.send(stream.topic, 1, ["b"]);
    await until("more of it", () => reader.listener.records.length === 2);
    expect(reader.listener.records.map(({ partition }) => partition)).toEqual([1, 1]);
    reader.source.resume("scored", 0);
    await until("the paused one", () => reader.listener.records.length === 3);
  });

  test("an error of the owner is the end, told once", async () => {
    const stream = await createStream(brokers);
    await producer.send(stream.topic, 0, numbered(0, 3));
    const reader = read({
      kafka: kafkaConfig({ brokers }),
      streams: [stream],
      onBatch: () => Promise.reject(new Error("the disk is full")),
    });
    await until("the failure", () => reader.listener.errors.length > 0);
    expect(reader.listener.errors.map(({ message }) => message)).toEqual(["the disk is full"]);
    expect(reader.listener.records).toHaveLength(3);
  });

  test("a missing topic is named, with the brokers that were asked, and not created", async () => {
    const topic = uniqueName("nowhere");
    const reader = read({
      kafka: kafkaConfig({ brokers }),
      streams: [streamConfig({ name: "scored", topic })],
    });
    await expect(reader.started).rejects.toMatchObject({ code: "TOPIC_MISSING" });
    await expect(reader.started).rejects.toThrow(
      `No topic ${topic} (stream scored) at ${brokers.join(", ")}`,
    );
    expect(await withAdmin(brokers, (admin) => admin.listTopics())).not.toContain(topic);
  });

  test("streams that belong together need equal partition counts", async () => {
    const scored = await createStream(brokers, { partitions: 2 });
    const labels = await createStream(brokers, {
      name: "labels",
      role: "labels",
      of: "scored",
      partitions: 3,
    });
    const reader = read({ kafka: kafkaConfig({ brokers }), streams: [scored, labels] });
    await expect(reader.started).rejects.toMatchObject({ code: "PARTITIONS_DIFFER" });
  });
});
