import type { Admin } from "kafkajs";
import { CodedError } from "../config/coded-error.ts";
import { topicGroups, type TopicStream } from "./kafka-partitions.ts";

/**
 * Partition counts by topic. Throws TOPIC_MISSING, and PARTITIONS_DIFFER where the topics of one group of streams differ in
 * their counts: a record and its label would not meet in one task.
 */
export async function inspectTopics(
  admin: Admin,
  streams: ReadonlyMap<string, TopicStream>,
  brokers: readonly string[],
): Promise<Map<string, number>> {
  const topics = [...streams.keys()];
  // Asking for a topic by name may create it; the list of all topics never does.
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !existing.has(topic));
  if (missing.length > 0) {
    const which = missing.map((topic) => `${topic} (stream ${streams.get(topic)?.name})`).join(", ");
    const message = `No topic ${which} at ${brokers.join(", ")}. Create it, correct its name in driftd.yaml, or let this user see it.`;
    throw new CodedError("TOPIC_MISSING", message);
  }
  const metadata = await admin.fetchTopicMetadata({ topics });
  const counts = new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
  for (const group of topicGroups(streams.values())) checkEqualCounts(group, counts);
  return counts;
}

function checkEqualCounts(group: readonly TopicStream[], counts: ReadonlyMap<string, number>): void {
  if (new Set(group.map(({ topic }) => counts.get(topic))).size <= 1) return;
  const each = group.map(({ name, topic }) => `${name} (topic ${topic}) has ${counts.get(topic)}`).join(", ");
  const message = `Streams that belong together must have equal partition counts: ${each}. Give their topics the same count.`;
  throw new CodedError("PARTITIONS_DIFFER", message);
}
