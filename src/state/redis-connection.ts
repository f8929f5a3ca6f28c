import { once, setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { RedisAddress } from "./redis-address.ts";
import {
  closed,
  isForeign,
  isLoading,
  isLoginRefused,
  isReadOnly,
  isReply,
  isUnknownScript,
  mayPass,
  reasonOf,
  refused,
  stateOf,
  unreachable,
} from "./redis-errors.ts";
import { createRedisOutage } from "./redis-outage.ts";
import type { RedisCommand, RedisScript } from "./redis-scripts.ts";

/** A connection that waits for Redis where Redis is away. */
export interface RedisConnection {
  /**
   * Sends commands together, in one round trip, and answers all their replies, bytes as Buffers. Where the connection is lost,
   * or Redis cannot write, all of them are sent again until they are answered: so each must do no harm done twice. Rejects
   * with STATE_FAILED where Redis refuses one for good, and once the connection is closed.
   */
  run(commands: readonly RedisCommand[]): Promise<readonly unknown[]>;
  /** Which connection this is, of all that were made. A server that went back has been started anew, and that ends them. */
  number(): number;
  /** The same on that connection alone: undefined where there is another by now, and nobody knows whether it was done. */
  runOn(number: number, commands: readonly RedisCommand[]): Promise<readonly unknown[] | undefined>;
  outage(): string | undefined;
  /** Ends every wait. */
  close(): Promise<void>;
}

/** Silence of a server that was asked, ms, after which the connection is given up for a new one. */
const SILENCE = 10_000;
const CONNECT_TIMEOUT = 5_000;
const LONGEST_DELAY = 1_000;
const LOST = "the connection was lost";
/** Between two attempts where Redis answers, but cannot do it yet, ms. */
const REFUSED_DELAY = 250;
/** How long a server that cannot be reached is tried at the start, ms. */
const START_PATIENCE = 5_000;

/** How a Redis that is away is met at the start. */
export interface Waiting {
  /** How long one that cannot be reached is tried, ms; 5 s by default. One that reads its files is always waited for. */
  readonly patience?: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** It did not answer, or took no writes, at once: what to call to be told why. May be told so twice. */
  readonly onWaiting?: (outage: () => string | undefined) => void;
  /** Whether one that answers, but takes no writes, is waited for too; as long as that takes. */
  readonly isWritten?: boolean;
}

/**
 * Connects, and waits until Redis has loaded its data. Rejects with STATE_FAILED where that cannot be: at once where it is no
 * Redis or refuses the login, where it cannot be reached once patience is over, or told to stop.
 */
export async function connectRedis(
  options: {
    address: RedisAddress;
    scripts: readonly RedisScript[];
    clock: Clock;
    log: Log;
  } & Waiting,
): Promise<RedisConnection> {
  const { address, scripts, onWaiting } = options;
  const outage = createRedisOutage({ ...options, address: address.text });
  const closing = new AbortController();
  const redis = createClient(address);
  // Each command that waits listens to both.
  setMaxListeners(0, closing.signal, redis);
  redis.on("error", (error: Error) => outage.note(redis, reasonOf(error)));
  redis.on("close", () => {
    // An error before it says more.
    if (!closing.signal.aborted && outage.text() === undefined) outage.note(redis, LOST);
  });
  let made = 0;
  redis.on("ready", () => {
    made += 1;
    outage.over(redis);
  });
  const close = async (): Promise<void> => {
    closing.abort();
    redis.disconnect();
  };
  try {
    await reach(redis, address.text, { ...options, onWaiting: () => onWaiting?.(outage.text) });
  } catch (error) {
    await close();
    throw error;
  }

  async function run(commands: readonly RedisCommand[]): Promise<readonly unknown[]> {
    return (await runWhile(() => true, commands)) ?? [];
  }

  async function runWhile(
    isWanted: () => boolean,
    commands: readonly RedisCommand[],
  ): Promise<readonly unknown[] | undefined> {
    const { signal } = closing;
    if (commands.length === 0) return [];
    for (;;) {
      if (signal.aborted) throw closed(address.text);
      if (redis.status !== "ready") {
        await once(redis, "ready", { signal }).catch(() => undefined);
        continue;
      }
      if (!isWanted()) {
        outage.over(commands);
        return undefined;
      }
      const { replies, error: first } = await attempt(redis, commands);
      if (first === undefined) {
        outage.over(commands);
        return replies;
      }
      const error = isUnknownScript(first) ? await load(redis, scripts) : first;
      if (signal.aborted) throw closed(address.text);
      if (error === undefined) continue;
      if (!mayPass(error)) {
        outage.over(commands);
        throw refused(address.text, error);
      }
      if (isReadOnly(error)) redis.disconnect(true);
      if (isReply(error)) outage.note(commands, reasonOf(error), stateOf(error));
      await sleep(REFUSED_DELAY, undefined, { signal }).catch(() => undefined);
    }
  }
  return {
    run,
    number: () => made,
    runOn: (number, commands) => runWhile(() => number === made, commands),
    outage: () => outage.text(),
    close,
  };
}

function createClient({ options }: RedisAddress): Redis {
  return new Redis({
    ...options,
    // Proxies and forks all speak it, and nothing here needs more.
    protocol: 2,
    disableClientInfo: true,
    connectionName: "driftd",
    connectTimeout: CONNECT_TIMEOUT,
    socketTimeout: SILENCE,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 8), LONGEST_DELAY),
    // Waiting and sending again are `run`'s: what is under way when a connection is lost is answered with an error at once.
    // Without the zero nothing would settle it (ioredis 6.0.0, autoResendUnfulfilledCommands).
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    // A server may load for minutes.
    maxLoadingRetryTime: 1_000,
  });
}

