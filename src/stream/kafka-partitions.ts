import type { StreamConfig } from "../config/config.ts";
import { CodedError } from "../config/coded-error.ts";
import type { RecordMark } from "./record-mark.ts";

/** A stream that is read from a topic. */
export interface TopicStream extends StreamConfig {
  readonly topic: string;
}

/** What the source knows of one partition of one stream. */
export interface PartitionState {
  readonly stream: TopicStream;
  readonly partition: number;
  /** Whether the topic has it since this process began to read: all of it came since. */
  readonly isAdded: boolean;
  assigned: boolean;
  /** Wall-clock ms at which it was last assigned anew; counts only while it is. */
  assignedSince: number;
  /** Whether it was sought to where the owner wants it since the last rejoin; nothing is delivered before. */
  placed: boolean;
  /** Held back by the owner. */
  held: boolean;
  /** Offset that the next fetch must begin at; NaN while not placed. */
  next: number;
  /** The first offset that was not delivered yet. */
  wanted: number;
  /** The record at `wanted` - 1, where it is known: it tells whether the topic is still the same. */
  last: RecordMark | undefined;
  /** Whether the next fetch begins at `wanted` - 1, to be compared with `last`. */
  verifying: boolean;
  /** End offset as last seen; NaN before that. */
  end: number;
  /** What a beginning such as `latest` was resolved to: nothing is stored of it yet, and a second look would skip records. */
  began: { readonly asked: string; offset: number } | undefined;
}

export interface PartitionTable {
  find(topic: string, partition: number): PartitionState | undefined;
  named(stream: string, partition: number): PartitionState | undefined;
  all(): readonly PartitionState[];
  /** Adds the partitions that are not there yet; answers whether there were any of a topic that had others before. */
  grow(topic: string, count: number): boolean;
}

/** Streams by topic. Throws CONFIG_INVALID where two streams name one topic: a partition has one position. */
export function topicStreams(streams: readonly StreamConfig[]): ReadonlyMap<string, TopicStream> {
  const byTopic = new Map<string, TopicStream>();
  for (const stream of streams) {
    const { topic } = stream;
    if (topic === undefined) continue;
    const other = byTopic.get(topic);
    if (other !== undefined) {
      const message = `Streams ${other.name} and ${stream.name} both read topic ${topic}. Read it as one stream.`;
      throw new CodedError("CONFIG_INVALID", message);
    }
    byTopic.set(topic, { ...stream, topic });
  }
  return byTopic;
}

/** Streams linked by `of` are one group. */
export function topicGroups(streams: Iterable<TopicStream>): readonly (readonly TopicStream[])[] {
  const byName = new Map([...streams].map((stream) => [stream.name, stream]));
  const groups = new Map<string, TopicStream[]>();
  for (const stream of byName.values()) {
    const root = rootOf(stream, byName);
    groups.set(root, [...(groups.get(root) ?? []), stream]);
  }
  return [...groups.values()];
}

function rootOf(stream: TopicStream, byName: ReadonlyMap<string, TopicStream>): string {
  const path = new Set([stream.name]);
  let root = stream.name;
  for (let of = stream.of; of !== undefined && !path.has(of); of = byName.get(of)?.of) {
    path.add(of);
    root = of;
  }
  return root;
}

export function createPartitionTable(streams: ReadonlyMap<string, TopicStream>): PartitionTable {
  const byTopic = new Map<string, PartitionState[]>([...streams.keys()].map((topic) => [topic, []]));
  const topicOf = new Map([...streams.values()].map((stream) => [stream.name, stream.topic]));
  const find = (topic: string, partition: number): PartitionState | undefined =>
    byTopic.get(topic)?.[partition];
  return {
    find,
    named: (stream, partition) => find(topicOf.get(stream) ?? "", partition),
    all: () => [...byTopic.values()].flat(),
    grow(topic, count) {
      const stream = streams.get(topic);
      const states = byTopic.get(topic);
      if (stream === undefined || states === undefined || states.length >= count) return false;
      const isAdded = states.length > 0;
      while (states.length < count) states.push(createPartition(stream, states.length, isAdded));
      return isAdded;
    },
  };
}

function createPartition(stream: TopicStream, partition: number, isAdded: boolean): PartitionState {
  return {
    stream,
    partition,
    isAdded,
    assigned: false,
    assignedSince: 0,
    placed: false,
    held: false,
    next: Number.NaN,
    wanted: 0,
    last: undefined,
    verifying: false,
    end: Number.NaN,
    began: undefined,
  };
}
