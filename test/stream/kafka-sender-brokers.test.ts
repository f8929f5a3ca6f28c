import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createKafkaSender } from "../../src/stream/kafka-sender.ts";
import { createTopic, readTopic } from "../e2e/topic.ts";
import { kafkaOwnMissing, startKafka } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";

const SILENT = { debug() {}, info() {}, warn() {} };
const BATCH = 60;

describeService("records written while leaders change", kafkaOwnMissing, () => {
  test("stand in the topic once they are said to be sent", async () => {
    const cluster = await startKafka({ brokers: 3 });
    onTestFinished(() => cluster.stop());
    const { brokers } = cluster;
    const topic = await createTopic(brokers, { partitions: 6, replicas: 3 });
    const kafka = {
      brokers,
      group: "senders",
      clientId: "driftd",
      sessionTimeout: 30_000,
      maxRecordBytes: 2 ** 20,
    };
    const sender = createKafkaSender({ kafka, log: SILENT });
    const sent: string[] = [];
    const over = new AbortController();
    const writing = (async () => {
      for (let batch = 0; !over.signal.aborted; batch++) {
        const values = Array.from({ length: BATCH }, (_, k) => `${batch}-${k}`);
        const records = values.map((value) => ({ key: value, value, headers: {} }));
        await sender.send(topic, records).then(
          () => sent.push(...values),
          () => undefined,
        );
        await sleep(1);
      }
    })();
    for (const broker of [0, 1, 2, 0, 1, 2]) {
      await sleep(1_000);
      // Hands its partitions over first.
      await cluster.halt(broker);
      await sleep(1_500);
      await cluster.resume();
    }
    over.abort();
    await writing;
    await sender.close();

    const found = new Set<string>();
    await readTopic({ brokers, topic, visit: ({ value }) => found.add(String(value)) });
    expect(sent.length).toBeGreaterThan(10 * BATCH);
    expect(sent.filter((value) => !found.has(value))).toEqual([]);
  });
});
