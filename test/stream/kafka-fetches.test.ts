import { afterEach, beforeAll, expect, test } from "vitest";
import { kafkaMissing, sharedKafka } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { connectProducer, createStream, kafkaConfig, read, stopReaders } from "./kafka-fixture.ts";
import { until } from "./listener.ts";

const RECORDS = 1_000;
/** Bytes of a record's value, and of how much is written at once. */
const RECORD = 1_000;
const WRITTEN = 50 * RECORD;

let brokers: readonly string[] = [];
describeService("What a partition brings at once", kafkaMissing, () => {
  beforeAll(async () => {
    brokers = await sharedKafka();
  });
  afterEach(stopReaders);

  /** The most bytes of values that one batch brought. */
  async function largestBatch(role: "inference" | "inputs"): Promise<number> {
    const stream = await createStream(brokers, { role });
    const producer = await connectProducer(brokers);
    const part = Array.from({ length: WRITTEN / RECORD }, () => "x".repeat(RECORD));
    for (let sent = 0; sent < RECORDS; sent += part.length) await producer.send(stream.topic, 0, part);
    await producer.disconnect();
    let largest = 0;
    const reader = read({
      kafka: kafkaConfig({ brokers }),
      streams: [stream],
      onBatch: ({ count }) => {
        largest = Math.max(largest, count * RECORD);
      },
    });
    await until("all records", () => reader.listener.records.length === RECORDS);
    return largest;
  }

  test("is little where requests wait for their responses, and keep them in memory", async () => {
    expect(await largestBatch("inputs")).toBeLessThanOrEqual(262_144);
  });

  test("is much where every record is whole", async () => {
    expect(await largestBatch("inference")).toBeGreaterThan(524_288);
  });
});
