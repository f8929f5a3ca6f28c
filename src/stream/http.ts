import type { HttpConfig, StreamConfig } from "../config/config.ts";
import { createQueue, type Queue } from "./http-queue.ts";
import { createRoom } from "./http-room.ts";
import { registerRoutes } from "./http-routes.ts";
import { createSenders } from "./http-senders.ts";
import { createTokenCheck } from "./http-token.ts";
import type { TopicWriter } from "./http-topic.ts";
import type { Source, SourceListener, SourceLog } from "./source.ts";

export interface HttpSourceOptions {
  /** Streams that come over HTTP. */
  readonly streams: readonly StreamConfig[];
  readonly http: Pick<HttpConfig, "tokenFile" | "maxBodyBytes">;
  /** Writes the streams that have a topic; needed where one has. */
  readonly topics?: TopicWriter;
  /** Wall-clock ms. */
  readonly clock: () => number;
  readonly log: SourceLog;
}

/** What all requests together may take in memory, bytes; at least a few of the largest ones. */
const ROOM = 67_108_864;
const LARGEST_BODIES = 4;

/**
 * Events that are sent to driftd's own server: streams of one partition, 0. A request is answered once its records are durable,
 * so that what was acknowledged is never lost, and what was not was never counted: nothing is ever read again from here, and
 * there is no position to go on from. The record's timestamp is when it came.
 *
 * What belongs to a stream with a topic is only written there: another source reads it.
 */
export function createHttpSource(options: HttpSourceOptions): Source {
  const { streams, http, topics, clock, log } = options;
  const senders = createSenders();
  const [own, shared] = [false, true].map((hasTopic) =>
    streams.filter(({ topic }) => (topic !== undefined) === hasTopic),
  );
  const [ownQueue, sharedQueue] = [own, shared].map((some) =>
    createQueue({ streams: some, clock, senders: () => senders.count }),
  );
  const queue: Pick<Queue, "submit"> = {
    submit: (stream, member) => (stream.topic === undefined ? ownQueue : sharedQueue).submit(stream, member),
  };
  const room = createRoom(Math.max(ROOM, LARGEST_BODIES * http.maxBodyBytes));
  const { tokenFile: file } = http;
  const token = file === undefined ? undefined : createTokenCheck({ file, clock, log });
  let owner: SourceListener | undefined;
  let latest = Number.NEGATIVE_INFINITY;
  const now = (): number => (latest = Math.max(latest, clock()));

  return {
    register: (server) => {
      const { maxBodyBytes } = http;
      const door = { streams, queue, room, senders, maxBodyBytes, now };
      return registerRoutes(server, { ...door, ...(token && { token }) });
    },
    async start(listener) {
      await token?.load();
      if (topics !== undefined) sharedQueue.open(topics);
      if (own.length === 0) return;
      owner = listener;
      await listener.assigned([0]);
      ownQueue.open(listener);
    },
    async stop() {
      await Promise.all([ownQueue.close(), sharedQueue.close()]);
      await topics?.close();
    },
    // Who waits for an answer is not held back: labels that are ahead of their predictions wait in the store.
    pause() {},
    resume() {},
    reload() {
      // What is not durable yet is delivered again until the task is ours.
      owner?.assigned([0]).catch(() => undefined);
    },
    // Nobody but the store needs to know.
    async reportCommitted() {},
    partitions: () =>
      own.map(({ name }) => {
        const { received, answered } = ownQueue.progressOf(name);
        return { stream: name, partition: 0, end: received, next: answered, assigned: owner !== undefined };
      }),
    // Whoever has nothing in hand is not stuck.
    lastProgress: () =>
      Math.min(...[ownQueue, sharedQueue].map(({ waitingSince }) => waitingSince() ?? clock())),
    outage: () => topics?.outage(),
  };
}
