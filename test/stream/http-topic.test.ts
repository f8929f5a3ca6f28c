import { once } from "node:events";
import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { KafkaJSProtocolError } from "kafkajs";
import { expect, test } from "vitest";
import type { StreamConfig } from "../../src/config/config.ts";
import { createInspection } from "../../src/ingestion/door-inspection.ts";
import type { EventPlan } from "../../src/event/batch.ts";
import { createSimulatedClock } from "../../src/runtime/clock.ts";
import { createTopicWriter } from "../../src/stream/http-topic.ts";
import type { KafkaSender, OutgoingRecord } from "../../src/stream/kafka-sender.ts";
import { columnOf, decoderOf, NOW, planOf } from "../event/records-of.ts";
import { halves } from "../event/server-sent.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { openDoor, type TestDoor } from "./http-fixture.ts";
import { streamConfig } from "./listener.ts";

const PLANS: Readonly<Record<string, readonly EventPlan[]>> = {
  served: halves("m"),
  scored: [planOf([columnOf({ name: "x" })], { needsId: true })],
  truth: [planOf([columnOf({ name: "truth", role: "truth" })], { needsId: true })],
};
const STREAMS = {
  served: streamConfig({ name: "served", http: true, topic: "t.served", format: "kserve" }),
  scored: streamConfig({
    name: "scored",
    http: true,
    topic: "t.scored",
    map: { version: { header: "user-agent" } },
  }),
  truth: streamConfig({ name: "truth", role: "labels", of: "scored", http: true, topic: "t.truth" }),
};

interface Sent extends OutgoingRecord {
  readonly topic: string;
}

interface Door extends TestDoor {
  readonly sent: Sent[];
  /** How many records each request to the broker had. */
  readonly requests: number[];
}

/** The door, and a sender that refuses what `refuse` says. */
async function openTopicDoor(
  options: {
    refuse?: (records: readonly OutgoingRecord[]) => Error | undefined;
    streams?: readonly StreamConfig[];
    maxRecordBytes?: number;
    maxBodyBytes?: number;
    /** Nothing is written before it settles. */
  } = {},
): Promise<Door> {
  const {
    refuse,
    streams = Object.values(STREAMS),
    maxRecordBytes = 50_000,
    maxBodyBytes = 100_000,
  } = options;
  const sent: Sent[] = [];
  const requests: number[] = [];
  const sender: KafkaSender = {
    async send(topic, records) {
      const error = refuse?.(records);
      if (error !== undefined) throw error;
      requests.push(records.length);
      sent.push(...records.map((record) => ({ ...record, topic })));
    },
    close: async () => {},
  };
  const decoders = new Map(streams.map((stream) => [stream.name, decoderOf(PLANS[stream.name], stream)]));
  const { log } = recordLog();
  const inspect = createInspection(() => decoders, createSimulatedClock(NOW));
  const shared = streams.filter(({ topic }) => topic !== undefined);
  const topics = createTopicWriter({ streams: shared, sender, inspect, maxRecordBytes, log });
  const door = await openDoor({ streams, topics, http: { maxBodyBytes }, clock: () => NOW });
  return Object.assign(door, { sent, requests });
}

const event = (id: string, more: object = {}): object => ({
  id,
  time: new Date(NOW).toISOString(),
  model: "m",
  features: { x: 1 },
  ...more,
});
const textOf = (part: OutgoingRecord["key"]): string | undefined => part?.toString();
/** As KafkaJS hands on what a broker answers. */
const refusal = (type: string): Error =>
  Object.assign(new KafkaJSProtocolError(new Error("The request included a message larger than allowed")), {
    type,
  });

