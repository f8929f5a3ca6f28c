import { topicGroups, type PartitionTable, type TopicStream } from "./kafka-partitions.ts";
import type { SourceLog } from "./source.ts";

/** Takes up the partitions that topics have by now, by topic, and says which topics had fewer before. */
export function growTopics(
  table: PartitionTable,
  counts: Iterable<readonly [topic: string, partitions: number]>,
  log: SourceLog,
): void {
  const grown = [...counts].filter(([topic, count]) => table.grow(topic, count));
  // All of them first: topics that belong together mostly grow together.
  for (const [topic] of grown) log.warn({ topic }, describeGrowth(topic, table));
}

function describeGrowth(topic: string, table: PartitionTable): string {
  const found = `Topic ${topic} has more partitions than before: they are read from their beginning`;
  const streams = new Map(table.all().map(({ stream }) => [stream.topic, stream]));
  const group = topicGroups(streams.values()).find((own) => own.some((stream) => stream.topic === topic));
  if (group === undefined || !isJoined(group)) return found;
  const parted = `${found}. Records of one id that were sent before and after may be in two partitions, and do not meet`;
  const topics = group.map((stream) => stream.topic);
  const most = Math.max(...topics.map((name) => countOf(table, name)));
  const fewer = topics.filter((name) => countOf(table, name) < most);
  if (fewer.length === 0) return parted;
  return `${parted}. Give topic ${fewer.join(" and ")} as many: until then most ids do not meet, and driftd does not start again`;
}

/** Whether records of one id belong together: those of two streams, or requests and responses in one. */
function isJoined(group: readonly TopicStream[]): boolean {
  return group.length > 1 || group.some(({ joinWithin }) => joinWithin !== undefined);
}

function countOf(table: PartitionTable, topic: string): number {
  return table.all().filter(({ stream }) => stream.topic === topic).length;
}
