import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { kafkaMissing, sharedKafka } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { createFleetStore, joinFleet, type FleetStore } from "./fleet-store.ts";
import {
  connectProducer,
  createStream,
  kafkaConfig,
  numbered,
  stopReaders,
  tasksOf,
  type Reader,
  type TestProducer,
} from "./kafka-fixture.ts";
import { until } from "./listener.ts";

const PARTITIONS = 4;
const [OLD, NEW] = [
  { order: 1, hash: "a".repeat(16) },
  { order: 2, hash: "b".repeat(16) },
];

let brokers: readonly string[] = [];
let producer: TestProducer;

/** Sends to all partitions until it is stopped; answers how many records each of them got. */
function sendSteadily(topic: string): () => Promise<number> {
  const state = { count: 0, isDone: false };
  const sending = (async () => {
    while (!state.isDone) {
      for (let partition = 0; partition < PARTITIONS; partition++) {
        await producer.send(topic, partition, numbered(state.count, state.count + 10));
      }
      state.count += 10;
      await sleep(10);
    }
  })();
  return async () => {
    state.isDone = true;
    await sending;
    return state.count;
  };
}

async function expectAll(store: FleetStore, count: number): Promise<void> {
  const all = numbered(0, PARTITIONS).map(Number);
  await until("every record", () => all.every((k) => store.partition(k).next >= count));
  for (const k of all) expect(store.partition(k).values).toEqual(numbered(0, count));
  expect(store.torn).toEqual([]);
}

const hasTasks = (reader: Reader): boolean => (tasksOf(reader) ?? "") !== "";
const spread = (...readers: Reader[]): boolean =>
  readers
    .flatMap((reader) => tasksOf(reader)?.split(",") ?? [])
    .toSorted()
    .join() === "0,1,2,3";

describeService("a fleet that reads a topic", kafkaMissing, () => {
  beforeAll(async () => {
    brokers = await sharedKafka();
    producer = await connectProducer(brokers);
  });
  afterEach(stopReaders);
  afterAll(() => producer.disconnect());

  test("a rollout of a changed configuration and its way back: members of the newest one read, and nothing is lost or twice", async () => {
    const stream = await createStream(brokers, { partitions: PARTITIONS });
    const kafka = kafkaConfig({ brokers });
    const store = createFleetStore(PARTITIONS);
    const join = (name: string, counting: typeof OLD): Reader =>
      joinFleet(store, { name, kafka, stream, counting: () => counting });
    const first = join("old 1", OLD);
    const second = join("old 2", OLD);
    await until("the old ones' tasks", () => spread(first, second) && hasTasks(first) && hasTasks(second));
    const stop = sendSteadily(stream.topic);
    await until("old records", () => store.partition(0).next > 100);

    const third = join("new 1", NEW);
    await until("the new one's tasks", () => tasksOf(third) === "0,1,2,3");
    await until("the old ones' silence", () => [first, second].every((reader) => tasksOf(reader) === ""));
    await until("reasons", () =>
      [first, second].every(({ source }) => source.standby?.() === "a newer configuration reads everything"),
    );
    expect(first.log.join()).toContain("standing by: a newer configuration reads everything");
    expect(third.source.standby?.()).toBeUndefined();
    await first.source.stop();
    const fourth = join("new 2", NEW);
    await until("the new ones' tasks", () => spread(third, fourth) && hasTasks(third) && hasTasks(fourth));
    const turn = store.partition(0).next;
    await until("new records", () => store.partition(0).next > turn + 100);
    expect(
      store
        .partition(0)
        .owners.slice(turn)
        .some((owner) => owner.startsWith("old")),
    ).toBe(false);

    // An old one that starts again in the middle of it is no newer for that.
    const fifth = join("old 3", OLD);
    await until("its standing by", () => tasksOf(fifth) === "");
    await Promise.all([third.source.stop(), fourth.source.stop()]);
    await until("the old ones' tasks again", () => spread(second, fifth) && hasTasks(fifth));
    const back = store.partition(0).next;
    await until("records after the way back", () => store.partition(0).next > back + 100);
    await expectAll(store, await stop());
  });

  test("members beyond the tasks stand by, say so, and take over", async () => {
    const stream = await createStream(brokers, { partitions: PARTITIONS });
    const kafka = kafkaConfig({ brokers });
    const store = createFleetStore(PARTITIONS);
    const stop = sendSteadily(stream.topic);
    const readers = numbered(0, 6).map((name) => joinFleet(store, { name, kafka, stream }));
    const idle = (): Reader[] => readers.filter((reader) => tasksOf(reader) === "");
    await until("two that stand by", () => idle().length === 2 && spread(...readers.filter(hasTasks)));
    await until("their reasons", () =>
      idle().every(({ source }) => source.standby?.() === "other members read everything"),
    );
    const [owner] = readers.filter(hasTasks);
    await owner.source.stop();
    readers.splice(readers.indexOf(owner), 1);
    await until("one that stands by", () => idle().length === 1 && spread(...readers.filter(hasTasks)));
    await expectAll(store, await stop());
    expect(owner.log.join()).not.toContain("standing by");
  });

  test("a storm of members that join and leave loses no record, and counts none twice", async () => {
    const stream = await createStream(brokers, { partitions: PARTITIONS });
    const kafka = kafkaConfig({ brokers });
    const store = createFleetStore(PARTITIONS);
    const stop = sendSteadily(stream.topic);
    const steady = joinFleet(store, { name: "steady", kafka, stream });
    const passing: Reader[] = [];
    for (let joins = 1; joins <= STORM; joins++) {
      passing.push(joinFleet(store, { name: `passing ${joins}`, kafka, stream }));
      await sleep(300 + ((joins * 377) % 1_100));
      if (passing.length > 3) await passing.shift()?.source.stop();
    }
    await Promise.all(passing.map(({ source }) => source.stop()));
    await until("all tasks back", () => tasksOf(steady) === "0,1,2,3");
    await expectAll(store, await stop());
    expect(steady.listener.errors).toEqual([]);
  });
});

/** Members that join and leave. */
const STORM = 15;
