import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { createTopic, produce } from "./topic.ts";

const BEGIN = Date.parse("2026-03-01T00:00:00Z");
const PARTITIONS = 4;
const PART = 200_000;
const PARTS = 5;
/** Event time of a part, ms. */
const SPAN = 2 * 3_600_000;

/** A part's events without their time: text made once. */
const REST = scoredEvents({ count: PART, from: 0, to: 1 }).map((event) =>
  JSON.stringify({ ...event, time: undefined }).slice(1),
);

/** Memory of its own, in MB: pages of the mapped state file are the system's to take back. */
function ownMemory({ pid }: Daemon): number {
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}

describeService("memory", process.platform === "linux" ? kafkaMissing : "/proc is not there", () => {
  test("stays where it is from 200,000 events to a million", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: PARTITIONS });
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { scored: { role: "inference", topic, from: "earliest" } },
      },
    });
    const daemon = await startDaemon(directory);
    const memory: number[] = [];
    for (let part = 0; part < PARTS; part++) {
      const records = REST.map((rest, index) => {
        const time = BEGIN + part * SPAN + Math.floor((index * SPAN) / PART);
        return { value: `{"time":${time},${rest}`, timestamp: time };
      });
      await produce(brokers, topic, records, PARTITIONS);
      await daemon.accounted("scored", ({ rows }) => rows.measured === (part + 1) * PART);
      memory.push(Math.round(ownMemory(daemon)));
    }
    const [first = Number.NaN, ...later] = memory;
    // A leak of 100 bytes an event would be 80 MB.
    for (const megabytes of later) expect(megabytes).toBeLessThan(first + 80);
    expect((await daemon.end()).code).toBe(0);
  });
});
