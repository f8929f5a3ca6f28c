import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSimulatedClock } from "../../src/runtime/clock.ts";
import { openRedisStore } from "../../src/state/redis.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents, type ScoredEvent } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { countsOfEvents, countsOfPanes, fittedModel } from "./recount.ts";
import { createTopic, produce, recordsOf } from "./topic.ts";

const PARTITIONS = 4;
const MINUTE = 60_000;
const PASSWORD = "only-for-this-test";

/** Whether a member reads so many tasks, and if none, says that a newer configuration does. */
async function reads(daemon: Daemon, tasks: number): Promise<void> {
  await daemon.shows(`driftd_tasks_assigned{group="scored"} ${tasks}`);
  if (tasks > 0) return;
  await eventually("a word of health", async () => {
    const { standingBy } = JSON.parse(await daemon.text("/healthz")) as { standingBy?: string[] };
    return standingBy?.[0] === "a newer configuration reads everything" ? true : undefined;
  });
}

describeService("a rollout of a changed configuration over a fleet", kafkaMissing ?? redisMissing, () => {
  test("hands all tasks to its members, and back again, and every event is counted once", async () => {
    const brokers = await sharedKafka();
    const redis = await startRedis(["--requirepass", PASSWORD]);
    onTestFinished(() => redis.stop());
    const topic = await createTopic(brokers, { partitions: PARTITIONS });
    const kafka = kafkaSection(brokers, uniqueName("rollout"));
    const prefix = uniqueName("rollout");
    const project = async (maxAhead: string): Promise<string> => {
      const { directory } = await writeProject({
        config: {
          kafka,
          state: { store: "redis", url: redis.url, passwordFile: "redis-password", prefix },
          streams: { scored: { role: "inference", topic, from: "earliest", maxAhead } },
        },
      });
      writeFileSync(join(directory, "redis-password"), `${PASSWORD}\n`);
      return directory;
    };
    const [before, after] = [await project("5m"), await project("6m")];
    const sent: ScoredEvent[] = [];
    const begin = Date.now() - 10 * MINUTE;
    // Each time the events of the next minute, so that none is late.
    const send = async (minute: number): Promise<void> => {
      const from = begin + minute * MINUTE;
      const events = scoredEvents({ count: 4_000, from, to: from + MINUTE, seed: minute });
      sent.push(...events);
      await produce(brokers, topic, recordsOf(events), PARTITIONS);
    };
    const measured = async (owner: Daemon): Promise<void> => {
      await owner.accounted("scored", ({ rows }) => rows.measured >= sent.length);
    };

    const first = await startDaemon(before);
    await reads(first, 4);
    await send(1);
    await measured(first);

    const second = await startDaemon(after);
    await send(2);
    await reads(second, 4);
    await reads(first, 0);
    await first.said("standing by: a newer configuration reads everything");
    await send(3);
    await measured(second);

    // Back to the configuration before, by a new member; the former one counts as it does. Until the last newer one has gone
    // they stand by: so would a member that merely starts again in the middle of a rollout.
    const third = await startDaemon(before);
    await send(4);
    await reads(third, 0);
    await measured(second);
    await second.end();
    await Promise.all([reads(first, 2), reads(third, 2)]);
    await send(5);

    const { log } = recordLog();
    const url = redis.url.replace("://", `://:${PASSWORD}@`);
    const store = await openRedisStore({ url, prefix, clock: createSimulatedClock(Date.now()), log });
    onTestFinished(() => store.close());
    const counts = [...(await countsOfEvents(before, sent))].toSorted();
    const fitted = await fittedModel(before);
    const stored = async (): Promise<unknown> => [...(await countsOfPanes(store, fitted))].toSorted();
    await expect.poll(stored, { interval: 1_000 }).toEqual(counts);
    const ends = await Promise.all([first.end(), third.end()]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    for (const daemon of [first, second, third]) expect(daemon.stderr()).not.toContain(PASSWORD);
  });
});
