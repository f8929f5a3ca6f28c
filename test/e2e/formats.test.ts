import { expect, test } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { startDaemon } from "./daemon.ts";
import { scoredEvents, type ScoredEvent } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { countsInStore, countsOfEvents } from "./recount.ts";
import * as bodies from "./server-bodies.ts";
import { createTopic, produce, type NewRecord } from "./topic.ts";

const MINUTE = 60_000;
const BEGIN = Date.parse("2026-03-01T00:00:00Z");
const PARTITIONS = 2;
/** A response comes so long after its request, ms. */
const DELAY = 40;

/** Events in calls of one to seven rows; all rows of a call have one time. */
const CALLS: readonly (readonly ScoredEvent[])[] = cutCalls(
  scoredEvents({ count: 2_000, from: BEGIN, to: BEGIN + 20 * MINUTE }),
);
const EVENTS = CALLS.flat();

function cutCalls(events: readonly ScoredEvent[]): ScoredEvent[][] {
  const calls: ScoredEvent[][] = [];
  for (let at = 0, size = 1; at < events.length; at += size, size = (size % 7) + 1) {
    const rows = events.slice(at, at + size);
    calls.push(rows.map((row) => ({ ...row, time: rows[0]?.time ?? 0 })));
  }
  return calls;
}

type Half = "request" | "response";

/** A half of the k-th call, in its partition. */
function recordOf(call: number, half: Half, record: Omit<NewRecord, "timestamp" | "partition">): NewRecord {
  const time = (CALLS[call]?.[0]?.time ?? 0) + (half === "request" ? 0 : DELAY);
  return { ...record, timestamp: time, partition: call % PARTITIONS };
}

/** What KServe's logger says of a half of the k-th call. */
function attributesOf(call: number, half: Half): Record<string, string> {
  return {
    specversion: "1.0",
    id: `call-${call}`,
    source: "http://localhost:9081/",
    type: `org.kubeflow.serving.inference.${half}`,
    time: new Date(recordOf(call, half, { value: null }).timestamp).toISOString(),
    component: "predictor",
    endpoint: "v1",
    inferenceservicename: "scoring",
  };
}

function inHeaders(attributes: Record<string, string>, contentType: string): Record<string, string> {
  const names = Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]);
  return { ...Object.fromEntries(names), "content-type": contentType };
}

/** How calls are written, one way after the other. */
const WAYS = [
  [bodies.askV1, bodies.answerV1, "application/json"],
  [bodies.askV2, bodies.answerV2, "application/json"],
  [bodies.askPacked, bodies.answerBinary, "application/octet-stream"],
  [bodies.framed(bodies.askProtobuf), bodies.framed(bodies.answerProtobuf), "application/grpc"],
] as const;

/** Protobuf has no place for a missing number. */
function wayOf(call: number): (typeof WAYS)[number] {
  const hasNull = CALLS[call]?.some(({ features }) => features.amount === null) === true;
  return WAYS[hasNull ? call % 3 : call % WAYS.length] ?? WAYS[0];
}

function kserveRecords(call: number): NewRecord[] {
  const rows = CALLS[call] ?? [];
  const [ask, answer, contentType] = wayOf(call);
  const both = [
    ["request", ask(rows)],
    ["response", answer(rows)],
  ] as const;
  return both.map(([half, body]) => {
    const attributes = attributesOf(call, half);
    // Every fifth call has come through a broker that writes events anew.
    if (call % 5 > 0)
      return recordOf(call, half, { value: body, headers: inHeaders(attributes, contentType) });
    const value = JSON.stringify({ ...attributes, data_base64: body.toString("base64") });
    return recordOf(call, half, { value, headers: { "content-type": "application/cloudevents+json" } });
  });
}

/** What the logger also sends, and what nobody should: none of it is an event. */
function noise(): NewRecord[] {
  const headers = inHeaders({ ...attributesOf(0, "request"), id: "noise" }, "application/json");
  const of = (record: Omit<NewRecord, "timestamp" | "partition">): NewRecord =>
    recordOf(0, "request", record);
  return [
    of({ value: "", headers }),
    of({ value: '{"instances":[1]}', headers: { ...headers, ce_component: "transformer" } }),
    of({ value: '{"instances":[1]}', headers: { ...headers, ce_type: "dev.knative.other" } }),
    of({ value: '{"instances":[[1,', headers }),
    of({ value: "no event" }),
  ];
}

