import { Kafka, type Batch, type Consumer, type EachBatchPayload } from "kafkajs";
import { MINUTE } from "../config/quantity.ts";
import type { KafkaConfig } from "../config/config.ts";
import { createTaskAssigner, findNewest } from "./kafka-assigner.ts";
import { clientConfig } from "./kafka-client.ts";
import { growTopics } from "./kafka-growth.ts";
import { readMember, type CountingStamp } from "./kafka-member.ts";
import type { PartitionState, PartitionTable, TopicStream } from "./kafka-partitions.ts";
import { createPlacement, type Placement } from "./kafka-placement.ts";
import { createRecordBuffer } from "./kafka-records.ts";
import { createSilence } from "./kafka-silence.ts";
import { createSockets } from "./kafka-sockets.ts";
import { inspectTopics } from "./kafka-topics.ts";
import { isSameRecord, markOf } from "./record-mark.ts";
import type { SourceListener, SourceLog } from "./source.ts";

export interface SessionOptions {
  readonly kafka: KafkaConfig;
  readonly streams: ReadonlyMap<string, TopicStream>;
  readonly single: boolean;
  readonly counting: () => CountingStamp;
  readonly listener: SourceListener;
  readonly table: PartitionTable;
  readonly log: SourceLog;
  /** Wall-clock ms. */
  readonly clock: () => number;
  /** A sign of progress. */
  readonly alive: () => void;
  /** Kafka has answered something. */
  readonly answered: () => void;
  /** The group was joined: these tasks are ours. */
  readonly joined: (tasks: readonly number[]) => void;
  /** The listener failed: the source is at its end. */
  readonly fail: (error: unknown) => void;
}

/** One life of a consumer: from its connection to its crash, or until it is stopped. */
export interface Session {
  /** Consumes. Settles only by rejecting, with what ended it; never after `close`. */
  run(): Promise<never>;
  pause(state: PartitionState): void;
  resume(state: PartitionState): void;
  /** Asks the owner again where everything is to be read from. */
  reload(): void;
  commit(offsets: { topic: string; partition: number; offset: string }[]): Promise<void>;
  /** Answers of how many topics the ends were learnt. */
  refreshEnds(): Promise<number>;
  /** Whether the group has a member of a newer configuration. */
  isOutdated(): Promise<boolean>;
  /** Whether a batch is being delivered: nothing is asked of Kafka meanwhile. */
  isBusy(): boolean;
  /** Waits for the batch in hand and leaves the group. */
  close(): Promise<void>;
}

/**
 * ms. Small, because the group waits for a member that sits in an idle fetch, 5 s by default, and as long to pass a task on;
 * not smaller, because every fetch in vain costs a millisecond or two of CPU. Records end the wait at once.
 */
const FETCH_WAIT = 500;

/**
 * What a partition brings at once, bytes; of requests and responses less, or many halves would wait for those that come with the
 * next fetch, and what a fetch leaves behind would stay: a million of both then take 300 MB.
 */
const FETCH_BYTES = { whole: 1_048_576, halves: 262_144 };

/** A group takes as long as its slowest member to let another one in; who ends waits for so much of it, ms. */
const JOIN_PATIENCE = 3000;

/** Members learn of a rebalance by their next heartbeat, ms. */
export function heartbeatIntervalOf({ sessionTimeout }: KafkaConfig): number {
  return Math.min(3000, Math.floor(sessionTimeout / 4));
}

