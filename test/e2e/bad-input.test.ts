import { expect, test } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { scoredEvents, type ScoredEvent } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { createTopic, produce, recordsOf, type NewRecord } from "./topic.ts";

const MINUTE = 60_000;
const BEGIN = Date.parse("2026-03-01T00:00:00Z");
/** The minute in which the odd records come. */
const NOW = BEGIN + 10 * MINUTE;

const [EVENT] = scoredEvents({ count: 1, from: NOW, to: NOW + MINUTE, seed: 99 }) as [ScoredEvent];
let lastId = 0;

/** A sound record, but for what is changed. */
function odd(changes: Readonly<Record<string, unknown>>, timestamp = NOW): NewRecord {
  return { value: JSON.stringify({ ...EVENT, id: `odd-${lastId++}`, ...changes }), timestamp };
}

function raw(value: string | Buffer | null): NewRecord {
  return { value, timestamp: NOW };
}

const MANY_FIELDS = Object.fromEntries(
  Array.from({ length: 5_000 }, (_, field) => [`x${field}`, { a: [field] }]),
);

const UNDECODABLE = [
  raw(Buffer.from([0xff, 0xfe, 0x00, 0x80])),
  raw(Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])),
  raw(""),
  raw("null and void"),
  raw('{"time": 1772323800000, "features": {"amount": 12'),
  raw('{"time": 1772323800000, "features": {"amount": NaN}}'),
  raw('{"time": 1772323800000, "features": {"amount": -Infinity}}'),
  raw("[".repeat(200_000)),
  raw('[{"time": 1772323800000}]'),
  raw("17"),
];
const INVALID = [
  odd({ id: undefined }),
  odd({ id: null }),
  odd({ id: "" }),
  odd({ id: { nested: 1 } }),
  odd({ time: undefined }),
  odd({ time: "yesterday" }),
  odd({ time: "1970-01-01T00:00:00Z" }),
  odd({ time: 0 }),
  odd({ time: "2100-01-01T00:00:00Z" }),
  odd({ time: true }),
];
const FUTURE = [odd({ time: NOW + 6 * MINUTE }), odd({}, Date.now() + 2 * 60 * MINUTE)];
const LATE = [odd({ time: BEGIN })];
const UNKNOWN_MODEL = [odd({ model: "another" }), odd({ model: 7 })];
/** Rows that are measured, though not in every column. */
const MEASURED = [
  odd({ features: { amount: "12.5", card: 5 } }),
  odd({ segment: 3, features: { amount: [1], card: { a: 1 } } }),
  odd({ features: { ...EVENT.features, ...MANY_FIELDS } }),
  { value: `{"id":"huge","time":${NOW},"features":{"amount":1e400,"card":"visa"}}`, timestamp: NOW },
  odd({ features: null, prediction: null }),
  odd({ features: { amount: 12.5, card: "library" } }),
];

describeService("bad input through Kafka", kafkaMissing, () => {
  test("every record is counted where it belongs, and the daemon goes on", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { largestRecord: 32 * 2 ** 20 });
    const labels = await createTopic(brokers);
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: {
          scored: { role: "inference", topic, from: "earliest" },
          // Ids matter to models with labels.
          charged: { role: "labels", of: "scored", topic: labels, from: "earliest" },
        },
      },
    });
    const sound = recordsOf(scoredEvents({ count: 1_000, from: BEGIN, to: NOW }));
    const records = [
      ...sound,
      ...UNDECODABLE,
      raw(null),
      raw(`{"time":${NOW},"id":"large","text":"${"x".repeat(20 * 2 ** 20)}"}`),
      ...INVALID,
      ...FUTURE,
      ...LATE,
      ...UNKNOWN_MODEL,
      ...MEASURED,
    ];
    await produce(brokers, topic, records);

    const daemon = await startDaemon(directory);
    const all = records.length;
    const accounting = await daemon.accounted("scored", (seen) => seen.records.received >= all);
    const measured = sound.length + MEASURED.length;
    const undecodable = UNDECODABLE.length;
    expect(accounting.records).toMatchObject({
      received: all,
      undecodable,
      ignored: 1,
      oversize: 1,
      decoded: all - undecodable - 2,
    });
    expect(accounting.rows).toMatchObject({
      received: all - undecodable - 2,
      measured,
      waiting: 0,
      dropped: {
        invalid: INVALID.length,
        future: FUTURE.length,
        late: LATE.length,
        "unknown-model": UNKNOWN_MODEL.length,
      },
      balanced: true,
    });
    expect(await daemon.metric("driftd_rows_dropped_total")).toContain(
      `driftd_rows_dropped_total{stream="scored",reason="invalid"} ${INVALID.length}`,
    );
    expect(await daemon.status("/healthz")).toBe(200);
    expect((await daemon.end()).code).toBe(0);
  });

  test("a stream that turns to garbage fires SchemaBroken", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { scored: { role: "inference", topic, from: "earliest" } },
      },
    });
    const sound = recordsOf(scoredEvents({ count: 2_000, from: BEGIN, to: NOW }));
    const garbage = recordsOf(scoredEvents({ count: 1_600, from: NOW, to: NOW + 8 * MINUTE })).map(
      ({ timestamp }, index) => ({
        value: index % 2 === 0 ? "<html>502</html>" : '{"time":"gone"}',
        timestamp,
      }),
    );
    await produce(brokers, topic, [...sound, ...garbage]);

    const daemon = await startDaemon(directory);
    const alerts = await eventually("SchemaBroken", async () => {
      const firing = await daemon.alerts();
      return firing.length > 0 ? firing : undefined;
    });
    expect(new Set(alerts.map(({ alert, state }) => `${alert} ${state}`))).toEqual(
      new Set(["SchemaBroken firing"]),
    );
    // Event time goes on by the records' own timestamps: a minute of garbage is enough.
    const first = Math.min(...alerts.map(({ startsAt }) => Date.parse(startsAt)));
    expect(first).toBeLessThanOrEqual(NOW + 2 * MINUTE);
    const { records, rows } = await daemon.accounted("scored", (seen) => seen.records.received === 3_600);
    expect(records).toMatchObject({ decoded: 2_800, undecodable: 800 });
    expect(rows).toMatchObject({ measured: 2_000, dropped: { invalid: 800 }, balanced: true });
    expect((await daemon.end()).code).toBe(0);
  });
});