const byTime = (left: NewRecord, right: NewRecord): number => left.timestamp - right.timestamp;
const RULES = { window: { size: "5m", pane: "1m", lateness: "5s" } };

describeService("what model servers send over Kafka", kafkaMissing, () => {
  test.each(["kserve", "auto"])(
    "%s: events of all bodies and modes are counted exactly, and all else is accounted for",
    async (format) => {
      const brokers = await sharedKafka();
      const topic = await createTopic(brokers, { partitions: PARTITIONS });
      const { directory, state } = await writeProject({
        config: {
          kafka: kafkaSection(brokers, uniqueName("driftd")),
          streams: { logged: { role: "inference", topic, format, from: "earliest" } },
        },
        rules: RULES,
      });
      const records = CALLS.flatMap((_, call) => kserveRecords(call));
      await produce(brokers, topic, [...noise(), ...records.toSorted(byTime)]);
      const daemon = await startDaemon(directory);
      const halves = 2 * EVENTS.length;
      const accounting = await daemon.accounted("logged", ({ rows }) => rows.measured === halves);
      expect(accounting.records).toMatchObject({
        received: records.length + 5,
        decoded: records.length,
        undecodable: 2,
        ignored: 3,
        oversize: 0,
      });
      expect(accounting.rows).toMatchObject({
        received: halves,
        measured: halves,
        waiting: 0,
        balanced: true,
      });
      expect((await daemon.end()).code).toBe(0);
      await expectCounts(directory, state, 2);
    },
  );

  test.each(["oip-v2", "mlserver"] as const)(
    "%s: requests and responses of two topics are counted exactly",
    async (format) => {
      const brokers = await sharedKafka();
      const [asked, answered] = [
        await createTopic(brokers, { partitions: PARTITIONS, name: uniqueName("asked") }),
        await createTopic(brokers, { partitions: PARTITIONS, name: uniqueName("answered") }),
      ];
      const { directory, state } = await writeProject({
        config: {
          kafka: kafkaSection(brokers, uniqueName("driftd")),
          streams: {
            asked: { role: "inputs", topic: asked, format, from: "earliest" },
            answered: { role: "outputs", of: "asked", topic: answered, format, from: "earliest" },
          },
        },
        rules: RULES,
      });
      const requests = CALLS.map((rows, call) => {
        // Only bare bodies may be protobuf.
        const ask = format === "oip-v2" && wayOf(call) === WAYS[3] ? bodies.askProtobuf : bodies.askV2;
        const headers = format === "mlserver" ? { "mlserver-model": "scoring" } : {};
        return recordOf(call, "request", { key: `call-${call}`, value: ask(rows), headers });
      });
      const responses = CALLS.map((rows, call) => {
        const answer = format === "oip-v2" && call % 2 === 1 ? bodies.answerProtobuf : bodies.answerV2;
        const headers = format === "mlserver" ? seldonHeaders(call) : {};
        return recordOf(call, "response", { key: `call-${call}`, value: answer(rows), headers });
      });
      await produce(brokers, asked, requests);
      await produce(brokers, answered, responses);
      const daemon = await startDaemon(directory);
      for (const stream of ["asked", "answered"]) {
        const { rows } = await daemon.accounted(stream, ({ rows }) => rows.measured === EVENTS.length);
        expect(rows).toMatchObject({ received: EVENTS.length, waiting: 0, balanced: true });
      }
      expect((await daemon.end()).code).toBe(0);
      await expectCounts(directory, state, 0);
    },
  );
});

function seldonHeaders(call: number): Record<string, string> {
  return {
    "Ce-Specversion": "0.3",
    "Ce-Type": "io.seldon.serving.inference.response",
    "Ce-Modelid": "scoring",
    "Ce-Endpoint": "scoring",
    "Ce-Id": `call-${call}`,
  };
}

/** @param undecodable records that stand in the first pane, beside the rows */
async function expectCounts(directory: string, state: string, undecodable: number): Promise<void> {
  const expected = new Map(await countsOfEvents(directory, EVENTS));
  const found = new Map(await countsInStore(directory, state));
  const stray = [...found].filter(([name]) => name.endsWith("//undecodable"));
  expect(stray.reduce((sum, [, count]) => sum + count, 0)).toBe(undecodable);
  for (const [name] of stray) found.delete(name);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
}
