import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KafkaMessage } from "kafkajs";
import { expect, test } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { consume, createTopic, produce, recordsOf, type NewRecord } from "./topic.ts";

const MINUTE = 60_000;
const BEGIN = Date.parse("2026-03-01T00:00:00Z");
const PARTITIONS = 2;
const SOUND = recordsOf(scoredEvents({ count: 4_000, from: BEGIN, to: BEGIN + 10 * MINUTE }));

/** Every tenth record is one that cannot be counted; which, and why. */
function spoil(records: readonly NewRecord[]): { records: NewRecord[]; reasons: Map<number, string> } {
  const reasons = new Map<number, string>();
  const spoilt = records.map((record, i): NewRecord => {
    if (i % 10 !== 7) return record;
    const odd = (i - 7) / 10;
    const event: unknown = JSON.parse(String(record.value));
    const kinds: [string, string][] = [
      ["undecodable", `broken ${i}`],
      ["unknown-model", JSON.stringify({ ...Object(event), model: "another" })],
      ["invalid", JSON.stringify({ ...Object(event), time: "yesterday", features: { amount: "much" } })],
    ];
    const [reason, value] = kinds[odd % kinds.length] ?? ["", ""];
    reasons.set(i, reason);
    return { ...record, value, key: `key ${i}`, headers: { trace: `trace ${i}` } };
  });
  return { records: spoilt, reasons };
}

const placeOf = ({ headers }: KafkaMessage): string => String(headers?.["driftd.place"]);

describeService("a quarantine topic", kafkaMissing, () => {
  test("has every dropped record as it came, also where the daemon was killed", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: PARTITIONS });
    const quarantine = await createTopic(brokers, { name: uniqueName("quarantine") });
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { scored: { role: "inference", topic, from: "earliest" } },
        quarantine: { topic: quarantine, raw: true },
      },
    });
    const { records, reasons } = spoil(SOUND);
    // Record i is at offset i / 2 of partition i mod 2.
    const expected = new Map(
      Array.from(reasons.keys(), (i) => [`scored/${i % PARTITIONS}/${Math.floor(i / PARTITIONS)}`, i]),
    );
    await produce(brokers, topic, records.slice(0, 2_000), PARTITIONS);
    const first = await startDaemon(directory);
    await first.accounted("scored", ({ records: { received } }) => received > 0);
    await first.end("SIGKILL");
    await produce(brokers, topic, records.slice(2_000), PARTITIONS);
    const daemon = await startDaemon(directory);
    const { rows } = await daemon.accounted("scored", (seen) => seen.records.received >= records.length);
    expect(rows.measured).toBe(records.length - reasons.size);

    const isWhole = (seen: readonly KafkaMessage[]): boolean =>
      new Set(seen.map(placeOf)).size >= expected.size;
    const messages = await consume(brokers, quarantine, isWhole);
    expect(new Set(messages.map(placeOf))).toEqual(new Set(expected.keys()));
    for (const message of messages) {
      const i = expected.get(placeOf(message)) ?? -1;
      expect([message.key, message.value].map(String)).toEqual([records[i]?.key, records[i]?.value]);
      const headers = Object.fromEntries(
        Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
      );
      expect(headers).toMatchObject({
        trace: `trace ${i}`,
        "__rule.name": reasons.get(i),
        "__rule.mode": "READ",
        "__rule.topic": topic,
      });
      expect(JSON.parse(headers["driftd.entry"] ?? "")).toMatchObject({
        topic,
        reason: reasons.get(i),
        ...(reasons.get(i) === "invalid" && { rows: [{ row: 0, model: "scoring", columns: ["amount"] }] }),
      });
    }
    expect(await daemon.metric("driftd_quarantine_failures_total")).toEqual([
      "driftd_quarantine_failures_total 0",
    ]);
    expect((await daemon.end()).code).toBe(0);
  });
});

test("a quarantine that cannot be written holds the records back, and the daemon says so", async () => {
  const { directory } = await writeProject({
    config: {
      streams: { scored: { role: "inference", file: "scored.jsonl" } },
      quarantine: { file: "drops.jsonl" },
    },
  });
  const { records, reasons } = spoil(SOUND);
  writeFileSync(join(directory, "scored.jsonl"), records.map(({ value }) => `${String(value)}\n`).join(""));
  const file = join(directory, "drops.jsonl");
  symlinkSync("/dev/full", file);
  const daemon = await startDaemon(directory);
  await daemon.shows("driftd_quarantine_away 1");
  expect(JSON.parse(await daemon.text("/healthz"))).toMatchObject({
    status: "ok",
    waitingFor: [expect.stringMatching(/^the quarantine .*drops\.jsonl cannot be written: ENOSPC/)],
  });
  expect((await daemon.accounting("scored")).records.received).toBe(0);

  rmSync(file);
  await daemon.accounted("scored", (seen) => seen.records.received === records.length);
  await daemon.shows("driftd_quarantine_away 0");
  const entries = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { offset: number; reason: string });
  expect(entries.map(({ offset, reason }) => [offset, reason])).toEqual([...reasons]);
  expect((await daemon.end()).code).toBe(0);
});
