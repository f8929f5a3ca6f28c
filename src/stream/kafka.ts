import { setTimeout as sleep } from "node:timers/promises";
import { MINUTE } from "../config/quantity.ts";
import type { CodedError } from "../config/coded-error.ts";
import type { KafkaConfig, StreamConfig } from "../config/config.ts";
import { registerCodecs } from "./kafka-codecs.ts";
import { lastingFailure } from "./kafka-errors.ts";
import { registerFetch } from "./kafka-fetch.ts";
import { UNREGISTERED, type CountingStamp } from "./kafka-member.ts";
import { createOutageLog } from "./kafka-outage.ts";
import { createPartitionTable, topicStreams } from "./kafka-partitions.ts";
import { calmRequestQueues } from "./kafka-queue.ts";
import { createSession, heartbeatIntervalOf, type Session } from "./kafka-session.ts";
import type { Source, SourceListener, SourceLog } from "./source.ts";

export interface KafkaSourceOptions {
  readonly kafka: KafkaConfig;
  /** Streams that have a topic. */
  readonly streams: readonly StreamConfig[];
  /** All tasks to one member of the group, the others stand by: for state on one machine's disk. */
  readonly single: boolean;
  /** What decides how this member counts: tasks go only to members of the newest that there is in the group. */
  readonly counting?: () => CountingStamp;
  /** Wall-clock ms. */
  readonly clock: () => number;
  readonly log?: SourceLog;
}

/** The session ended because the group is to be left and joined anew. */
const LEAVING = new Error("the group is left");

/** Why nothing is read here. */
const ANOTHER = "another member reads everything";
const NEWER = "a newer configuration reads everything";
const OTHERS = "other members read everything";

const SILENT: SourceLog = { debug() {}, info() {}, warn() {} };

/** End offsets of partitions that bring nothing are asked for this often, ms. */
const POLL_ENDS = 15_000;
/** Attempts to reach Kafka again are this far apart at first and at most, ms. */
const RETRY = { first: 500, longest: 10_000 };
/** Kafka answers fetches, and questions for end offsets, more often than this, ms: if not, it is away, whatever its connections say. */
const SILENCE = 20_000;
const WATCH = 5_000;
/** A topic that vanished while it was read may be on its way to be created anew, ms. */
const TOPIC_GRACE = MINUTE;

/**
 * Reads topics as a member of a consumer group. Outages are waited out, before the first contact as later, and said in the
 * log; what no waiting heals (a refused login, a missing topic) rejects `start`, or reaches `failed` afterwards.
 */
