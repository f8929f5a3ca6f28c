import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { kafkaOwnMissing, startKafka, uniqueName, type KafkaCluster } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, sharedReference, writeProject } from "./project.ts";
import { countsInStore, countsInTopic } from "./recount.ts";
import { createTopic, produce, recordsOf } from "./topic.ts";

const MINUTE = 60_000;
/** Longer than any patience in the daemon: `/healthz` allows 60 s without progress. */
const AWAY = 66_000;
const PARTITIONS = 2;
const ROWS = 20_000;

interface Outage {
  begin(cluster: KafkaCluster): Promise<void> | void;
  end(cluster: KafkaCluster): Promise<void> | void;
}

/** The broker is killed, and started again on its data. */
const KILLED: Outage = { begin: (cluster) => cluster.crash(), end: (cluster) => cluster.resume() };
/** The broker hangs: connections are taken, and nothing is answered. */
const FROZEN: Outage = { begin: (cluster) => cluster.freeze(), end: (cluster) => cluster.thaw() };

/** Whole minutes of events between now and so many minutes ago. */
function eventsSince(minutes: number, seed: number): ReturnType<typeof scoredEvents> {
  const from = Date.now() - minutes * MINUTE;
  return scoredEvents({ count: ROWS, from, to: from + MINUTE, seed });
}

type Counts = ReadonlyMap<string, number>;

/** Answers what the store holds in the end, and what counting the topic by other means gives. */
async function surviveOutage({ begin, end }: Outage): Promise<{ stored: Counts; recounted: Counts }> {
  const cluster = await startKafka();
  onTestFinished(() => cluster.stop());
  const { brokers } = cluster;
  const topic = await createTopic(brokers, { partitions: PARTITIONS });
  const { directory, state } = await writeProject({
    config: {
      kafka: kafkaSection(brokers, uniqueName("driftd")),
      streams: { scored: { role: "inference", topic, from: "earliest" } },
    },
  });
  const daemon = await startDaemon(directory);
  await produce(brokers, topic, recordsOf(eventsSince(20, 1)), PARTITIONS);
  await daemon.accounted("scored", ({ rows }) => rows.measured > 0);
  // Acknowledged at the last moment: the daemon is still at work on what came before.
  await produce(brokers, topic, recordsOf(eventsSince(18, 2)), PARTITIONS);
  // A broker that has only just started may have been away for a moment before.
  const before = daemon.log().length;
  await begin(cluster);
  const began = Date.now();
  const committed = (await daemon.accounting("scored")).rows.measured;

  const said = await daemon.said(/^Kafka at .* is away: /, before);
  expect(said["brokers"]).toBe(brokers.join(", "));
  await eventually("a word in /healthz", async () =>
    (await daemon.text("/healthz")).includes("is away") ? true : undefined,
  );
  for (; Date.now() - began < AWAY; await sleep(2_000)) {
    // What an orchestrator, a load balancer and Prometheus see all the while.
    expect(await daemon.status("/healthz")).toBe(200);
    expect(await daemon.status("/readyz")).toBe(200);
    expect(await daemon.text("/metrics")).toContain("\ndriftd_sources_away 1\n");
  }
  const since = daemon.log().slice(before);
  expect(since.filter(({ msg }) => / is back after /.test(msg))).toEqual([]);
  const { status, waitingFor } = JSON.parse(await daemon.text("/healthz"));
  expect(status).toBe("ok");
  expect(waitingFor).toEqual([expect.stringMatching(/^Kafka at .* is away, for \d+ s now: /)]);
  await daemon.said(/ is away, for \d+ s now: /, before);
  expect((await daemon.accounting("scored")).rows.measured).toBeGreaterThanOrEqual(committed);

  await end(cluster);
  await daemon.said(/^Kafka at .* is back after \d+ s/, before);
  await produce(brokers, topic, recordsOf(eventsSince(16, 3)), PARTITIONS);
  const { records, rows } = await daemon.accounted("scored", (all) => all.rows.received >= 3 * ROWS);
  expect(records).toMatchObject({ received: 3 * ROWS, decoded: 3 * ROWS });
  expect(rows).toMatchObject({ received: 3 * ROWS, measured: 3 * ROWS, dropped: {}, balanced: true });
  await daemon.shows("driftd_sources_away 0");
  expect(JSON.parse(await daemon.text("/healthz"))).not.toHaveProperty("waitingFor");
  const exit = await daemon.end();
  expect(exit.code).toBe(0);
  expect(exit.milliseconds).toBeLessThan(10_000);

  const stored = await countsInStore(directory, state);
  const recounted = await countsInTopic(directory, { brokers, topic });
  return { stored: new Map([...stored].toSorted()), recounted: new Map([...recounted].toSorted()) };
}

describeService("a broker that is gone for a minute", kafkaOwnMissing, () => {
  test("is waited for by a daemon that stays alive and says so, and every record is measured once", async () => {
    await sharedReference();
    // Side by side: a minute is long.
    const recounts = await Promise.all([KILLED, FROZEN].map(surviveOutage));
    for (const { stored, recounted } of recounts) expect(stored).toEqual(recounted);
  });
});
