import { expect, test } from "vitest";
import { readRecording } from "../event/recorded.ts";
import { kafkaMissing, kafkaOwnMissing, sharedKafka, startKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents, type ScoredEvent } from "./events.ts";
import { kafkaSection, LABEL_SPANS, writeProject } from "./project.ts";
import { sendRecorded } from "./recorded-sender.ts";
import { createTopic } from "./topic.ts";

const PARTITIONS = 4;

async function urlOf(daemon: Daemon): Promise<string> {
  return String((await daemon.said("listening"))["url"]);
}

async function post(url: string, body: string | Buffer): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(120_000) });
  return { status: response.status, body: await response.json() };
}

const withModel = (event: ScoredEvent): object => ({ ...event, model: "scoring" });

describeService("what is sent over HTTP to a topic", kafkaMissing, () => {
  test("is read from there as it would have been taken in at once: events, their labels, and what is bad", async () => {
    const brokers = await sharedKafka();
    const [scored, charged] = await Promise.all(
      ["scored", "charged"].map((name) =>
        createTopic(brokers, { name: uniqueName(name), partitions: PARTITIONS }),
      ),
    );
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("door")),
        streams: {
          scored: { role: "inference", http: true, topic: scored, from: "earliest", idleAfter: "2s" },
          charged: { role: "labels", of: "scored", http: true, topic: charged, from: "earliest" },
        },
      },
      rules: {
        window: { size: "5m", pane: "1m", lateness: "2m" },
        labels: LABEL_SPANS,
        rules: [{ alert: "SchemaBroken", measure: "invalid", above: 0.01 }],
      },
    });
    const daemon = await startDaemon(directory);
    const url = await urlOf(daemon);
    await daemon.said("reading");

    const now = Date.now();
    const events = scoredEvents({ count: 300, from: now - 60_000, to: now });
    const lines = events.map((event) => `${JSON.stringify(withModel(event))}\n`).join("");
    expect(await post(`${url}/v1/events`, lines)).toEqual({ status: 200, body: { accepted: 300 } });
    const labels = events.slice(0, 100).map(({ id }) => ({ id, time: now, model: "scoring", truth: true }));
    expect(await post(`${url}/v1/labels`, JSON.stringify(labels))).toEqual({
      status: 200,
      body: { accepted: 100 },
    });
    const [one] = scoredEvents({ count: 1, from: now, to: now + 1, seed: 2 }).map(withModel);
    const mixed = [
      one,
      { ...one, model: "stranger" },
      7,
      { ...one, id: "x", time: "soon" },
      withModel(events[0]),
    ];
    // That an event has come before only its owner knows.
    expect(await post(`${url}/v1/events`, JSON.stringify(mixed))).toMatchObject({
      status: 400,
      body: {
        accepted: 2,
        rejected: [
          { index: 1, reason: "unknown-model", detail: expect.stringMatching(/^model: /) },
          { index: 2, reason: "undecodable" },
          { index: 3, reason: "invalid" },
        ],
      },
    });
    const { records, rows } = await daemon.accounted("scored", (found) => found.records.received === 305);
    expect(records).toMatchObject({ decoded: 304, undecodable: 1 });
    expect(rows).toMatchObject({ received: 304, measured: 301, balanced: true });
    expect(rows.dropped).toMatchObject({ "unknown-model": 1, invalid: 1, duplicate: 1 });
    // Each found its event in its own partition.
    expect((await daemon.accounted("charged", (found) => found.rows.measured === 100)).rows).toMatchObject({
      received: 100,
      waiting: 0,
      balanced: true,
    });
    expect((await daemon.end()).code).toBe(0);
  });

  // In the expected decoding: test/event/wire/*.expected.jsonl.
  test.each([
    { recording: "kserve-agent", decoded: 59, undecodable: 8, ignored: 11 },
    { recording: "kserve-agent-mlserver", decoded: 17, undecodable: 1, ignored: 0 },
  ])(
    "is decoded with its headers and bytes ($recording), and requests meet their responses",
    async (expected) => {
      const { recording, ...counts } = expected;
      const brokers = await sharedKafka();
      const topic = await createTopic(brokers, { name: uniqueName("served"), partitions: PARTITIONS });
      const map = { model: { value: "scoring" } };
      const { directory } = await writeProject({
        config: {
          kafka: kafkaSection(brokers, uniqueName("door")),
          streams: {
            served: { role: "inference", http: true, topic, from: "earliest", format: "kserve", map },
          },
        },
      });
      const daemon = await startDaemon(directory);
      const url = await urlOf(daemon);
      const recorded = readRecording(recording);
      for (const record of recorded) expect(await sendRecorded(url, record)).toBe(200);
      // Larger than what is taken at all.
      const large = await fetch(url, { method: "POST", body: Buffer.alloc(17 * 1024 ** 2) });
      expect(large.status).toBe(200);
      const enough = recorded.length + 1;
      const { records, rows } = await daemon.accounted(
        "served",
        (found) => found.records.received === enough,
      );
      expect(records).toMatchObject({ ...counts, oversize: 1 });
      expect(rows.balanced).toBe(true);
      expect(rows.measured).toBeGreaterThan(0);
      expect((await daemon.end()).code).toBe(0);
    },
  );
});

describeService("what is sent over HTTP while Kafka is away", kafkaOwnMissing, () => {
  test("is answered 503 in seconds, and taken again once it is back", async () => {
    const cluster = await startKafka();
    try {
      const topic = await createTopic(cluster.brokers, { name: uniqueName("scored"), partitions: 1 });
      const { directory } = await writeProject({
        config: {
          kafka: kafkaSection(cluster.brokers, uniqueName("door")),
          streams: { scored: { role: "inference", http: true, topic, from: "earliest" } },
        },
      });
      const daemon = await startDaemon(directory);
      const url = await urlOf(daemon);
      await daemon.said("reading");
      const [first, second, third] = scoredEvents({ count: 3, from: Date.now() - 3_000, to: Date.now() }).map(
        (event) => JSON.stringify(withModel(event)),
      );
      expect((await post(`${url}/v1/events`, first)).status).toBe(200);
      let tries = 0;
      for (const [halt, back] of [
        [() => cluster.halt(), () => cluster.resume()],
        [async () => cluster.freeze(), async () => cluster.thaw()],
      ] as const) {
        await halt();
        const began = Date.now();
        expect((await post(`${url}/v1/events`, second)).status).toBe(503);
        expect(Date.now() - began).toBeLessThan(40_000);
        expect(JSON.parse(await daemon.text("/healthz"))).toMatchObject({ status: "ok" });
        await back();
        const status = async (): Promise<number> => {
          tries += 1;
          return (await post(`${url}/v1/events`, third)).status;
        };
        await expect.poll(status, { interval: 500 }).toBe(200);
      }
      // Who was told 503 may have been taken in all the same.
      const { rows } = await daemon.accounted("scored", (found) => found.rows.received >= 3);
      expect(rows.received).toBeLessThanOrEqual(3 + tries);
      expect(rows.balanced).toBe(true);
      expect((await daemon.end()).code).toBe(0);
    } finally {
      await cluster.stop();
    }
  });
});
