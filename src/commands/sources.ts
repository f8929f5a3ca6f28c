import type { Config, KafkaConfig, StreamConfig } from "../config/config.ts";
import type { Log } from "../runtime/log.ts";
import { createFileSource } from "../stream/file.ts";
import { createHttpSource } from "../stream/http.ts";
import { createTopicWriter, type Inspect, type TopicWriter } from "../stream/http-topic.ts";
import type { CountingStamp } from "../stream/kafka-member.ts";
import { createKafkaSender } from "../stream/kafka-sender.ts";
import { createKafkaSource } from "../stream/kafka.ts";
import type { Source } from "../stream/source.ts";

interface SourceParts {
  readonly log: Log;
  readonly counting: () => CountingStamp;
  readonly inspect: () => Inspect;
}

/** What the configuration's streams come from. */
export function openSources(
  config: Config,
  streams: readonly StreamConfig[],
  { log, counting, inspect }: SourceParts,
): Source[] {
  const topics = streams.filter(({ topic }) => topic !== undefined);
  const files = streams.filter(({ file }) => file !== undefined);
  const sources: Source[] = [];
  if (topics.length > 0 && config.kafka !== undefined) {
    sources.push(
      createKafkaSource({
        kafka: config.kafka,
        streams: topics,
        single: config.state.store !== "redis",
        counting,
        clock: Date.now,
        log,
      }),
    );
  }
  const sent = streams.filter(({ http }) => http === true);
  if (sent.length > 0) {
    const shared = sent.filter(({ topic }) => topic !== undefined);
    const topics = config.kafka && shared.length > 0 && writeTopics(config.kafka, shared, { log, inspect });
    const door = { streams: sent, http: config.http, clock: Date.now, log };
    sources.push(createHttpSource({ ...door, ...(topics && { topics }) }));
  }
  if (files.length > 0) sources.push(createFileSource({ streams: files, clock: Date.now }));
  return sources;
}

/** Where goes what is sent over HTTP, and read by all members of a fleet. */
function writeTopics(
  kafka: KafkaConfig,
  streams: readonly StreamConfig[],
  { log, inspect }: Pick<SourceParts, "log" | "inspect">,
): TopicWriter {
  const sender = createKafkaSender({ kafka, log, isHasty: true });
  return createTopicWriter({
    streams,
    sender,
    inspect: inspect(),
    maxRecordBytes: kafka.maxRecordBytes,
    log,
  });
}