test("events and labels are written under the id that joins them, each item as a record of its own", async () => {
  const { post, sent, source, listener } = await openTopicDoor();
  const lines = [event("a"), event("b#7"), event("c")].map((one) => JSON.stringify(one)).join("\n");
  const packed = await post("/v1/events", gzipSync(lines), { "user-agent": "v7", "x-kept": "é" });
  expect(packed).toMatchObject({ status: 200, body: { accepted: 3 } });
  expect(await post("/v1/labels", JSON.stringify({ id: "a", time: NOW, truth: 1 }))).toMatchObject({
    status: 200,
  });
  expect(sent.map(({ topic, key }) => [topic, textOf(key)])).toEqual([
    ["t.scored", "a"],
    ["t.scored", "b#7"],
    ["t.scored", "c"],
    ["t.truth", "a"],
  ]);
  expect(textOf(sent[0].value)).toBe(JSON.stringify(event("a")));
  expect(sent[0].timestamp).toBe(String(NOW));
  // Of the connection only what the map asks for is kept.
  const { headers } = sent[0];
  expect(Object.keys(headers)).toEqual(expect.arrayContaining(["user-agent", "x-kept"]));
  expect(
    Object.keys(headers).filter((name) => /^(host|connection|content-length|accept.*)$/.test(name)),
  ).toEqual([]);
  expect(Buffer.isBuffer(headers["x-kept"]) && headers["x-kept"].toString("latin1")).toBe("é");
  expect(Object.keys(sent[3].headers)).not.toContain("user-agent");
  // Another source reads it.
  expect(source.partitions()).toEqual([]);
  expect(listener.calls).toEqual([]);
});

test("numbers written in hex and in decimal are one key", async () => {
  const truth = { ...STREAMS.truth, map: { id: { pointer: "/id", as: "hex" as const } } };
  const scored = { ...STREAMS.scored, map: { id: { pointer: "/id", as: "decimal" as const } } };
  const { post, sent } = await openTopicDoor({ streams: [scored, truth] });
  await post("/v1/events", JSON.stringify(event("0255")));
  await post("/v1/labels", JSON.stringify({ id: "00FF", time: NOW, truth: 1 }));
  expect(sent.map(({ key }) => textOf(key))).toEqual(["255", "255"]);
});

test("CloudEvents keep their headers and bytes, binary, structured and in batches", async () => {
  const { post, sent } = await openTopicDoor();
  const attributes = { specversion: "1.0", source: "s", type: "org.kubeflow.serving.inference.request" };
  const body = '{"instances": [[1.5]]}';
  const headers = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]),
  );
  const gzipped = gzipSync(body);
  expect(await post("/", gzipped, { ...headers, "ce-id": "pair-1" })).toMatchObject({ status: 200 });
  const structured = { ...attributes, id: "pair-2", data: JSON.parse(body) as object };
  await post("/", JSON.stringify(structured), { "content-type": "application/cloudevents+json" });
  const batch = [structured, { ...structured, id: "pair-3" }];
  await post("/", JSON.stringify(batch), { "content-type": "application/cloudevents-batch+json" });
  await post("/", "noise", {});
  expect(sent.map(({ key }) => textOf(key))).toEqual(["pair-1", "pair-2", "pair-2", "pair-3", undefined]);
  expect(sent[0].value).toEqual(gzipped);
  expect(sent[0].headers["ce-type"]?.toString()).toBe(attributes.type);
  expect(sent[2].headers["content-type"]?.toString()).toBe("application/cloudevents+json");
  expect(textOf(sent[4].value)).toBe("noise");
});

test("what can be known at once is told, and written all the same, to be counted where it is read", async () => {
  const { post, sent } = await openTopicDoor({ maxRecordBytes: 1_000 });
  const items = [event("a"), 7, event("b", { model: "stranger" }), { ...event("c"), time: "soon" }];
  const large = event("d", { more: "x".repeat(1_000) });
  const { status, body } = await post("/v1/events", JSON.stringify([...items, large]));
  expect(status).toBe(400);
  expect(body).toEqual({
    accepted: 1,
    rejected: [
      { index: 1, reason: "undecodable", detail: "it is JSON, but no object" },
      { index: 2, reason: "unknown-model", detail: expect.stringMatching(/^model: /) },
      { index: 3, reason: "invalid", detail: expect.stringMatching(/^time: /) },
      { index: 4, reason: "oversize" },
    ],
  });
  expect(sent.map(({ value }) => textOf(value))).toEqual([
    ...items.map((item) => JSON.stringify(item)),
    undefined,
  ]);
  expect(sent[4]).toMatchObject({ key: null, headers: { "driftd-turned-away": "oversize" } });
});

test("bodies that are too large, or do not fit, leave a record without a value that says so", async () => {
  const { post, sent } = await openTopicDoor();
  expect(await post("/", "x".repeat(100_001))).toMatchObject({ status: 200 });
  expect(await post("/v1/labels", "x".repeat(100_001))).toMatchObject({ status: 413 });
  expect(sent).toEqual([
    { topic: "t.served", key: null, value: null, headers: { "driftd-turned-away": "oversize" } },
    { topic: "t.truth", key: null, value: null, headers: { "driftd-turned-away": "oversize" } },
  ]);
});

