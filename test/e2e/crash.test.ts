import { cpSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { countsInStore, countsInTopic } from "./recount.ts";
import { createTopic, produce, recordsOf } from "./topic.ts";

const PARTITIONS = 4;
const KILLS = 6;
/** Written for each daemon. */
const PART = 30_000;
const RECORDS = (KILLS + 1) * PART;

describeService("a daemon that is killed again and again", kafkaMissing, () => {
  test("counts every record once: the store equals a recount of the topic to the bit", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: PARTITIONS });
    const { directory, state } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd"), "1500ms"),
        streams: { scored: { role: "inference", topic, from: "earliest" } },
      },
    });
    // An hour of event time: nothing is old enough to be deleted from the store.
    const from = Date.parse("2026-03-01T00:00:00Z");
    const load = recordsOf(scoredEvents({ count: RECORDS, from, to: from + 3_600_000 }));
    const writePart = (part: number): Promise<void> =>
      produce(brokers, topic, load.slice(part * PART, (part + 1) * PART), PARTITIONS);

    for (let part = 0; part < KILLS; part++) {
      const daemon = await startDaemon(directory);
      await daemon.said("reading");
      // Killed on the way, not at its end: however slow this process is, there is always more to come.
      const writing = writePart(part);
      await daemon.accounted("scored", ({ rows }) => rows.measured >= (part + 0.5) * PART);
      expect((await daemon.end("SIGKILL")).signal).toBe("SIGKILL");
      await writing;
    }
    await writePart(KILLS);

    const daemon = await startDaemon(directory);
    const { records, rows } = await daemon.accounted("scored", (all) => all.rows.measured >= RECORDS);
    expect(records).toMatchObject({ received: RECORDS, decoded: RECORDS });
    expect(rows).toMatchObject({
      received: RECORDS,
      measured: RECORDS,
      waiting: 0,
      dropped: {},
      balanced: true,
    });
    expect((await daemon.end()).code).toBe(0);

    const stored = await countsInStore(directory, state);
    const recounted = await countsInTopic(directory, { brokers, topic });
    expect(stored.size).toBeGreaterThan(1_000);
    expect(new Map([...stored].toSorted())).toEqual(new Map([...recounted].toSorted()));
  });
});

describeService("a state directory that is put back from a copy", kafkaMissing, () => {
  test("is gone on from: what came after the copy is read again, and every record is counted once", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: 2 });
    const { directory, state } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd"), "1500ms"),
        streams: { scored: { role: "inference", topic, from: "earliest" } },
      },
    });
    const from = Date.parse("2026-03-01T00:00:00Z");
    const events = scoredEvents({ count: 9_000, from, to: from + 1_800_000 });
    const copy = `${state}-copy`;
    for (const [step, end] of [3_000, 6_000, 9_000].entries()) {
      await produce(brokers, topic, recordsOf(events.slice(end - 3_000, end)), 2);
      if (step === 2) {
        rmSync(state, { recursive: true });
        cpSync(copy, state, { recursive: true });
      }
      const daemon = await startDaemon(directory);
      const { rows } = await daemon.accounted("scored", (all) => all.rows.received >= end);
      expect(rows).toMatchObject({ received: end, measured: end, dropped: {} });
      expect((await daemon.end()).code).toBe(0);
      if (step === 0) cpSync(state, copy, { recursive: true });
    }
    const stored = await countsInStore(directory, state);
    const recounted = await countsInTopic(directory, { brokers, topic });
    expect(new Map([...stored].toSorted())).toEqual(new Map([...recounted].toSorted()));
  });
});
