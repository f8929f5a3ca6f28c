import type { Admin, Consumer } from "kafkajs";
import type { KafkaConfig } from "../config/config.ts";
import { fetchBounds, resolveBeginning, startWithin, type Bounds, type Start } from "./kafka-offsets.ts";
import { growTopics } from "./kafka-growth.ts";
import type { PartitionState, PartitionTable } from "./kafka-partitions.ts";
import type { RecordMark } from "./record-mark.ts";
import type { Position, SourceListener, SourceLog } from "./source.ts";

export interface PlacementOptions {
  readonly admin: Admin;
  readonly consumer: Consumer;
  readonly kafka: KafkaConfig;
  readonly table: PartitionTable;
  readonly listener: SourceListener;
  readonly log: SourceLog;
  /** Wall-clock ms. */
  readonly clock: () => number;
  readonly alive: () => void;
  readonly joined: (tasks: readonly number[]) => void;
  readonly fail: (error: unknown) => void;
  /** Settles when the batch that is being delivered, if any, is done. */
  readonly batchInHand: () => Promise<void>;
}

/** Puts partitions where their owner wants them, after every rejoin and whenever kafkajs went astray. */
export interface Placement {
  /** The group was joined with this assignment. Synchronous: kafkajs fetches as soon as it returns. */
  join(assignment: Readonly<Record<string, readonly number[]>>): void;
  /** Asks the owner again where all its partitions are to be read from. */
  reload(): void;
  /** Seeks a partition again to what comes next. */
  replace(state: PartitionState): void;
  /** The topic was created anew: begins it again. */
  restart(state: PartitionState): void;
  /** A fetch failed: the topics may be others by now. */
  verifyAll(): void;
  /** Counts the rejoins: what was begun under another generation is void. */
  generation(): number;
  /** Asks for the ends of all partitions; answers of how many topics. */
  refreshEnds(): Promise<number>;
  close(): void;
  /** Settles when no placement is at work. */
  settled(): Promise<void>;
}

/** Where a partition is to go; `anew`: to its beginning, because it is not what it was. */
interface Target {
  readonly state: PartitionState;
  readonly offset: Position["offset"] | "anew";
  readonly last: RecordMark | undefined;
}

const RETRY_AFTER = 1000;

export function createPlacement(options: PlacementOptions): Placement {
  const { admin, consumer, table, listener, log } = options;
  let generation = 0;
  let closed = false;
  let work: Promise<void> = Promise.resolve();

  /** One at a time, in order: the owner is never asked twice at once. */
  function enqueue(mine: number, place: () => Promise<void>): void {
    work = placeAfter(work, mine, place);
  }

  async function placeAfter(before: Promise<void>, mine: number, place: () => Promise<void>): Promise<void> {
    await before;
    try {
      if (isCurrent(mine)) await place();
    } catch (error) {
      options.fail(error);
    }
  }

  const isCurrent = (mine: number): boolean => mine === generation && !closed;

  function join(assignment: Readonly<Record<string, readonly number[]>>): void {
    if (closed) return;
    const before = tasksOf(table);
    // Partitions that were added since the start; they belong to their tasks from now on.
    const counts = Object.entries(assignment).map(([topic, own]) => [topic, Math.max(...own) + 1] as const);
    growTopics(table, counts, log);
    for (const state of table.all()) {
      const isOurs = assignment[state.stream.topic]?.includes(state.partition) ?? false;
      if (isOurs && !state.assigned) state.assignedSince = options.clock();
      state.assigned = isOurs;
    }
    voidPositions();
    const tasks = tasksOf(table);
    const revoked = before.filter((task) => !tasks.includes(task));
    if (revoked.length > 0) listener.revoked(revoked);
    options.joined(tasks);
    askOwner();
  }

  function reload(): void {
    // Before the group is joined there are no positions, and joining asks for them.
    if (closed || generation === 0) return;
    voidPositions();
    askOwner();
  }

  function voidPositions(): void {
    generation += 1;
    for (const state of table.all()) {
      unplace(state);
      // kafkajs has no rebalance hook to wait in: held still, its first fetch leaves the partition out.
      if (state.assigned) consumer.pause([{ topic: state.stream.topic, partitions: [state.partition] }]);
    }
  }

  function askOwner(): void {
    const mine = generation;
    const tasks = tasksOf(table);
    enqueue(mine, () => placeAll(mine, tasks));
  }

  async function placeAll(mine: number, tasks: readonly number[]): Promise<void> {
    await options.batchInHand();
    // kafkajs forgets every position when it rejoins, also those of partitions that stay: all are asked for and sought.
    const positions = await listener.assigned(tasks);
    const targets = table
      .all()
      .filter(({ assigned }) => assigned)
      .map((state) => targetOf(state, positions));
    await seekAll(mine, targets);
  }

  async function seekAll(mine: number, targets: readonly Target[]): Promise<void> {
    while (isCurrent(mine)) {
      try {
        const starts = await findStarts(targets, { admin, group: options.kafka.group, readBounds });
        if (!isCurrent(mine)) return;
        for (const { state, start } of starts) settle(state, start);
        options.alive();
        return;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.warn({ error }, `Kafka does not tell its offsets: ${reason}. Asking again`);
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER));
      }
    }
  }

  async function readBounds(topic: string): Promise<Map<number, Bounds>> {
    try {
      return await fetchBounds(admin, topic);
    } catch (error) {
      // kafkajs' admin keeps for ever what it once learned of leaders; a new connection asks again.
      await admin.disconnect();
      await admin.connect();
      throw error;
    }
  }

  function settle(state: PartitionState, start: Start): void {
    const { stream, partition } = state;
    if (start.event === "gap") listener.gap(stream.name, partition, state.wanted, start.wanted);
    if (start.event === "recreated") listener.recreated(stream.name, partition, start.wanted);
    if (state.began !== undefined && start.event !== undefined) state.began.offset = start.wanted;
    state.wanted = start.wanted;
    state.last = start.verify;
    state.verifying = start.verify !== undefined;
    state.next = start.seek;
    state.placed = true;
    consumer.seek({ topic: stream.topic, partition, offset: String(start.seek) });
    if (!state.held) consumer.resume([{ topic: stream.topic, partitions: [partition] }]);
  }

  /** Seeks a partition again to what is to be delivered next, or to the beginning of a topic that is another one. */
  function moveAgain(state: PartitionState, offset?: "anew"): void {
    unplace(state);
    consumer.pause([{ topic: state.stream.topic, partitions: [state.partition] }]);
    const mine = generation;
    enqueue(mine, async () => {
      // With several brokers a batch of it may still be at work.
      await options.batchInHand();
      await seekAll(mine, [{ state, offset: offset ?? state.wanted, last: state.last }]);
    });
  }

  function noteBounds(state: PartitionState, { low, high }: Bounds): void {
    // An end that a fetch told counts records of open transactions too, which these bounds leave out.
    state.end = state.placed && state.end > high ? state.end : high;
    // Deleted under a reader that nothing new wakes: kafkajs would not say so before the next record.
    if (state.placed && low > state.next) moveAgain(state);
  }

  return {
    join,
    reload,
    replace: (state) => moveAgain(state),
    restart: (state) => moveAgain(state, "anew"),
    verifyAll() {
      for (const state of table.all()) if (state.placed) moveAgain(state);
    },
    generation: () => generation,
    async refreshEnds() {
      const topics = new Set(table.all().map(({ stream }) => stream.topic));
      for (const topic of topics) {
        for (const [partition, bounds] of await readBounds(topic)) {
          const state = table.find(topic, partition);
          if (state !== undefined) noteBounds(state, bounds);
        }
      }
      return topics.size;
    },
    close() {
      closed = true;
      for (const state of table.all()) unplace(state);
    },
    settled: () => work,
  };
}

