import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { createTopic, produce, recordsOf } from "./topic.ts";

const PARTITIONS = 3;
const FROM = Date.parse("2026-02-01T00:00:00Z");
const MINUTE = 60_000;

/** By partition of a member's own: whether it is idle. */
async function partitionsOf(member: Daemon): Promise<Map<number, boolean>> {
  const lines = await member.metric("driftd_partition_idle");
  return new Map(
    lines.map((line) => [Number(/partition="(\d+)"/.exec(line)?.[1]), line.endsWith(" 1")] as const),
  );
}

describeService("quiet partitions of a fleet", kafkaMissing ?? redisMissing, () => {
  test("lose nothing of an hour that comes to all at once, while the member that reads them is slow", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: PARTITIONS });
    const { directory } = await writeProject({
      config: {
        // The slow one is given no time to lose its partitions.
        kafka: kafkaSection(brokers, uniqueName("quiet"), "60s"),
        streams: { scored: { role: "inference", topic, from: "earliest", idleAfter: "3s" } },
        state: { store: "redis", url: redis.url, prefix: "quiet" },
      },
    });
    let written = 0;
    const write = async (
      count: number,
      { from, to }: { from: number; to: number },
      partitions: readonly number[],
    ): Promise<void> => {
      const events = scoredEvents({ count, from, to, seed: written + 1 });
      const records = recordsOf(events).map((record, i) => {
        return { ...record, partition: partitions[i % partitions.length] };
      });
      await produce(brokers, topic, records);
      written += count;
    };
    const leader = await startDaemon(directory);
    await leader.shows("driftd_leads 1");
    const slow = await startDaemon(directory);
    await eventually("tasks for both", async () => {
      const [own, others] = [await partitionsOf(leader), await partitionsOf(slow)];
      return own.size > 0 && others.size > 0 && own.size + others.size === PARTITIONS ? true : undefined;
    });
    const own = [...(await partitionsOf(leader)).keys()];
    const busy = own[0] ?? 0;
    await write(100, { from: FROM, to: FROM + MINUTE }, [busy]);
    // It alone goes on, until all others have been declared idle.
    await eventually("quiet partitions", async () => {
      await write(1, { from: FROM + MINUTE, to: FROM + MINUTE }, [busy]);
      const found = new Map([...(await partitionsOf(leader)), ...(await partitionsOf(slow))]);
      return [...found].every(([partition, isIdle]) => isIdle || partition === busy) ? true : undefined;
    });
    // What a member finds is committed with the next second.
    await sleep(3_000);
    slow.signal("SIGSTOP");
    const before = written;
    // Behind the pane that may be closed where even the busy one has fallen silent.
    const from = FROM + 2 * MINUTE;
    await write(18_000, { from, to: from + 60 * MINUTE }, [...Array(PARTITIONS).keys()]);
    const share = 18_000 / PARTITIONS;
    await leader.accounted("scored", ({ rows }) => rows.received >= before + share);
    // Long enough to judge what could be judged without the others.
    await sleep(6_000);
    slow.signal("SIGCONT");
    for (const member of [leader, slow]) {
      const { rows } = await member.accounted("scored", ({ rows: all }) => all.received >= written);
      expect(rows).toMatchObject({ received: written, measured: written, dropped: {}, balanced: true });
    }
    for (const member of [leader, slow]) expect((await member.end()).code).toBe(0);
  });
});
