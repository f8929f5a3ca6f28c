import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { kafkaOwnMissing, startKafka, type KafkaCluster } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import {
  connectProducer,
  createStream,
  kafkaConfig,
  numbered,
  read,
  stopReaders,
  values,
} from "./kafka-fixture.ts";
import { until } from "./listener.ts";

let cluster: KafkaCluster;
let directory = "";

function sasl(password: string) {
  const passwordFile = join(directory, `${password}.txt`);
  writeFileSync(passwordFile, `${password}\n`);
  return { mechanism: "plain" as const, username: "driftd", passwordFile };
}

describeService("Kafka source and a broker of its own", kafkaOwnMissing, () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "driftd-login-"));
    cluster = await startKafka({ login: { username: "driftd", password: "secret" } });
  });
  afterEach(stopReaders);
  afterAll(async () => {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test("a login with the password from its file is let in, a wrong one fails at once", async () => {
    const stream = await createStream(cluster.brokers);
    const producer = await connectProducer(cluster.brokers);
    await producer.send(stream.topic, 0, ["a"]);
    await producer.disconnect();
    const { guarded } = cluster;
    const allowed = read({
      kafka: kafkaConfig({ brokers: guarded, sasl: sasl("secret") }),
      streams: [stream],
    });
    await until("the record", () => allowed.listener.records.length === 1);
    const refused = read({
      kafka: kafkaConfig({ brokers: guarded, sasl: sasl("guess") }),
      streams: [stream],
    });
    await expect(refused.started).rejects.toMatchObject({ code: "KAFKA_FAILED" });
    await expect(refused.started).rejects.toThrow("refused the login as driftd");
  });

  test("a broker that goes away is waited for, and reading goes on without loss or duplicates", async () => {
    const stream = await createStream(cluster.brokers, { partitions: 2 });
    const before = await connectProducer(cluster.brokers);
    for (const partition of [0, 1]) await before.send(stream.topic, partition, numbered(0, 100));
    await before.disconnect();
    const stored = [0, 0];
    const reader = read({
      kafka: kafkaConfig({ brokers: cluster.brokers, sessionTimeout: 2000 }),
      streams: [stream],
      positions: (tasks) =>
        tasks.map((partition) => ({ stream: "scored", partition, offset: stored[partition] ?? 0 })),
      onBatch(batch) {
        stored[batch.partition] = (stored[batch.partition] ?? 0) + batch.count;
      },
    });
    await until("200 records", () => reader.listener.records.length === 200);
    await cluster.halt();
    await until("a word about it", () => reader.log.some((line) => line.includes("is away")));
    await cluster.resume();
    const after = await connectProducer(cluster.brokers);
    for (const partition of [0, 1]) await after.send(stream.topic, partition, numbered(100, 120));
    await after.disconnect();
    await until("240 records", () => reader.listener.records.length >= 240);
    expect(values(reader).toSorted()).toEqual([...numbered(0, 120), ...numbered(0, 120)].toSorted());
    expect(reader.listener.errors).toEqual([]);
    expect(reader.log.join("\n")).toMatch(/is back after \d+ s/);
  });

  test("a broker that is not there at the start is waited for; stopping meanwhile is no error", async () => {
    const stream = await createStream(cluster.brokers);
    const producer = await connectProducer(cluster.brokers);
    await producer.send(stream.topic, 0, ["a"]);
    await producer.disconnect();
    await cluster.halt();
    const impatient = read({ kafka: kafkaConfig({ brokers: cluster.brokers }), streams: [stream] });
    const reader = read({ kafka: kafkaConfig({ brokers: cluster.brokers }), streams: [stream] });
    await until("a word about it", () =>
      [impatient, reader].every(({ log }) => log.join().includes("is away")),
    );
    await impatient.source.stop();
    await impatient.started;
    await cluster.resume();
    await until("the record", () => reader.listener.records.length === 1);
    await reader.started;
    expect(impatient.listener.calls).toEqual([]);
  });
});
