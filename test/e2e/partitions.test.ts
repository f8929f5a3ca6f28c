import { expect, test } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { createTopic, growTopic, produce, recordsOf } from "./topic.ts";

const MINUTE = 60_000;

describeService("partitions that had no records when the daemon last ran", kafkaMissing, () => {
  test("lose none of what comes while it is down, quiet ones as little as those that were added", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: 2 });
    /** A hundred records of one minute, in one partition. */
    const send = (partition: number, minute: number): Promise<void> => {
      const from = Date.now() - minute * MINUTE;
      const events = scoredEvents({ count: 100, from, to: from + MINUTE, seed: minute });
      return produce(
        brokers,
        topic,
        recordsOf(events).map((record) => ({ ...record, partition })),
      );
    };
    await send(0, 30);
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { scored: { role: "inference", topic, from: "latest" } },
      },
    });
    const first = await startDaemon(directory);
    await first.said("reading");
    // Where a partition begins is committed too.
    const commits = async (): Promise<number> => {
      const lines = await first.metric("driftd_state_commits_total");
      const committed = lines.find((line) => line.includes('"committed"'));
      return Number(committed?.split(" ").at(-1));
    };
    await expect.poll(commits).toBeGreaterThanOrEqual(2);
    expect((await first.end()).code).toBe(0);
    await send(1, 20);
    const second = await startDaemon(directory);
    await second.accounted("scored", ({ rows }) => rows.measured >= 100);
    expect((await second.end()).code).toBe(0);

    await growTopic(brokers, topic, 3);
    await send(2, 10);
    const daemon = await startDaemon(directory);
    const { rows } = await daemon.accounted("scored", (all) => all.rows.received >= 200);
    expect(rows).toMatchObject({ received: 200, measured: 200, dropped: {} });
    expect((await daemon.end()).code).toBe(0);
  });
});

describeService("partitions that have all been quiet", kafkaMissing, () => {
  test("wake together: of an hour that comes to all of them at once nothing is late", async () => {
    const brokers = await sharedKafka();
    const partitions = 4;
    const topic = await createTopic(brokers, { partitions });
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { scored: { role: "inference", topic, from: "earliest", idleAfter: "5s" } },
      },
    });
    const daemon = await startDaemon(directory);
    for (let partition = 0; partition < partitions; partition++)
      await daemon.shows(`driftd_partition_idle{stream="scored",partition="${partition}"} 1`);
    const from = Date.now() - 60 * MINUTE;
    const events = scoredEvents({ count: 20_000, from, to: from + 60 * MINUTE });
    await produce(brokers, topic, recordsOf(events), partitions);
    const { rows } = await daemon.accounted("scored", ({ rows }) => rows.received === events.length);
    expect(rows).toMatchObject({ measured: events.length, dropped: {} });
    expect((await daemon.end()).code).toBe(0);
  });
});
