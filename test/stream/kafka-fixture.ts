import { Partitioners } from "kafkajs";
import type { KafkaConfig, StreamConfig } from "../../src/config/config.ts";
import { createKafkaSource, type KafkaSourceOptions } from "../../src/stream/kafka.ts";
import type { Position, Source } from "../../src/stream/source.ts";
import { createTopic, withAdmin } from "../e2e/topic.ts";
import { kafkaClient, uniqueName } from "../services/kafka.ts";
import { recordListener, streamConfig, type Recording } from "./listener.ts";

export function kafkaConfig(kafka: Partial<KafkaConfig> & Pick<KafkaConfig, "brokers">): KafkaConfig {
  return {
    group: uniqueName("driftd"),
    clientId: "driftd",
    // Nobody is waited for in vain, and none is given up because others have the machine.
    sessionTimeout: 6000,
    maxRecordBytes: 1 << 20,
    ...kafka,
  };
}

export interface Reader {
  readonly source: Source;
  readonly listener: Recording;
  readonly log: string[];
  /** Settles as the source's `start`. */
  readonly started: Promise<void>;
}

/** Starts a source with a listener that remembers; by default from the beginning. */
export function startReader(options: {
  kafka: KafkaConfig;
  streams: readonly StreamConfig[];
  single?: boolean;
  counting?: KafkaSourceOptions["counting"];
  positions?: Recording["positions"];
  onBatch?: Recording["onBatch"];
}): Reader {
  const listener = recordListener();
  listener.positions = options.positions ?? ((tasks) => fromBeginning(options.streams, tasks));
  listener.onBatch = options.onBatch ?? (() => {});
  const log: string[] = [];
  const say = (_: object, message: string): void => void log.push(message);
  const sourceOptions: KafkaSourceOptions = {
    kafka: options.kafka,
    streams: options.streams,
    single: options.single ?? false,
    ...(options.counting && { counting: options.counting }),
    clock: Date.now,
    log: {
      debug: () => {},
      info: say,
      warn: say,
    },
  };
  const source = createKafkaSource(sourceOptions);
  return { source, listener, log, started: source.start(listener) };
}

function fromBeginning(streams: readonly StreamConfig[], tasks: readonly number[]): Position[] {
  return streams.flatMap(({ name }) =>
    tasks.map((partition) => ({ stream: name, partition, offset: "earliest" as const })),
  );
}

/** A stream over a new topic of that many partitions. */
export async function createStream(
  brokers: readonly string[],
  options: { name?: string; partitions?: number } & Partial<StreamConfig> = {},
): Promise<StreamConfig & { topic: string }> {
  const { name = "scored", partitions = 1, ...rest } = options;
  const topic = await createTopic(brokers, { name: uniqueName(name), partitions });
  return { ...streamConfig({ name, topic, ...rest }), topic };
}

/** As retention does it: the log then begins at `offset`. */
export function deleteBefore(brokers: readonly string[], topic: string, offset: number): Promise<void> {
  return withAdmin(brokers, async (admin) => {
    // kafkajs deletes only from topics that it has met.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
  });
}

export interface TestProducer {
  send(topic: string, partition: number, values: readonly string[], timestamp?: number): Promise<void>;
  disconnect(): Promise<void>;
}

export async function connectProducer(brokers: readonly string[]): Promise<TestProducer> {
  const producer = kafkaClient(brokers).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return {
    async send(topic, partition, values, timestamp) {
      const time = timestamp === undefined ? {} : { timestamp: String(timestamp) };
      await producer.send({ topic, messages: values.map((value) => ({ value, partition, ...time })) });
    },
    disconnect: () => producer.disconnect(),
  };
}

export function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `${from + index}`);
}

const readers: Reader[] = [];

/** As startReader; stopReaders ends it. */
export function read(options: Parameters<typeof startReader>[0]): Reader {
  const reader = startReader(options);
  readers.push(reader);
  return reader;
}

export async function stopReaders(): Promise<void> {
  await Promise.all(readers.splice(0).map(({ source }) => source.stop()));
}

export function values({ listener }: Reader): (string | null)[] {
  return listener.records.map(({ value }) => value);
}

/** The tasks of the last assignment, as "0,1". */
export function tasksOf({ listener }: Reader): string | undefined {
  return listener.calls.findLast((call) => call.startsWith("assigned "))?.slice("assigned ".length);
}