function unplace(state: PartitionState): void {
  state.placed = false;
  state.next = Number.NaN;
}

function tasksOf(table: PartitionTable): number[] {
  const tasks = table.all().flatMap(({ assigned, partition }) => (assigned ? [partition] : []));
  return [...new Set(tasks)].sort((left, right) => left - right);
}

/** The owner's answer; where it has none, the stream's own beginning. */
function targetOf(state: PartitionState, positions: readonly Position[]): Target {
  const { stream, partition } = state;
  const answer = positions.find((entry) => entry.stream === stream.name && entry.partition === partition);
  // What is stored needs no beginning any more.
  if (typeof answer?.offset === "number") state.began = undefined;
  const from = typeof stream.from === "number" ? { time: stream.from } : stream.from;
  // An owner that stored no mark may still be where this source left off, and the source has one.
  const own = answer?.offset === state.wanted ? state.last : undefined;
  const offset = answer?.offset ?? from;
  const isNew = state.isAdded && (offset === "latest" || offset === "committed");
  return { state, offset: isNew ? "earliest" : offset, last: answer?.last ?? own };
}

interface StartOptions {
  readonly admin: Admin;
  readonly group: string;
  readonly readBounds: (topic: string) => Promise<Map<number, Bounds>>;
}

async function findStarts(
  targets: readonly Target[],
  options: StartOptions,
): Promise<{ state: PartitionState; start: Start }[]> {
  const { admin, group } = options;
  const boundsByTopic = new Map<string, Map<number, Bounds>>();
  const starts: { state: PartitionState; start: Start }[] = [];
  for (const { state, offset, last } of targets) {
    const { stream, partition } = state;
    const { topic } = stream;
    const topicBounds = boundsByTopic.get(topic) ?? (await options.readBounds(topic));
    boundsByTopic.set(topic, topicBounds);
    const bounds = topicBounds.get(partition) ?? { low: 0, high: 0 };
    state.end = bounds.high;
    if (offset === "anew") {
      starts.push({ state, start: { seek: bounds.low, wanted: bounds.low, event: "recreated" } });
      continue;
    }
    if (typeof offset === "number") state.wanted = offset;
    else {
      const asked = JSON.stringify(offset);
      if (state.began?.asked !== asked) {
        const resolved = await resolveBeginning({
          admin,
          group,
          topic,
          partition,
          beginning: offset,
          bounds,
        });
        state.began = { asked, offset: resolved };
      }
      state.wanted = state.began.offset;
    }
    starts.push({ state, start: startWithin(state.wanted, last, bounds) });
  }
  return starts;
}
