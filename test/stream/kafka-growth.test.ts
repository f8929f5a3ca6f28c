import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { kafkaMissing, sharedKafka } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import {
  connectProducer,
  createStream,
  kafkaConfig,
  read,
  stopReaders,
  values,
  withAdmin,
  type TestProducer,
} from "./kafka-fixture.ts";
import { until } from "./listener.ts";

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
      await withAdmin(brokers, (admin) =>
        admin.createPartitions({ topicPartitions: [{ topic: stream.topic, count: 2 }] }),
      );
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
