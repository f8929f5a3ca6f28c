import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { kafkaMissing, sharedKafka } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import {
  connectProducer,
  createStream,
  kafkaConfig,
  numbered,
  read,
  stopReaders,
  tasksOf,
  values,
  type TestProducer,
} from "./kafka-fixture.ts";
import { until } from "./listener.ts";

let brokers: readonly string[] = [];
let producer: TestProducer;
describeService("Kafka source in a group", kafkaMissing, () => {
  beforeAll(async () => {
    brokers = await sharedKafka();
    producer = await connectProducer(brokers);
  });
  afterEach(stopReaders);
  afterAll(() => producer.disconnect());

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
    // One fetch may bring many records of one partition.
    const readBySecond = () =>
      new Set(second.listener.records.map((record) => `${record.stream}/${record.partition}`));
    await until("records of both topics and tasks of the second", () => readBySecond().size >= 4);
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
    expect(tasks.size).toBe(2);
    expect(readBySecond().size).toBe(4);
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
    await until("ends of unowned partitions", () => second.source.partitions().every(({ end }) => end >= 0));
    expect(first.listener.calls.some((call) => call.startsWith("revoked"))).toBe(false);
    await first.source.stop();
    await until("the record again", () => second.listener.records.length > 0);
    expect(second.listener.calls.at(-1)).toBe("assigned 0,1");
  });

  test("a reload asks where to go on, and goes on there, in the middle of a batch too", async () => {
    const stream = await createStream(brokers);
    const kafka = kafkaConfig({ brokers });
    await producer.send(stream.topic, 0, numbered(0, 30));
    const reader = read({ kafka, streams: [stream] });
    reader.listener.onBatch = () => {
      reader.listener.onBatch = () => {};
      reader.listener.positions = () => [{ stream: "scored", partition: 0, offset: 20 }];
      reader.source.reload();
    };
    await until("the records", () => reader.listener.records.length === 40);
    reader.listener.positions = () => [{ stream: "scored", partition: 0, offset: 25 }];
    reader.source.reload();
    await until("the last records again", () => reader.listener.records.length === 45);
    await producer.send(stream.topic, 0, ["last"]);
    await until("another record", () => reader.listener.records.length === 46);
    expect(values(reader)).toEqual([...numbered(0, 30), ...numbered(20, 30), ...numbered(25, 30), "last"]);
    expect(reader.listener.calls).toEqual(["assigned 0", "assigned 0", "assigned 0"]);
    expect(reader.listener.errors).toEqual([]);
  });

  test("a member that leaves to rejoin gives its tasks up first, and is no owner any more", async () => {
    const stream = await createStream(brokers, { partitions: 2 });
    const kafka = kafkaConfig({ brokers });
    const first = read({ kafka, streams: [stream], single: true });
    await first.started;
    const second = read({ kafka, streams: [stream], single: true });
    await second.started;
    await until("the standby's assignment", () => second.listener.calls.includes("assigned "));
    first.source.rejoin?.();
    expect(first.listener.calls.at(-1)).toBe("revoked 0,1");
    await until("the standby's tasks", () => second.listener.calls.at(-1) === "assigned 0,1");
    await until("the rejoin", () => first.listener.calls.at(-1) === "assigned ");
    await producer.send(stream.topic, 0, ["a"]);
    await until("a record", () => second.listener.records.length > 0);
    expect(first.listener.records).toEqual([]);
    expect(first.log.join()).not.toContain("is away");
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
        await sleep(700);
        order.push("answered");
        return tasks.map((partition) => ({ stream: "scored", partition, offset: 400 }));
      },
      onBatch: () => void order.push("batch"),
    });
    await until("200 records", () => reader.listener.records.length >= 200);
    expect(order[0]).toBe("answered");
    expect(Math.min(...reader.listener.records.map(({ offset }) => offset))).toBe(400);
  });

  test("a beginning without records is kept over a rejoin, so that none is passed over", async () => {
    const stream = await createStream(brokers, { partitions: 2, from: "latest" });
    for (const partition of [0, 1]) await producer.send(stream.topic, partition, ["before"]);
    const kafka = kafkaConfig({ brokers });
    const reader = read({ kafka, streams: [stream], positions: () => [] });
    await reader.started;
    await until("a place", () => reader.source.partitions().every(({ next }) => next === 1));
    for (const partition of [0, 1]) reader.source.pause("scored", partition);
    for (const partition of [0, 1]) await producer.send(stream.topic, partition, ["after"]);
    const other = read({ kafka, streams: [stream], positions: () => [] });
    await until("the other's task", () => other.listener.calls.length > 0);
    await other.source.stop();
    await until("both tasks back", () => reader.listener.calls.length >= 3 && tasksOf(reader) === "0,1");
    for (const partition of [0, 1]) reader.source.resume("scored", partition);
    await until("both records", () => reader.listener.records.length >= 2);
    expect(values(reader)).toEqual(["after", "after"]);
  });

  test("a batch that takes longer than the session timeout does not cost the membership", async () => {
    const stream = await createStream(brokers);
    await producer.send(stream.topic, 0, numbered(0, 3));
    const kafka = kafkaConfig({ brokers });
    const reader = read({ kafka, streams: [stream], onBatch: () => sleep(kafka.sessionTimeout + 1_500) });
    await until("the end", () => reader.source.partitions()[0]?.next === 3);
    expect(reader.listener.calls).toEqual(["assigned 0"]);
    expect(values(reader)).toEqual(numbered(0, 3));
  });
});