/** A request all of which is sent but its last byte. */
interface Unended {
  /** Sends that too; answers the status. */
  end(): Promise<number | undefined>;
}

function beginPost(url: string, body: string): Unended {
  const begun = request(url, { method: "POST", headers: { "content-length": body.length + 1 } });
  begun.write(body);
  return {
    async end() {
      const answered = once(begun, "response");
      begun.end("x");
      const [response] = await answered;
      response.resume();
      return response.statusCode;
    },
  };
}

test("what there is no room for is told to come again; a CloudEvent leaves a record that says so", async () => {
  const { url, post, sent, bytesRead } = await openTopicDoor({ maxBodyBytes: 16_777_216 });
  const large = "x".repeat(16_770_000);
  // Four fit. They wait for their last byte, each in its room before the next one begins.
  const four: Unended[] = [];
  while (four.length < 4) {
    four.push(beginPost(`${url}/v1/labels`, large));
    await expect.poll(bytesRead).toBeGreaterThanOrEqual(four.length * large.length);
  }
  const { status, headers } = await post("/v1/labels", large);
  expect([status, headers.get("retry-after")]).toEqual([429, "1"]);
  expect((await post("/", large)).status).toBe(200);
  expect(await Promise.all(four.map(({ end }) => end()))).toEqual([400, 400, 400, 400]);
  expect(sent.map(({ topic, headers: { "driftd-turned-away": why } }) => [topic, why]).toSorted()).toEqual([
    ["t.served", "overflow"],
    ...Array.from({ length: 4 }, () => ["t.truth", "oversize"]),
  ]);
});

test("a broker is sent at most so much at once, and of what it finds too large only that is oversize", async () => {
  const most = 40_000;
  const isLarge = ({ value }: OutgoingRecord): boolean => (value?.length ?? 0) > most;
  const { post, sent, requests } = await openTopicDoor({
    refuse: (records) => (records.some(isLarge) ? refusal("MESSAGE_TOO_LARGE") : undefined),
  });
  const items = Array.from({ length: 8 }, (_, i) =>
    event(`e${i}`, { more: "x".repeat(i === 5 ? most : 10) }),
  );
  expect(await post("/v1/events", JSON.stringify(items))).toMatchObject({
    status: 400,
    body: { accepted: 7, rejected: [{ index: 5, reason: "oversize" }] },
  });
  expect(sent.map(({ key }) => textOf(key))).toEqual(["e0", "e1", "e2", "e3", "e4", undefined, "e6", "e7"]);
  requests.length = 0;
  const many = Array.from({ length: 60 }, (_, i) => event(`m${i}`, { more: "x".repeat(1_500) }));
  await Promise.all(Array.from({ length: 20 }, () => post("/v1/events", JSON.stringify(many.slice(0, 60)))));
  expect(requests.reduce((sum, records) => sum + records, 0)).toBe(1_200);
  expect(Math.max(...requests)).toBeLessThan(600);
});

test("who sends while Kafka is away is told that nothing is certain, and health says why", async () => {
  let isAway = true;
  const { post, sent, source } = await openTopicDoor({
    refuse: () => (isAway ? new Error("connect ECONNREFUSED") : undefined),
  });
  expect(await post("/v1/events", JSON.stringify(event("a")))).toMatchObject({ status: 503 });
  expect(await post("/", "noise")).toMatchObject({ status: 503 });
  expect(source.outage()).toBe("events that are sent here cannot be written: connect ECONNREFUSED");
  isAway = false;
  expect(await post("/v1/events", JSON.stringify(event("a")))).toMatchObject({ status: 200 });
  expect(source.outage()).toBeUndefined();
  expect(sent.map(({ key }) => textOf(key))).toEqual(["a"]);
});

test("streams with and without a topic share the routes", async () => {
  const own = streamConfig({ name: "scored", http: true });
  const { post, sent, delivered, source, listener } = await openTopicDoor({ streams: [own, STREAMS.served] });
  await post("/v1/events", JSON.stringify(event("a")));
  await post("/", "noise");
  expect(delivered.map(({ stream }) => stream)).toEqual(["scored"]);
  expect(sent.map(({ topic }) => topic)).toEqual(["t.served"]);
  expect(source.partitions().map(({ stream }) => stream)).toEqual(["scored"]);
  expect(listener.calls).toEqual(["assigned 0"]);
});
