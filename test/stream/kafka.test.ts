import { Partitioners } from "kafkajs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { kafkaClient, kafkaMissing, produceLines, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import {
  connectProducer,
  createStream,
  deleteBefore,
  kafkaConfig,
  numbered,
  startReader,
  withAdmin,
  type Reader,
  type TestProducer,
} from "./kafka-fixture.ts";
import { streamConfig, until } from "./listener.ts";

let brokers: readonly string[] = [];
let producer: TestProducer;
const readers: Reader[] = [];

function read(options: Parameters<typeof startReader>[0]): Reader {
  const reader = startReader(options);
  readers.push(reader);
  return reader;
}

function values({ listener }: Reader): (string | null)[] {
  return listener.records.map(({ value }) => value);
}

describeService("Kafka source", kafkaMissing, () => {
  beforeAll(async () => {
    brokers = await sharedKafka();
    producer = await connectProducer(brokers);
  });
  afterEach(async () => {
    await Promise.all(readers.splice(0).map(({ source }) => source.stop()));
  });
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
    expect(Date.now() - reader.source.lastProgress()).toBeLessThan(5000);
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
  }, 60_000);

  test("two members share the tasks: partition k of both topics is in one of them, and all is read once", async () => {
    const scored = await createStream(brokers, { partitions: 4 });
    const labels = await createStream(brokers, {
      name: "labels",
      role: "labels",
      of: "scored",
      partitions: 4,
    });
    const kafka = kafkaConfig({ brokers });
    const streams = [scored, labels];
    const stored = new Map<string, number>();
    const positions = (tasks: readonly number[]) =>
      streams.flatMap(({ name }) =>
        tasks.map((partition) => {
          return {
            stream: name,
            partition,
            offset: stored.get(`${name}/${partition}`) ?? ("earliest" as const),
          };
        }),
      );
    const onBatch = (batch: { stream: string; partition: number; count: number; kind: string }) => {
      const key = `${batch.stream}/${batch.partition}`;
      stored.set(key, (stored.get(key) ?? 0) + batch.count);
    };
    const first = read({ kafka, streams, positions, onBatch });
    await first.started;
    const sent = { count: 0, done: false };
    const sending = (async () => {
      while (!sent.done) {
        for (const { topic } of streams) {
          for (let partition = 0; partition < 4; partition++) {
            await producer.send(topic, partition, [`${topic}/${partition}/${sent.count}`]);
          }
        }
        sent.count += 1;
      }
    })();
    await until("the first records", () => first.listener.records.length > 100);
    const second = read({ kafka, streams, positions, onBatch });
    await until("records of the second", () => second.listener.records.length > 100);
    await second.source.stop();
    await until("all tasks back", () => first.listener.calls.at(-1) === "assigned 0,1,2,3");
    sent.done = true;
    await sending;
    const expected = streams.flatMap(({ topic }) =>
      [0, 1, 2, 3].flatMap((partition) => numbered(0, sent.count).map((n) => `${topic}/${partition}/${n}`)),
    );
    await until(
      "every record",
      () => first.listener.records.length + second.listener.records.length >= expected.length,
    );
    expect([...values(first), ...values(second)].sort()).toEqual(expected.sort());
    expect(first.listener.calls.filter((call) => call !== "assigned 0,1,2,3")).toHaveLength(2);
    const tasks = new Set(second.listener.records.map(({ partition }) => partition));
    const streamsRead = new Set(
      second.listener.records.map((record) => `${record.stream}/${record.partition}`),
    );
    expect(tasks.size).toBe(2);
    expect(streamsRead.size).toBe(4);
  });

  test("single: a second member stands by and says so, and takes over when the first leaves", async () => {
    const stream = await createStream(brokers, { partitions: 2 });
    const kafka = kafkaConfig({ brokers });
    const first = read({ kafka, streams: [stream], single: true });
    await first.started;
    const second = read({ kafka, streams: [stream], single: true });
    await second.started;
    await until("the standby's assignment", () => second.listener.calls.includes("assigned "));
    await producer.send(stream.topic, 0, ["a"]);
    await until("a record", () => first.listener.records.length > 0);
    expect(second.listener.records).toEqual([]);
    expect(second.log.join()).toContain("standing by: another member reads everything");
    await until(
      "ends of unowned partitions",
      () => second.source.partitions()[0]?.end === 1 || pollsLater(second),
    );
    expect(first.listener.calls.some((call) => call.startsWith("revoked"))).toBe(false);
    await first.source.stop();
    await until("the record again", () => second.listener.records.length > 0);
    expect(second.listener.calls.at(-1)).toBe("assigned 0,1");
  });

  test("a rejoin voids positions: everything is sought to what the owner answers, nothing is lost or twice", async () => {
    const stream = await createStream(brokers, { partitions: 2 });
    const kafka = kafkaConfig({ brokers });
    for (const partition of [0, 1]) await producer.send(stream.topic, partition, numbered(0, 50));
    // Nothing is ever committed to Kafka, where a rejoin would make kafkajs begin at 0 again.
    const stored = [10, 10];
    const reader = read({
      kafka,
      streams: [stream],
      positions: (tasks) =>
        tasks.map((partition) => ({ stream: "scored", partition, offset: stored[partition] ?? 0 })),
      onBatch(batch) {
        stored[batch.partition] = (stored[batch.partition] ?? 0) + batch.count;
      },
    });
    await until("80 records", () => reader.listener.records.length === 80);
    const other = read({ kafka, streams: [stream] });
    await until("the other's task", () => other.listener.calls.length > 0);
    await other.source.stop();
    await until("both tasks back", () => reader.listener.calls.at(-1) === "assigned 0,1");
    for (const partition of [0, 1]) await producer.send(stream.topic, partition, numbered(50, 60));
    await until("100 records", () => reader.listener.records.length >= 100);
    for (const partition of [0, 1]) {
      const offsets = reader.listener.records.filter((record) => record.partition === partition);
      expect(offsets.map(({ offset }) => offset)).toEqual(numbered(10, 60).map(Number));
    }
    expect(reader.listener.calls.some((call) => call.startsWith("gap"))).toBe(false);
  });

  test("no record comes before the owner has answered, nor of a task it has lost", async () => {
    const stream = await createStream(brokers, { partitions: 2 });
    for (const partition of [0, 1]) await producer.send(stream.topic, partition, numbered(0, 500));
    const order: string[] = [];
    const reader = read({
      kafka: kafkaConfig({ brokers }),
      streams: [stream],
      async positions(tasks) {
        await new Promise((resolve) => setTimeout(resolve, 700));
        order.push("answered");
        return tasks.map((partition) => ({ stream: "scored", partition, offset: 400 }));
      },
      onBatch: () => void order.push("batch"),
    });
    await until("200 records", () => reader.listener.records.length >= 200);
    expect(order[0]).toBe("answered");
    expect(Math.min(...reader.listener.records.map(({ offset }) => offset))).toBe(400);
  });

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

  test("a beginning without records is kept over a rejoin, so that none is passed over", async () => {
    const stream = await createStream(brokers, { partitions: 2, from: "latest" });
    for (const partition of [0, 1]) await producer.send(stream.topic, partition, ["before"]);
    const kafka = kafkaConfig({ brokers });
    const reader = read({ kafka, streams: [stream], positions: () => [] });
    await until("a place", () => reader.source.partitions().every(({ next }) => next === 1));
    for (const partition of [0, 1]) reader.source.pause("scored", partition);
    for (const partition of [0, 1]) await producer.send(stream.topic, partition, ["after"]);
    const other = read({ kafka, streams: [stream], positions: () => [] });
    await until("the other's task", () => other.listener.calls.length > 0);
    await other.source.stop();
    for (const partition of [0, 1]) reader.source.resume("scored", partition);
    await until("both records", () => reader.listener.records.length >= 2);
    expect(values(reader)).toEqual(["after", "after"]);
  });

  test("a paused partition brings nothing until it is resumed, the others go on", async () => {
    const stream = await createStream(brokers, { partitions: 2 });
    const reader = read({ kafka: kafkaConfig({ brokers }), streams: [stream] });
    reader.source.pause("scored", 0);
    await reader.started;
    for (const partition of [0, 1]) await producer.send(stream.topic, partition, ["a"]);
    await until("the other partition", () => reader.listener.records.length === 1);
    await producer.send(stream.topic, 1, ["b"]);
    await until("more of it", () => reader.listener.records.length === 2);
    expect(reader.listener.records.map(({ partition }) => partition)).toEqual([1, 1]);
    reader.source.resume("scored", 0);
    await until("the paused one", () => reader.listener.records.length === 3);
  });

  test("a batch that takes longer than the session timeout does not cost the membership", async () => {
    const stream = await createStream(brokers);
    await producer.send(stream.topic, 0, numbered(0, 3));
    const kafka = kafkaConfig({ brokers, sessionTimeout: 1500 });
    const reader = read({
      kafka,
      streams: [stream],
      onBatch: () => new Promise((resolve) => setTimeout(resolve, 3000)),
    });
    await until("the end", () => reader.source.partitions()[0]?.next === 3);
    expect(reader.listener.calls).toEqual(["assigned 0"]);
    expect(values(reader)).toEqual(numbered(0, 3));
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

async function recreate(topic: string): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    await admin.deleteTopics({ topics: [topic] });
    await until("the topic's end", () => true);
    for (let left = 50; left > 0 && (await admin.listTopics()).includes(topic); left--) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1 }] });
  });
}

/** Ends of partitions that others own are looked up at each join. */
function pollsLater(reader: Reader): boolean {
  return reader.source.partitions().every(({ end }) => end >= 0);
}
