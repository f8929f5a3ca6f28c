import { expect, test } from "vitest";
import { readRecording, type Recorded } from "../event/recorded.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { startDaemon } from "./daemon.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { createTopic, produce, type NewRecord } from "./topic.ts";

/** Byte for byte; over HTTP a header's name is the same but for its case. */
function recordOf({ key_b64, headers, value_b64, timestamp }: Recorded): NewRecord {
  return {
    ...(key_b64 !== null && key_b64 !== undefined && { key: Buffer.from(key_b64, "base64").toString() }),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]),
    ),
    value: value_b64 === null ? null : Buffer.from(value_b64, "base64"),
    timestamp,
    partition: 0,
  };
}

/** Whatever the recorded model is called. */
const map = { model: { value: "scoring" } };

describeService("recorded traffic over Kafka", kafkaMissing, () => {
  test("of KServe's logger is accounted for to the last row", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { logged: { role: "inference", topic, format: "kserve", from: "earliest", map } },
      },
    });
    const records = readRecording("kserve-agent").map(recordOf);
    await produce(brokers, topic, records);
    const daemon = await startDaemon(directory);
    const { records: seen, rows } = await daemon.accounted(
      "logged",
      (stands) => stands.records.received === records.length,
    );
    // Health and metadata, the transformer's and the explainer's events, another type; cut and foreign bodies.
    expect(seen).toMatchObject({ decoded: 59, undecodable: 8, ignored: 11, oversize: 0 });
    expect(rows).toMatchObject({
      received: 188,
      // 80 pairs.
      measured: 160,
      // Calls answered with 500, 503 and 202; a request and a response whose other half was not logged.
      waiting: 4 + 5 + 2,
      // No id, no time; the caller's retry; an error with status 200 of two rows and an empty answer of one.
      dropped: { invalid: 10, duplicate: 2, failed: 3 + 2 },
      balanced: true,
    });
    expect((await daemon.end()).code).toBe(0);
  });

  test("of MLServer is accounted for to the last row", async () => {
    const brokers = await sharedKafka();
    const asked = await createTopic(brokers, { name: uniqueName("asked") });
    const answered = await createTopic(brokers, { name: uniqueName("answered") });
    // One of the four is a column of the model: so a second request of one key is seen to be another one.
    const names = { x: ["amount", "b", "c", "d"] };
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: {
          asked: { role: "inputs", topic: asked, format: "mlserver", from: "earliest", map, names },
          answered: {
            role: "outputs",
            of: "asked",
            topic: answered,
            format: "mlserver",
            from: "earliest",
            map,
          },
        },
      },
    });
    const recorded = readRecording("mlserver-kafka");
    const [requests, responses] = [
      recorded.filter(({ kind }) => kind === "request"),
      recorded.filter(({ kind }) => kind === "response"),
    ];
    await produce(brokers, asked, requests.map(recordOf));
    await produce(brokers, answered, responses.map(recordOf));
    const daemon = await startDaemon(directory);
    const answers = await daemon.accounted("answered", ({ rows }) => rows.measured === 179);
    expect(answers.records).toMatchObject({ decoded: 21, undecodable: 0, ignored: 0 });
    expect(answers.rows).toMatchObject({
      received: 182,
      // Two of requests without key and id, which were given ids that nobody else knows.
      waiting: 2,
      // The second answer under a key that was used before.
      dropped: { conflict: 1 },
      balanced: true,
    });
    const questions = await daemon.accounted("asked", ({ rows }) => rows.measured === 179);
    expect(questions.records).toMatchObject({ decoded: 28, undecodable: 3, ignored: 1 });
    expect(questions.rows).toMatchObject({
      received: 189,
      // Calls that failed: MLServer says nothing of them.
      waiting: 7,
      dropped: { invalid: 2, conflict: 1 },
      balanced: true,
    });
    expect((await daemon.end()).code).toBe(0);
  });
});
