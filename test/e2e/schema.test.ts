import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually, startDaemon } from "./daemon.ts";
import { readRecording } from "../event/recorded.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, LABEL_SPANS, writeProject } from "./project.ts";
import { createTopic, produce, type NewRecord } from "./topic.ts";

const MINUTE = 60_000;
const BEGIN = Date.parse("2026-03-01T00:00:00Z");
/** Ten minutes as they were, and ten in which a number is renamed and another field declared in vain. */
const EVENTS = scoredEvents({ count: 2_000, from: BEGIN, to: BEGIN + 20 * MINUTE }).map((event) => {
  if (event.time < BEGIN + 10 * MINUTE) return event;
  const { amount, ...features } = event.features;
  return { ...event, features: { ...features, amountUsd: String(amount ?? "") } };
});

test("an upstream change that nobody documented is one alert, and can be looked up", async () => {
  const { directory } = await writeProject({
    config: {
      streams: { scored: { role: "inference", file: "events.jsonl", schema: "scored.schema.json" } },
    },
    rules: { rules: [{ alert: "SchemaChanged", measure: "schema-drift" }] },
  });
  writeFileSync(
    join(directory, "scored.schema.json"),
    JSON.stringify({ properties: { features: { required: ["amount"] } } }),
  );
  writeFileSync(
    join(directory, "events.jsonl"),
    EVENTS.map((event) => `${JSON.stringify(event)}\n`).join(""),
  );
  const daemon = await startDaemon(directory);
  const alert = await eventually("the alert", async () => (await daemon.alerts())[0]);
  expect(alert.alert).toBe("SchemaChanged");
  expect(Date.parse(alert.startsAt)).toBe(BEGIN + 11 * MINUTE);
  expect(alert.explanation).toContain("Field amountUsd is new, text (numeric)");
  expect(alert.explanation).toContain("Field amount breaks what the stream's schema declares (required)");
  await daemon.accounted("scored", ({ rows }) => rows.received >= EVENTS.length);
  // The last record has been read, and perhaps not yet been judged.
  const changes = async (): Promise<unknown> => {
    const { schemas } = JSON.parse(await daemon.text("/api/schema?model=scoring"));
    return schemas[0].changes.map(({ field, kind }: { field: string; kind: string }) => [field, kind]);
  };
  await expect.poll(changes).toEqual([
    ["amount", "declared"],
    ["amount", "gone"],
    ["amountUsd", "new"],
  ]);
  await daemon.shows('driftd_schema_changed_fields{model="scoring",kind="gone"} 1');
  expect((await daemon.metric("driftd_lineage_info"))[0]).toMatch(
    /^driftd_lineage_info\{model="scoring",reference="[0-9a-f]{12}",rules="[0-9a-f]{12}",schema="[0-9a-f]{12}"\} 1$/,
  );
  expect((await daemon.end()).code).toBe(0);
});

/** A call of KServe's agent in front of MLServer, as recorded, but for its id and time. */
function callsOf(options: { from: number; minutes: number; change?: (body: string) => string }): object[] {
  const { from, minutes, change = (body) => body } = options;
  const recorded = readRecording("kserve-agent-mlserver").filter((record) => record.case === "mls-single");
  const perMinute = 20;
  return Array.from({ length: minutes * perMinute }, (_, i) => {
    const time = new Date(from + (i * MINUTE) / perMinute).toISOString();
    return recorded.map(({ kind, value_b64 }) => ({
      specversion: "1.0",
      id: `call-${time}`,
      source: "http://localhost:9081/",
      type: `org.kubeflow.serving.inference.${kind}`,
      time,
      inferenceservicename: "scoring",
      data: JSON.parse(change(Buffer.from(value_b64 ?? "", "base64").toString())),
    }));
  }).flat();
}