export function createKafkaSource(options: KafkaSourceOptions): Source {
  const { kafka, clock, counting = () => UNREGISTERED, log = SILENT } = options;
  const streams = topicStreams(options.streams);
  const table = createPartitionTable(streams);
  const stopping = new AbortController();
  const outage = createOutageLog({ brokers: kafka.brokers.join(", "), clock, log });
  let session: Session | undefined;
  let running: Promise<void> = Promise.resolve();
  let progress = clock();
  /** For how many looks nothing has been answered. Not by the clock: after a stall of this process, answers wait to be read. */
  let silentLooks = 0;
  let everJoined = false;
  let isJoined = false;
  let owner: SourceListener | undefined;
  let leave = (): void => {};
  let standby: string | undefined;

  function start(listener: SourceListener): Promise<void> {
    owner = listener;
    registerCodecs();
    registerFetch();
    calmRequestQueues();
    const timers = [setInterval(() => void pollEnds(), POLL_ENDS), setInterval(watch, WATCH)];
    const clearTimers = (): void => timers.forEach((timer) => clearInterval(timer));
    stopping.signal.addEventListener("abort", clearTimers);
    return new Promise((resolve, reject) => {
      running = supervise(listener, resolve)
        .catch((error: Error) => (everJoined ? listener.failed(error) : reject(error)))
        .finally(clearTimers)
        .then(resolve);
    });
  }

  /** Keeps a consumer alive until stopped, a new one after each crash. Rejects with what no waiting heals. */
  async function supervise(listener: SourceListener, ready: () => void): Promise<void> {
    let wait = RETRY.first;
    const joined = (tasks: readonly number[]): void => {
      wait = RETRY.first;
      everJoined = true;
      isJoined = true;
      outage.over();
      alive();
      void sayTasks(tasks);
      ready();
      void pollEnds();
    };
    while (!stopping.signal.aborted) {
      const lost = await consume(listener, joined);
      if (isStopping()) return;
      if (lost === LEAVING) {
        // Whoever is left comes to know of it, and is given the tasks first.
        await pause(2 * heartbeatIntervalOf(kafka));
        continue;
      }
      noteLoss(lost);
      // It is not stuck, it waits for Kafka: whoever starts it again would wait as well.
      alive();
      await pause(wait);
      wait = Math.min(2 * wait, RETRY.longest);
    }
  }

  /** Ends early when stopping. */
  function pause(duration: number): Promise<void> {
    return sleep(duration, undefined, { signal: stopping.signal }).catch(() => {});
  }

  /** Throws what no waiting heals. */
  function noteLoss(lost: unknown): void {
    const lasting = lastingFailure(lost, kafka);
    if (lasting !== undefined && !mayReturn(lasting)) throw lasting;
    outage.note(lost);
  }

  /** One session. Answers what ended it; rejects where that was the listener. */
  async function consume(
    listener: SourceListener,
    joined: (tasks: readonly number[]) => void,
  ): Promise<unknown> {
    const ending = new AbortController();
    const fail = (error: unknown): void => ending.abort(error);
    leave = () => ending.abort(LEAVING);
    let current: Session | undefined;
    try {
      const heard = { answered: noteAnswer, alive, joined, fail };
      current = createSession({ ...options, counting, log, streams, table, listener, ...heard });
      session = current;
      await Promise.race([current.run(), whenAborted(AbortSignal.any([stopping.signal, ending.signal]))]);
    } catch (error) {
      if (ending.signal.aborted && ending.signal.reason !== LEAVING) throw ending.signal.reason;
      return error;
    } finally {
      session = undefined;
      isJoined = false;
      await current?.close().catch((error: unknown) => log.debug({ error }, "leaving Kafka failed"));
    }
    return undefined;
  }

  const isStopping = (): boolean => stopping.signal.aborted;

  function mayReturn(lasting: CodedError): boolean {
    return lasting.code === "TOPIC_MISSING" && everJoined && outage.lasts() < TOPIC_GRACE;
  }

  function alive(): void {
    progress = clock();
  }

  function noteAnswer(): void {
    silentLooks = 0;
    // A broker that has come back is of no use before the group is.
    if (isJoined) outage.over();
  }

  /** A broker that hangs takes connections and keeps requests: kafkajs alone would need minutes to give it up. */
  function watch(): void {
    if (session === undefined || session.isBusy()) return;
    silentLooks += 1;
    if (silentLooks * WATCH > SILENCE) outage.note("nothing that it was asked is answered");
  }

  /** Answers whether they were learnt. */
  async function pollEnds(): Promise<boolean> {
    try {
      const topics = (await session?.refreshEnds()) ?? 0;
      // No progress: should the consumer hang, this must not hide it.
      if (topics > 0) noteAnswer();
      return topics > 0;
    } catch (error) {
      log.debug({ error }, "end offsets are not known");
      return false;
    }
  }

  async function sayTasks(tasks: readonly number[]): Promise<void> {
    if (tasks.length > 0) {
      standby = undefined;
      log.info({ group: kafka.group, tasks }, "reading");
      return;
    }
    standby = options.single ? ANOTHER : OTHERS;
    const isOutdated = !options.single && (await findOutdated());
    // Tasks may have come meanwhile.
    if (standby === undefined) return;
    if (isOutdated) standby = NEWER;
    log.info({ group: kafka.group }, `standing by: ${standby}`);
  }

  async function findOutdated(): Promise<boolean> {
    try {
      return (await session?.isOutdated()) ?? false;
    } catch (error) {
      log.debug({ error }, "the group's members are not known");
      return false;
    }
  }

  return {
    start,
    async stop() {
      stopping.abort();
      await running;
    },
    pause(stream, partition) {
      const state = table.named(stream, partition);
      if (state === undefined) return;
      state.held = true;
      session?.pause(state);
    },
    resume(stream, partition) {
      const state = table.named(stream, partition);
      if (state === undefined) return;
      state.held = false;
      session?.resume(state);
    },
    reload: () => session?.reload(),
    rejoin() {
      const tasks = new Set(table.all().flatMap(({ assigned, partition }) => (assigned ? [partition] : [])));
      // Also for the group's next assignment: whoever has them now is to keep them.
      for (const state of table.all()) state.assigned = false;
      if (tasks.size > 0) owner?.revoked([...tasks]);
      leave();
    },
    async reportCommitted(positions) {
      const offsets = positions.flatMap(({ stream, partition, offset }) => {
        const state = table.named(stream, partition);
        return state?.placed ? [{ topic: state.stream.topic, partition, offset: String(offset) }] : [];
      });
      if (offsets.length === 0) return;
      await session?.commit(offsets).catch((error: unknown) => log.debug({ error }, "offsets not committed"));
    },
    partitions: () =>
      table.all().map(({ stream, partition, end, next, assigned }) => {
        return { stream: stream.name, partition, end, next, assigned };
      }),
    refreshEnds: pollEnds,
    lastProgress: () => progress,
    outage: () => outage.text(),
    standby: () => standby,
  };
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}
