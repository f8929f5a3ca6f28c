import { Partitioners, type IHeaders, type KafkaMessage, type Producer } from "kafkajs";
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
  options: { partitions?: number; name?: string; largestRecord?: number } = {},
): Promise<string> {
  const { partitions = 1, name = uniqueName("scored"), largestRecord } = options;
  const entries = {
    // Timestamps are the tests' choice: nothing is too old to be kept, or too far ahead to be taken.
    "retention.ms": "-1",
    "message.timestamp.after.max.ms": String(366 * 86_400_000),
    ...(largestRecord && { "max.message.bytes": String(largestRecord) }),
  };
  const admin = kafkaClient(brokers).admin();
  await admin.connect();
  try {
    const configEntries = Object.entries(entries).map(([key, value]) => ({ name: key, value }));
    const topics = [{ topic: name, numPartitions: partitions, configEntries }];
    await admin.createTopics({ waitForLeaders: true, topics });
  } finally {
    await admin.disconnect();
  }
  return name;
}

/** Settles once nobody sees the topic any more. */
export async function deleteTopic(brokers: readonly string[], topic: string): Promise<void> {
  const admin = kafkaClient(brokers).admin();
  await admin.connect();
  try {
    await admin.deleteTopics({ topics: [topic] });
    await eventually(`the end of ${topic}`, async () =>
      (await admin.listTopics()).includes(topic) ? undefined : true,
    );
  } finally {
    await admin.disconnect();
  }
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
  });
  await producer.connect();
  try {
    await act(producer);
  } finally {
    await producer.disconnect();
  }
}

/** Members of a consumer group now. */
export async function membersOf(brokers: readonly string[], group: string): Promise<number> {
  const admin = kafkaClient(brokers).admin();
  await admin.connect();
  try {
    const { groups } = await admin.describeGroups([group]);
    return groups[0]?.members.length ?? 0;
  } finally {
    await admin.disconnect();
  }
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