interface Attempt {
  readonly replies: readonly unknown[];
  /** The first one, if any; it stands for all. */
  readonly error?: Error;
}

/** Sends all at once. */
async function attempt(redis: Redis, commands: readonly RedisCommand[]): Promise<Attempt> {
  if (commands.length === 1) return attemptOne(redis, commands[0]);
  const pipeline = redis.pipeline();
  for (const [name, ...args] of commands) pipeline.callBuffer(name, args);
  const replies: unknown[] = [];
  for (const [error, reply] of (await pipeline.exec()) ?? []) {
    if (error !== null) return { replies: [], error };
    replies.push(reply);
  }
  return { replies };
}

/** A pipeline would copy all of a large commit once more. */
async function attemptOne(redis: Redis, [name, ...args]: RedisCommand): Promise<Attempt> {
  try {
    return { replies: [await redis.callBuffer(name, args)] };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { replies: [], error };
  }
}

/** A server that was started anew, or another one, does not know them. Answers what kept it from taking them. */
async function load(redis: Redis, scripts: readonly RedisScript[]): Promise<Error | undefined> {
  const { error } = await attempt(
    redis,
    scripts.map(({ text }) => ["SCRIPT", "LOAD", text]),
  );
  return error;
}

/** Waits for the first answer of a server that has loaded its data. */
async function reach(
  redis: Redis,
  address: string,
  { patience = START_PATIENCE, signal, onWaiting }: Waiting & { readonly onWaiting: () => void },
): Promise<void> {
  const end = performance.now() + patience;
  for (let attempts = 1; ; attempts++) {
    const error = await answerOf(redis, signal);
    if (error === undefined) return;
    if (signal?.aborted === true) throw closed(address);
    const isOver = performance.now() > end && !isLoading(error);
    if (isOver || !mayPass(error) || isForeign(error) || isLoginRefused(error))
      throw unreachable(address, error);
    if (attempts === 1) onWaiting();
  }
}

/** Settles with what keeps it from being ready, or with nothing once it is. */
function answerOf(redis: Redis, signal: AbortSignal | undefined): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const listening = new AbortController();
    const settle = (error?: Error): void => {
      redis.off("ready", ready).off("error", settle).off("close", lost);
      listening.abort();
      resolve(error);
    };
    const ready = (): void => settle();
    // It hangs up without a word: most likely something else listens there.
    const lost = (): void => settle(new Error(LOST));
    redis.once("ready", ready).once("error", settle).once("close", lost);
    signal?.addEventListener("abort", lost, { signal: listening.signal });
  });
}