export function createSession(options: SessionOptions): Session {
  const { kafka, streams, table, listener } = options;
  const sockets = createSockets();
  const client = new Kafka({ ...clientConfig(kafka, hearing(options)), socketFactory: sockets.open });
  const admin = client.admin();
  const heartbeatInterval = heartbeatIntervalOf(kafka);
  const consumer = createConsumer(client, options, heartbeatInterval);
  const buffer = createRecordBuffer();
  let inHand: Promise<void> = Promise.resolve();
  let closed = false;
  let busy = false;
  let beginning: Promise<unknown> | undefined;
  const placement = createPlacement({ ...options, admin, consumer, batchInHand: () => inHand });
  const silence = createSilence({ ...options, refreshEnds: () => placement.refreshEnds() });

  async function run(): Promise<never> {
    const begun = begin();
    beginning = begun.catch(() => {});
    const { crashed } = await begun;
    return crashed;
  }

  async function begin(): Promise<{ readonly crashed: Promise<never> }> {
    await admin.connect();
    const counts = await inspectTopics(admin, streams, kafka.brokers);
    growTopics(table, counts, options.log);
    await consumer.connect();
    // From the beginning is where kafkajs lands after an offset out of range: there the next batch gives it away.
    await consumer.subscribe({ topics: [...streams.keys()], fromBeginning: true });
    const crashed = listen(consumer, { ...options, placement });
    // Should run() itself throw, nobody waits for the crash.
    crashed.catch(() => {});
    // Offsets are committed for lag tools only, and seek() commits where autoCommit is on.
    if (!closed) await consumer.run({ autoCommit: false, eachBatch });
    return { crashed };
  }

  const isCurrent = (generation: number): boolean => !closed && placement.generation() === generation;

  /** kafkajs hands over one batch at a time, and fetches no more of its broker before that is done. */
  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const state = table.find(batch.topic, batch.partition);
    // Fetched before a rejoin that has not been answered yet: the seek that follows undoes that kafkajs calls it read.
    if (state === undefined || !state.placed || closed) return;
    if (fetchedFrom(batch) !== state.next) {
      // Not what comes next: fetched before a seek, or kafkajs gave up on an offset out of range and went elsewhere.
      placement.replace(state);
      return;
    }
    // An error must not reach kafkajs, which would retry the batch and then crash.
    busy = true;
    inHand = deliver(payload, state).catch(options.fail);
    await inHand;
    busy = false;
  }

  async function deliver({ batch, heartbeat }: EachBatchPayload, state: PartitionState): Promise<void> {
    const { messages } = batch;
    const generation = placement.generation();
    if (isAnotherTopic(batch, state)) {
      placement.restart(state);
      return;
    }
    state.verifying = false;
    state.end = Number(batch.highWatermark);
    // kafkajs sends heartbeats between batches only. Should it fail, the next one after this batch fails again and is heard.
    const beat = setInterval(() => void heartbeat().catch(() => {}), heartbeatInterval);
    try {
      await silence.end(state);
      let start = messages.findIndex(({ offset }) => Number(offset) >= state.wanted);
      while (start >= 0 && start < messages.length && isCurrent(generation)) {
        const { stream, partition, end } = state;
        const part = buffer.take({ stream: stream.name, partition, messages, start, end });
        start += part.count;
        await listener.batch(part);
        options.alive();
      }
    } finally {
      clearInterval(beat);
      buffer.clear();
    }
    if (!isCurrent(generation)) return;
    const final = messages.at(-1);
    if (final !== undefined && Number(final.offset) >= state.wanted) {
      state.wanted = Number(final.offset) + 1;
      state.last = markOf(Number(final.timestamp), final.key, final.value);
    }
    // Behind the last record may stand transaction markers, which lastOffset() counts.
    if (state.placed) state.next = Number(batch.lastOffset()) + 1;
  }

  return {
    run,
    pause: (state) => whilePlaced(state, (partitions) => consumer.pause(partitions)),
    resume: (state) => whilePlaced(state, (partitions) => consumer.resume(partitions)),
    reload: () => placement.reload(),
    commit: (offsets) => consumer.commitOffsets(offsets),
    refreshEnds: () => placement.refreshEnds(),
    async isOutdated() {
      const { groups } = await admin.describeGroups([kafka.group]);
      const members = groups.flatMap((group) => group.members);
      const newest = findNewest(
        members.map(({ memberId, memberMetadata }) => readMember(memberId, memberMetadata)),
      );
      return newest !== undefined && newest.counting.hash !== options.counting().hash;
    },
    isBusy: () => busy,
    async close() {
      closed = true;
      placement.close();
      await inHand;
      // Both the first joining and those that follow wait for the group, and kafkajs for them.
      const patience = setTimeout(() => sockets.cut(), JOIN_PATIENCE);
      try {
        // Who is disconnected while it joins for the first time goes on joining, and would be a member that nobody reads for.
        await beginning;
        await consumer.disconnect();
        await placement.settled();
        await admin.disconnect();
      } finally {
        clearTimeout(patience);
      }
    },
  };
}

