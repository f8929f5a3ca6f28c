import { expect, test, vi } from "vitest";
import { systemClock } from "../../src/runtime/clock.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import { startDaemon, type Daemon } from "../e2e/daemon.ts";
import { kafkaSection, writeProject, type ProjectFiles } from "../e2e/project.ts";
import { fittedModel } from "../e2e/recount.ts";
import { createTopic, endsOf } from "../e2e/topic.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { feed } from "./feed.ts";
import { LARGEST_RECORD, planRecords } from "./load.ts";
import { RULES } from "./rules.ts";
import { hashOfCounts } from "./state-hash.ts";
import { distinct, transitionsIn } from "./transitions.ts";

// Others may have the machine.
vi.setConfig({ testTimeout: 300_000 });

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

interface Reading {
  /** Of all counts in the store. */
  readonly hash: string;
  readonly transitions: readonly string[];
}

function projectOf(brokers: readonly string[], topic: string): Promise<ProjectFiles> {
  return writeProject({
    config: {
      kafka: { ...kafkaSection(brokers, uniqueName("driftd")), maxRecordBytes: LARGEST_RECORD },
      streams: { scored: { role: "inference", topic, from: "earliest", idleAfter: "1h" } },
    },
    rules: RULES,
  });
}

/** What one daemon made of the whole topic. */
async function endOf(daemon: Daemon, { directory, state }: ProjectFiles, total: number): Promise<Reading> {
  await daemon.accounted("scored", ({ records }) => records.received >= total);
  expect((await daemon.end()).code).toBe(0);
  const store = await openLmdbStore({ path: state, clock: systemClock, pid: process.pid });
  try {
    const hash = await hashOfCounts(store, await fittedModel(directory));
    return { hash, transitions: distinct(transitionsIn([daemon])) };
  } finally {
    await store.close();
  }
}

describeService("the same records", kafkaMissing, () => {
  test("give the same counts and verdicts, however they come", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: PARTITIONS });
    const live = await projectOf(brokers, topic);
    const backlog = await projectOf(brokers, topic);

    // A few hundred at a time, as they are written, against all at once, as fast as they can be had.
    const follower = await startDaemon(live.directory);
    await follower.said("listening");
    await feed({ brokers, topic, records: planRecords(PLAN), count: RECORDS, lasts: 20_000 });
    const ends = await endsOf(brokers, topic);
    const total = [...ends.values()].reduce((sum, end) => sum + end, 0);
    const followed = await endOf(follower, live, total);
    const read = await endOf(await startDaemon(backlog.directory), backlog, total);

    expect(read.transitions.length).toBeGreaterThan(2);
    expect(followed.transitions).toEqual(read.transitions);
    expect(followed.hash).toBe(read.hash);
  });
});