test("a tensor of a model server that gets another name and datatype is one alert, and over when it is back", async () => {
  const { directory } = await writeProject({
    config: {
      streams: { served: { role: "inference", http: true, format: "kserve", join: { within: "1s" } } },
    },
    rules: {
      rules: [{ alert: "SchemaChanged", measure: "schema-drift", keepFiringFor: "1m" }],
    },
  });
  const daemon = await startDaemon(directory);
  const url = String((await daemon.said("listening"))["url"]);
  const send = async (events: readonly object[]): Promise<void> => {
    for (let at = 0; at < events.length; at += 200) {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/cloudevents-batch+json" },
        body: JSON.stringify(events.slice(at, at + 200)),
      });
      expect(response.status).toBe(200);
    }
  };
  const change = (body: string): string =>
    body
      .replace('"name": "x"', '"name": "x2"')
      .replace(
        '"name":"predict","shape":[1,1],"datatype":"INT64"',
        '"name":"predict","shape":[1,1],"datatype":"FP32"',
      );
  await send(callsOf({ from: BEGIN, minutes: 20 }));
  await send(callsOf({ from: BEGIN + 20 * MINUTE, minutes: 5, change }));
  const alert = await eventually("the alert", async () => (await daemon.alerts())[0]);
  expect(Date.parse(alert.startsAt)).toBe(BEGIN + 21 * MINUTE);
  expect(alert.explanation).toContain(
    "Field inputs.x is gone, which was FP32[4], first at 2026-03-01 00:20 UTC",
  );
  expect(alert.explanation).toContain("Field inputs.x2 is new, FP32[4], in 100% of records");
  expect(alert.explanation).toContain("Field outputs.predict was INT64 and is FP32 in 100% of records");
  expect(alert.explanation).toContain("ce_source http://localhost:9081/");
  await send(callsOf({ from: BEGIN + 25 * MINUTE, minutes: 6 }));
  await eventually("its end", async () => ((await daemon.alerts()).length === 0 ? true : undefined));
  expect((await daemon.end()).code).toBe(0);
});

/** The same calls as KServe's logger writes them to Kafka: what CloudEvents say of themselves stands in headers. */
function recordsOf(calls: readonly object[]): NewRecord[] {
  return calls.map((call) => {
    const { data, ...attributes }: Record<string, unknown> = { ...call };
    const headers = Object.entries(attributes).map(([name, value]) => [`ce_${name}`, String(value)]);
    return {
      value: JSON.stringify(data),
      timestamp: Date.parse(String(attributes["time"])),
      headers: { ...Object.fromEntries(headers), "content-type": "application/json" },
    };
  });
}

describeService("over Kafka", kafkaMissing, () => {
  test("a tensor that another server sends otherwise is one alert, which names the server", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: {
          served: { role: "inference", topic, format: "kserve", from: "earliest", join: { within: "1s" } },
        },
      },
      rules: { rules: [{ alert: "SchemaChanged", measure: "schema-drift", keepFiringFor: "1m" }] },
    });
    const change = (body: string): string => body.replace('"name": "x"', '"name": "x2"');
    const changed = callsOf({ from: BEGIN + 20 * MINUTE, minutes: 5, change }).map((call) => ({
      ...call,
      source: "http://canary:9081/",
    }));
    await produce(brokers, topic, recordsOf([...callsOf({ from: BEGIN, minutes: 20 }), ...changed]));
    const daemon = await startDaemon(directory);
    const alert = await eventually("the alert", async () => (await daemon.alerts())[0]);
    expect(Date.parse(alert.startsAt)).toBe(BEGIN + 21 * MINUTE);
    expect(alert.explanation).toContain("Field inputs.x is gone");
    expect(alert.explanation).toContain("Field inputs.x2 is new, FP32[4], in 100% of records");
    expect(alert.explanation).toContain("ce_source http://canary:9081/");
    expect((await daemon.end()).code).toBe(0);
  });
});

test("labels whose truth is renamed are one alert, and may have a schema", async () => {
  const { directory } = await writeProject({
    config: {
      streams: {
        scored: { role: "inference", http: true },
        charged: { role: "labels", of: "scored", http: true, schema: "charged.schema.json" },
      },
    },
    rules: {
      labels: LABEL_SPANS,
      rules: [{ alert: "SchemaChanged", measure: "schema-drift" }],
    },
  });
  writeFileSync(join(directory, "charged.schema.json"), JSON.stringify({ required: ["id", "truth"] }));
  const daemon = await startDaemon(directory);
  const url = String((await daemon.said("listening"))["url"]);
  const post = (path: string, items: readonly object[]): Promise<Response> =>
    fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(items) });
  const events = scoredEvents({ count: 1_000, from: BEGIN, to: BEGIN + 25 * MINUTE });
  for (let at = 0; at < events.length; at += 40) {
    const part = events.slice(at, at + 40);
    await post("/v1/events", part);
    await post(
      "/v1/labels",
      part.map(({ id, time }) => ({ id, time, model: "scoring", [at < 800 ? "truth" : "outcome"]: true })),
    );
  }
  const alert = await eventually("the alert", async () => (await daemon.alerts())[0]);
  expect(alert.explanation).toContain("Field charged.truth is gone, which was boolean");
  expect(alert.explanation).toContain("Field charged/outcome is new, boolean, in 100% of records");
  expect(alert.explanation).toContain(
    "Field charged.truth breaks what the stream's schema declares (required) in 100% of records",
  );
  const { schemas } = JSON.parse(await daemon.text("/api/schema"));
  expect(schemas[0].learnt).toMatchObject([{ kind: "charged", isComplete: true }]);
  expect((await daemon.end()).code).toBe(0);
});
