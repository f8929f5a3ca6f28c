import { Partitioners, type Admin, type IHeaders, type KafkaMessage, type Producer } from "kafkajs";
import { onTestFinished } from "vitest";
import { kafkaClient, uniqueName } from "../services/kafka.ts";
import { eventually } from "./daemon.ts";
import type { ScoredEvent } from "./events.ts";

/** One record to write; `timestamp` in ms. */
export interface NewRecord {
  readonly key?: string;
  readonly value: string | Buffer | null;
  readonly timestamp: number;
  readonly headers?: IHeaders;
  readonly partition?: number;
}

/** A topic of its own. */
export async function createTopic(
  brokers: readonly string[],
  options: {
    partitions?: number;
    name?: string;
    largestRecord?: number;
    replicas?: number;
    /** As soon as a segment is a second old. */
    compacted?: boolean;
  } = {},
): Promise<string> {
  const { partitions = 1, name = uniqueName("scored"), largestRecord, replicas, compacted } = options;
  const entries = {
    // Timestamps are the tests' choice: nothing is too old to be kept, or too far ahead to be taken.
    "retention.ms": "-1",
    "message.timestamp.after.max.ms": String(366 * 86_400_000),
    ...(largestRecord && { "max.message.bytes": String(largestRecord) }),
    ...(compacted === true && {
      "cleanup.policy": "compact",
      "segment.ms": "1000",
      "min.cleanable.dirty.ratio": "0.001",
      "delete.retention.ms": "0",
      "max.compaction.lag.ms": "1000",
    }),
    // What is acknowledged survives the loss of any one broker.
    ...(replicas && { "min.insync.replicas": String(Math.max(1, replicas - 1)) }),
  };
  const configEntries = Object.entries(entries).map(([key, value]) => ({ name: key, value }));
  const copies = replicas === undefined ? {} : { replicationFactor: replicas };
  const topics = [{ topic: name, numPartitions: partitions, configEntries, ...copies }];
  await withAdmin(brokers, async (admin) => {
    await admin.createTopics({ waitForLeaders: false, topics });
    await awaitLeaders(admin, name, partitions);
  });
  return name;
}

/** Gives a topic more partitions, so many in all. */
export async function growTopic(
  brokers: readonly string[],
  topic: string,
  partitions: number,
): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    await admin.createPartitions({ topicPartitions: [{ topic, count: partitions }] });
    await awaitLeaders(admin, topic, partitions);
  });
}

/** kafkajs itself gives up where a young broker does not know the topic, or a partition of it, yet. */
async function awaitLeaders(admin: Admin, topic: string, partitions: number): Promise<void> {
  await eventually(`leaders of ${topic}`, async () => {
    const found = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => undefined);
    const leaders = found?.topics[0]?.partitions.filter(({ leader }) => leader >= 0) ?? [];
    return leaders.length === partitions ? true : undefined;
  });
}

export async function withAdmin<T>(
  brokers: readonly string[],
  act: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = kafkaClient(brokers).admin();
  await admin.connect();
  try {
    return await act(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Settles once nobody sees the topic any more. */
export async function deleteTopic(brokers: readonly string[], topic: string): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    await admin.deleteTopics({ topics: [topic] });
    await eventually(`the end of ${topic}`, async () =>
      (await admin.listTopics()).includes(topic) ? undefined : true,
    );
  });
}

const BATCH = 5_000;

/** Writes records in order: record i to its partition, else to i mod `partitions`. */
export async function produce(
  brokers: readonly string[],
  topic: string,
  records: readonly NewRecord[],
  partitions = 1,
): Promise<void> {
  await withProducer(brokers, async (producer) => {
    for (let start = 0; start < records.length; start += BATCH) {
      const messages = records.slice(start, start + BATCH).map((record, index) => ({
        value: record.value,
        ...(record.key === undefined ? {} : { key: record.key }),
        partition: record.partition ?? (start + index) % partitions,
        timestamp: String(record.timestamp),
        ...(record.headers === undefined ? {} : { headers: record.headers }),
      }));
      await producer.send({ topic, messages });
    }
  });
}

/** Events as records with their own time. */
export function recordsOf(events: readonly ScoredEvent[]): NewRecord[] {
  return events.map((event) => ({ value: JSON.stringify(event), timestamp: event.time }));
}

async function withProducer(
  brokers: readonly string[],
  act: (producer: Producer) => Promise<void>,
): Promise<void> {
  // Where one of two partitions has no leader yet, both are sent again: the broker must know the other one's again.
  const producer = kafkaClient(brokers).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    idempotent: true,
    maxInFlightRequests: 1,
    // Brokers that have only just come back may take a minute to have leaders again.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 60 },
  });
  await producer.connect();
  try {
    await act(producer);
  } finally {
    await producer.disconnect();
  }
}

/** A record as it stands in a topic. */
export interface TopicRecord {
  readonly partition: number;
  /** ms. */
  readonly timestamp: number;
  readonly value: Buffer | null;
}

/** Visits every record that stands in the topic now, those of a partition in the order of their offsets. */
export async function readTopic(source: {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly visit: (record: TopicRecord) => void;
}): Promise<void> {
  const { brokers, topic, visit } = source;
  const unread = await endsOf(brokers, topic);
  const consumer = kafkaClient(brokers).consumer({ groupId: uniqueName("recount") });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    if (unread.size === 0) resolve();
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          const { partition } = batch;
          for (const { timestamp, value } of batch.messages) {
            visit({ partition, timestamp: Number(timestamp), value });
          }
          if (Number(batch.lastOffset()) + 1 >= (unread.get(partition) ?? 0)) unread.delete(partition);
          if (unread.size === 0) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
}

/** Where the partitions that hold records end. */
export async function endsOf(brokers: readonly string[], topic: string): Promise<Map<number, number>> {
  const offsets = await withAdmin(brokers, (admin) => admin.fetchTopicOffsets(topic));
  return new Map(
    offsets
      .filter(({ low, high }) => Number(high) > Number(low))
      .map(({ partition, high }) => [partition, Number(high)]),
  );
}

/** Members of a consumer group now. */
export async function membersOf(brokers: readonly string[], group: string): Promise<number> {
  const { groups } = await withAdmin(brokers, (admin) => admin.describeGroups([group]));
  return groups[0]?.members.length ?? 0;
}

/** Reads a topic until there are messages enough, from its beginning. */
export async function consume(
  brokers: readonly string[],
  topic: string,
  enough: (messages: readonly KafkaMessage[]) => boolean,
): Promise<readonly KafkaMessage[]> {
  const consumer = kafkaClient(brokers).consumer({ groupId: uniqueName("reader") });
  const messages: KafkaMessage[] = [];
  onTestFinished(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void messages.push(message) });
  await eventually(`messages in ${topic}`, async () => (enough(messages) ? true : undefined));
  return messages;
}
