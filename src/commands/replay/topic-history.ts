import { randomUUID } from "node:crypto";
import { CodedError } from "../../config/coded-error.ts";
import type { KafkaConfig, StreamConfig } from "../../config/config.ts";
import { MINUTE } from "../../config/quantity.ts";
import { partitionKey } from "../../engine/tasks.ts";
import type { SourceBatch } from "../../event/records.ts";
import { createKafkaSource } from "../../stream/kafka.ts";
import type { Source, SourceListener } from "../../stream/source.ts";

export interface TopicHistoryOptions {
  readonly kafka: KafkaConfig;
  /** Streams that have a topic. */
  readonly streams: readonly StreamConfig[];
  /** Wall-clock ms. */
  readonly clock: () => number;
}

/** Whether a partition has ended is looked at this often, ms. */
const LOOK_EVERY = 100;
/** Who replays waits for nobody to mend Kafka, ms. */
const PATIENCE = MINUTE / 2;

/**
 * Reads topics from where the listener says to where they ended when they were first seen, and says of every partition that it has
 * ended. It is a member of a consumer group of its own, whose name begins with the configured one: nothing is taken from the
 * daemon, and no offset is committed.
 */
export function createTopicHistory({ kafka, streams, clock }: TopicHistoryOptions): Source {
  const group = `${kafka.group}-replay-${randomUUID().slice(0, 8)}`;
  const topics = createKafkaSource({ kafka: { ...kafka, group }, streams, single: true, clock });
  /** By partition: the offset that is not read any more. */
  const ends = new Map<string, number>();
  const ended = new Set<string>();
  const inHand = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let outageSince: number | undefined;

  async function look(listener: SourceListener): Promise<void> {
    for (const { stream, partition, end, next } of topics.partitions()) {
      const key = partitionKey(stream, partition);
      if (!ends.has(key) && !Number.isNaN(end)) ends.set(key, end);
      const isThrough = next >= (ends.get(key) ?? Number.POSITIVE_INFINITY);
      if (!isThrough || ended.has(key) || inHand.has(key)) continue;
      ended.add(key);
      topics.pause(stream, partition);
      await listener.ended(stream, partition);
    }
    const outage = topics.outage();
    outageSince = outage === undefined ? undefined : (outageSince ?? clock());
    if (outage !== undefined && clock() - (outageSince ?? 0) > PATIENCE)
      throw new CodedError("KAFKA_FAILED", `${outage}. Try again once Kafka answers.`);
  }

  /** What was written since the end was first seen is left out. */
  function cut(batch: SourceBatch): SourceBatch {
    const end = ends.get(partitionKey(batch.stream, batch.partition));
    if (batch.kind === "table" || end === undefined) return batch;
    let { count } = batch;
    while (count > 0 && batch.offsets[count - 1] >= end) count--;
    return count === batch.count ? batch : { ...batch, count };
  }

  return {
    ...topics,
    async start(listener) {
      const lookAt = (): void =>
        void look(listener).catch((error: unknown) =>
          listener.failed(error instanceof Error ? error : new Error(String(error))),
        );
      timer = setInterval(lookAt, LOOK_EVERY);
      await topics.start({
        ...listener,
        async batch(batch) {
          const key = partitionKey(batch.stream, batch.partition);
          if (!ends.has(key)) ends.set(key, batch.end);
          const part = cut(batch);
          if (ended.has(key) || part.count === 0) return;
          inHand.add(key);
          await listener.batch(part).finally(() => inHand.delete(key));
        },
      });
    },
    async stop() {
      clearInterval(timer);
      await topics.stop();
    },
    partitions: () =>
      topics.partitions().map((seen) => {
        const end = ends.get(partitionKey(seen.stream, seen.partition)) ?? seen.end;
        return { ...seen, end };
      }),
  };
}
