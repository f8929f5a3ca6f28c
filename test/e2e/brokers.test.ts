import { expect, onTestFinished, test } from "vitest";
import {
  kafkaClient,
  kafkaOwnMissing,
  startKafka,
  uniqueName,
  type KafkaCluster,
} from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, sharedReference, writeProject } from "./project.ts";
import { countsInStore, countsInTopic } from "./recount.ts";
import { createTopic, produce, recordsOf } from "./topic.ts";

const MINUTE = 60_000;
const PARTITIONS = 6;
const ROWS = 6_000;

/** By partition, the broker that leads it. */
async function leadersOf({ brokers }: KafkaCluster, topic: string): Promise<readonly number[]> {
  const admin = kafkaClient(brokers).admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const partitions = topics[0]?.partitions ?? [];
    return partitions.toSorted((a, b) => a.partitionId - b.partitionId).map(({ leader }) => leader);
  } finally {
    await admin.disconnect();
  }
}

describeService("a topic on three brokers", kafkaOwnMissing, () => {
  test("is read on, every record once, while brokers are killed and others lead its partitions", async () => {
    await sharedReference();
    const cluster = await startKafka({ brokers: 3 });
    onTestFinished(() => cluster.stop());
    const { brokers } = cluster;
    const topic = await createTopic(brokers, { partitions: PARTITIONS, replicas: 3 });
    const { directory, state } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { scored: { role: "inference", topic, from: "earliest" } },
      },
    });
    const daemon = await startDaemon(directory);
    const begin = Date.now() - 30 * MINUTE;
    let sent = 0;
    const send = async (): Promise<void> => {
      // A minute each, in order: none is late.
      const from = begin + (sent / ROWS) * MINUTE;
      sent += ROWS;
      const events = scoredEvents({ count: ROWS, from, to: from + MINUTE, seed: sent });
      await produce(brokers, topic, recordsOf(events), PARTITIONS);
    };
    const measured = (): Promise<unknown> => daemon.accounted("scored", ({ rows }) => rows.measured >= sent);
    await send();
    await measured();
    // Each of them also votes, and one of the three counts the votes.
    for (const [broker, take] of [
      [0, "crash"],
      [1, "halt"],
      [2, "crash"],
    ] as const) {
      const id = broker + 1;
      expect(await leadersOf(cluster, topic)).toContain(id);
      // The daemon is still at work on them.
      await send();
      await cluster[take](broker);
      await eventually("other leaders", async () => {
        // One of those it asks is gone.
        const leaders = await leadersOf(cluster, topic).catch(() => [-1]);
        return leaders.includes(id) || leaders.includes(-1) ? undefined : true;
      });
      await send();
      await measured();
      await cluster.resume();
      await send();
      await measured();
    }
    const { rows } = await daemon.accounting("scored");
    expect(rows).toMatchObject({ received: sent, measured: sent, dropped: {} });
    expect((await daemon.end()).code).toBe(0);
    const stored = await countsInStore(directory, state);
    const recounted = await countsInTopic(directory, { brokers, topic });
    expect(new Map([...stored].toSorted())).toEqual(new Map([...recounted].toSorted()));
  });
});
