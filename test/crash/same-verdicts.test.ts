import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../src/runtime/clock.ts";
import { createLog } from "../../src/runtime/log.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import { openRedisStore } from "../../src/state/redis.ts";
import type { Store } from "../../src/state/store.ts";
import { startDaemon, type Daemon } from "../e2e/daemon.ts";
import { kafkaSection, writeProject, type ProjectFiles } from "../e2e/project.ts";
import { createTopic, endsOf } from "../e2e/topic.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { redisMissing, startRedis, type RedisService } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { feed } from "./feed.ts";
import { LARGEST_RECORD, planRecords } from "./load.ts";
import { RULES } from "./rules.ts";
import { hashOfCounts } from "./state-hash.ts";
import { distinct, transitionsIn } from "./transitions.ts";

const RECORDS = 120_000;
const PARTITIONS = 6;
const HOUR = 3_600_000;
const PLAN = {
  seed: 11,
  records: RECORDS,
  partitions: PARTITIONS,
  from: Date.parse("2026-03-01T00:00:00Z"),
  span: 1.5 * HOUR,
};

/** Who reads the topic, and where the counts go. */
interface Readers {
  readonly projects: readonly ProjectFiles[];
  readonly openStore: () => Promise<Store>;
}

interface Reading {
  /** Of all counts in the store. */
  readonly hash: string;
  readonly transitions: readonly string[];
}

async function readersOf(options: {
  brokers: readonly string[];
  topic: string;
  members: number;
  redis?: RedisService;
}): Promise<Readers> {
  const { brokers, topic, members, redis } = options;
  const group = uniqueName("driftd");
  const projects = await Promise.all(
    Array.from({ length: members }, () =>
      writeProject({
        config: {
          kafka: { ...kafkaSection(brokers, group, "10s"), maxRecordBytes: LARGEST_RECORD },
          streams: { scored: { role: "inference", topic, from: "earliest", idleAfter: "1h" } },
          ...(redis && { state: { store: "redis", url: redis.url, prefix: group } }),
        },
        rules: RULES,
      }),
    ),
  );
  const path = projects[0]?.state ?? "";
  const log = createLog({ level: "silent" });
  const openStore = (): Promise<Store> =>
    redis === undefined
      ? openLmdbStore({ path, clock: systemClock, pid: process.pid })
      : openRedisStore({ url: redis.url, prefix: group, clock: systemClock, log });
  return { projects, openStore };
}

/** What the daemons made of the whole topic. */
async function endOf(daemons: readonly Daemon[], { openStore }: Readers, total: number): Promise<Reading> {
  const enough = ({ records }: { records: { received: number } }): boolean => records.received >= total;
  await Promise.all(daemons.map((daemon) => daemon.accounted("scored", enough)));
  // Whoever judges ends last, once it has the tasks of all: what they committed at their end is judged, too.
  const leads = await Promise.all(daemons.map((daemon) => daemon.metric("driftd_leads")));
  const last = daemons.find((_, i) => leads[i]?.[0] === "driftd_leads 1") ?? daemons[0];
  const rest = daemons.filter((daemon) => daemon !== last);
  for (const daemon of rest) expect((await daemon.end()).code).toBe(0);
  await last?.shows(`driftd_tasks_assigned{group="scored"} ${PARTITIONS}`);
  expect((await last?.end())?.code).toBe(0);
  const store = await openStore();
  try {
    const hash = await hashOfCounts(store);
    return { hash, transitions: distinct(transitionsIn(daemons)) };
  } finally {
    await store.close();
  }
}

function start({ projects }: Readers): Promise<Daemon[]> {
  return Promise.all(projects.map(({ directory }) => startDaemon(directory)));
}

describeService("the same records", kafkaMissing ?? redisMissing, () => {
  test("give the same counts and verdicts, however they come and however many read them", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: PARTITIONS });
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const alone = await readersOf({ brokers, topic, members: 1 });
    const sharing = await readersOf({ brokers, topic, members: 1, redis });
    const three = await readersOf({ brokers, topic, members: 3, redis });

    // A few hundred at a time, as they are written, against all at once, as fast as they can be had.
    const followers = await start(three);
    await Promise.all(followers.map((daemon) => daemon.said("listening")));
    await feed({ brokers, topic, records: planRecords(PLAN), count: RECORDS, lasts: 20_000 });
    const ends = await endsOf(brokers, topic);
    const total = [...ends.values()].reduce((sum, end) => sum + end, 0);
    const followed = await endOf(followers, three, total);
    const shared = await endOf(await start(sharing), sharing, total);
    const read = await endOf(await start(alone), alone, total);

    expect(read.transitions.length).toBeGreaterThan(2);
    expect(shared).toEqual(read);
    expect(followed).toEqual(read);
  });
});
