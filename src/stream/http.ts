import type { HttpConfig, StreamConfig } from "../config/config.ts";
import { createQueue } from "./http-queue.ts";
import { createRoom } from "./http-room.ts";
import { registerRoutes } from "./http-routes.ts";
import { createSenders } from "./http-senders.ts";
import { createTokenCheck } from "./http-token.ts";
import type { Source, SourceListener, SourceLog } from "./source.ts";

export interface HttpSourceOptions {
  /** Streams that come over HTTP. */
  readonly streams: readonly StreamConfig[];
  readonly http: Pick<HttpConfig, "tokenFile" | "maxBodyBytes">;
  /** Wall-clock ms. */
  readonly clock: () => number;
  readonly log: SourceLog;
}

/** What all requests together may take in memory, bytes; at least a few of the largest ones. */
const ROOM = 67_108_864;
const LARGEST_BODIES = 4;

/**
 * Events that are sent to driftd's own server: streams of one partition, 0. A request is answered once its records are durable,
 * so that what was acknowledged is never lost, and what was not was never counted: nothing is ever read again, and there
 * is no position to go on from. The record's timestamp is when it came.
 */
export function createHttpSource(options: HttpSourceOptions): Source {
  const { streams, http, clock, log } = options;
  const senders = createSenders();
  const queue = createQueue({ streams, clock, senders: () => senders.count });
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
      owner = listener;
      await listener.assigned([0]);
      queue.open(listener);
    },
    stop: () => queue.close(),
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
      streams.map(({ name }) => {
        const { received, answered } = queue.progressOf(name);
        return { stream: name, partition: 0, end: received, next: answered, assigned: owner !== undefined };
      }),
    // Whoever has nothing in hand is not stuck.
    lastProgress: () => queue.waitingSince() ?? clock(),
    outage: () => undefined,
  };
}
