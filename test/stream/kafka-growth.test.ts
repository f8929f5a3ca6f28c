import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { StreamConfig } from "../../src/config/config.ts";
import { growTopics } from "../../src/stream/kafka-growth.ts";
import { createPartitionTable, topicStreams } from "../../src/stream/kafka-partitions.ts";
import { growTopic } from "../e2e/topic.ts";
import { kafkaMissing, sharedKafka } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import {
  connectProducer,
  createStream,
  kafkaConfig,
  read,
  stopReaders,
  values,
  type TestProducer,
} from "./kafka-fixture.ts";
import { streamConfig, until } from "./listener.ts";

/** What is said of topics, which had two partitions each, that have so many now. */
function saidOf(
  streams: readonly (Partial<StreamConfig> & { name: string })[],
  counts: Readonly<Record<string, number>>,
): string[] {
  const said: string[] = [];
  const log = { debug: () => {}, info: () => {}, warn: (_: object, text: string) => void said.push(text) };
  const byTopic = topicStreams(streams.map((stream) => streamConfig({ topic: stream.name, ...stream })));
  const table = createPartitionTable(byTopic);
  for (const topic of byTopic.keys()) table.grow(topic, 2);
  growTopics(table, Object.entries(counts), log);
  return said;
}

describe("growTopics", () => {
  const LONE = "Topic scored has more partitions than before: they are read from their beginning";
  const PARTED = `${LONE}. Records of one id that were sent before and after may be in two partitions, and do not meet`;

  test("says nothing of a topic that has as many as before, nor of its first ones", () => {
    expect(saidOf([{ name: "scored" }], { scored: 2, other: 9 })).toEqual([]);
  });

  test("speaks of no pairs where every record stands alone", () => {
    expect(saidOf([{ name: "scored" }, { name: "other" }], { scored: 3, other: 2 })).toEqual([LONE]);
  });

  test("says of requests and responses in one topic that some do not meet", () => {
    expect(saidOf([{ name: "scored", joinWithin: 60_000 }], { scored: 3 })).toEqual([PARTED]);
  });

  const labelled = [{ name: "scored" }, { name: "truth", role: "labels", of: "scored" } as const];

  test("names the topics that are to get as many", () => {
    expect(saidOf(labelled, { scored: 3, truth: 2 })).toEqual([
      `${PARTED}. Give topic truth as many: until then most ids do not meet, and driftd does not start again`,
    ]);
  });

  test("asks for nothing where they have grown alike", () => {
    expect(saidOf(labelled, { scored: 3, truth: 3 })).toEqual([PARTED, PARTED.replace("scored", "truth")]);
  });
});

describeService("a topic that gets more partitions", kafkaMissing, () => {
  let brokers: readonly string[];
  let producer: TestProducer;
  beforeAll(async () => {
    brokers = await sharedKafka();
    producer = await connectProducer(brokers);
  });
  afterEach(stopReaders);
  afterAll(() => producer.disconnect());

  test.each(["latest", "committed"] as const)(
    "is read there from the beginning, though it is read from %s: all of it came since",
    async (from) => {
      const stream = await createStream(brokers, { from });
      await producer.send(stream.topic, 0, ["before"]);
      const reader = read({ kafka: kafkaConfig({ brokers }), streams: [stream], positions: () => [] });
      await reader.started;
      await until("a place", () => reader.source.partitions()[0]?.next === 1);
      await growTopic(brokers, stream.topic, 2);
      // A producer that knew the topic before knows nothing of its new partition.
      const later = await connectProducer(brokers);
      await later.send(stream.topic, 1, ["a", "b"]);
      await later.disconnect();
      reader.source.rejoin?.();
      await until("the new partition", () => reader.listener.records.length >= 2);
      expect(values(reader)).toEqual(["a", "b"]);
    },
  );
});