/** kafkajs has no event for a broker that is tried in vain; its warnings are all that tells it from one that hangs itself. */
function hearing({ log, alive }: SessionOptions): Pick<SourceLog, "debug"> {
  return {
    debug(fields, message) {
      log.debug(fields, message);
      alive();
    },
  };
}

/** A partition that is not placed yet will be paused or resumed as its owner wishes when it is. */
function whilePlaced(
  { placed, partition, stream }: PartitionState,
  act: (partitions: { topic: string; partitions: number[] }[]) => void,
): void {
  if (placed) act([{ topic: stream.topic, partitions: [partition] }]);
}

function createConsumer(
  client: InstanceType<typeof Kafka>,
  options: SessionOptions,
  heartbeatInterval: number,
): Consumer {
  const { kafka, single, streams, table, counting } = options;
  const isJoined = [...streams.values()].some(({ role }) => role === "inputs");
  const ownedSince = (): number =>
    Math.max(0, ...table.all().map(({ assigned, assignedSince }) => (assigned ? assignedSince : 0)));
  return client.consumer({
    groupId: kafka.group,
    sessionTimeout: kafka.sessionTimeout,
    rebalanceTimeout: Math.max(MINUTE, kafka.sessionTimeout),
    heartbeatInterval,
    maxWaitTimeInMs: FETCH_WAIT,
    maxBytesPerPartition: isJoined ? FETCH_BYTES.halves : FETCH_BYTES.whole,
    allowAutoTopicCreation: false,
    partitionAssigners: [
      createTaskAssigner({
        single,
        ownFacts: () => ({ ownedSince: ownedSince(), counting: counting() }),
      }),
    ],
    // Otherwise kafkajs starts again for ever, or stays alive and consumes nothing: both look healthy from outside.
    retry: { retries: 4, restartOnFailure: async () => false },
  });
}

/** Follows the consumer's events. The promise rejects with what made it crash. */
function listen(consumer: Consumer, options: SessionOptions & { placement: Placement }): Promise<never> {
  const { events } = consumer;
  const { table, placement } = options;
  consumer.on(events.GROUP_JOIN, ({ payload }) => placement.join(payload.memberAssignment));
  const fetching = new Set<number>();
  consumer.on(events.FETCH_START, ({ payload }) => {
    // The fetch before it failed, and kafkajs tries again at the same offset: also where the topic was deleted and created
    // anew meanwhile, so that its first records would be passed over.
    if (fetching.has(payload.nodeId)) placement.verifyAll();
    fetching.add(payload.nodeId);
  });
  consumer.on(events.FETCH, ({ payload }) => {
    fetching.delete(payload.nodeId);
    options.alive();
  });
  // FETCH comes after a fetch in vain too; this one only with what Kafka says.
  consumer.on(events.REQUEST, () => options.answered());
  consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
    const state = table.find(payload.topic, payload.partition);
    // Transaction markers, aborted and compacted records: kafkajs passes over them without a word to eachBatch.
    if (payload.batchSize === 0 && state?.placed === true) {
      state.next = Math.max(state.next, Number(payload.lastOffset) + 1);
    }
  });
  return new Promise<never>((_, reject) => {
    consumer.on(events.CRASH, ({ payload }) => reject(payload.error));
  });
}

/** Where the batch was fetched from: kafkajs has it, but its types do not tell. */
function fetchedFrom(batch: Batch): number {
  return "fetchedOffset" in batch ? Number(batch.fetchedOffset) : Number.NaN;
}

/** Whether the record before the first wanted one is not what it was. Where it is gone (compacted) nobody can say. */
function isAnotherTopic(batch: Batch, { verifying, last, wanted }: PartitionState): boolean {
  const [first] = batch.messages;
  if (!verifying || last === undefined || first === undefined || Number(first.offset) !== wanted - 1)
    return false;
  return !isSameRecord(markOf(Number(first.timestamp), first.key, first.value), last);
}
