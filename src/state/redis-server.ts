import { CodedError } from "../config/coded-error.ts";
import type { Log } from "../runtime/log.ts";
import type { RedisConnection, Waiting } from "./redis-connection.ts";
import { commonKey } from "./redis-keys.ts";
import { textOf } from "./redis-scripts.ts";

/** The first version whose scripts are written to the append-only file by what they did. */
const OLDEST = 6;

/**
 * Refuses a server that would lose counts without a word, or cannot keep them: STATE_UNFIT. Warns of one that forgets what it
 * was given when it is restarted.
 */
export async function checkServer(
  connection: RedisConnection,
  { address, log }: { readonly address: string; readonly log: Log },
): Promise<void> {
  const info = await readInfo(connection);
  const version = info.get("redis_version") ?? "";
  if (!(Number.parseInt(version, 10) >= OLDEST)) {
    throw unfit(
      address,
      `has version ${version || "unknown"}, and ${OLDEST} or later is needed`,
      "Update it.",
    );
  }
  if (info.get("cluster_enabled") === "1") {
    throw unfit(address, "is part of a cluster, which driftd cannot use yet", "Name one that stands alone.");
  }
  if (info.get("role") === "slave") {
    throw unfit(address, "is a replica, which takes no writes", "Name the primary one.");
  }
  const policy = info.get("maxmemory_policy") ?? "noeviction";
  if (policy.startsWith("allkeys") && info.get("maxmemory") !== "0") {
    throw unfit(
      address,
      `throws away what it was given when its memory is full (maxmemory-policy ${policy})`,
      "Set maxmemory-policy to noeviction.",
    );
  }
  if (info.get("aof_enabled") !== "1") {
    log.warn(
      { redis: address },
      `Redis at ${address} keeps no append-only file: restarted, it goes back to its last snapshot, and what came since is ` +
        "counted again from Kafka, as far back as that goes. Set appendonly yes",
    );
  }
}

/** Between two looks at whether a server that is being opened has gone away, ms. */
const LOOK_EVERY = 100;
/** How long what was written for a trial stays, ms. */
const TRIAL = 1_000;

/**
 * Answers once the server takes writes. One whose memory is full, or that cannot write its file, answers questions all the same:
 * who waits for it is told as of one that is away, and can be told to stop.
 */
export async function awaitWrites(
  connection: RedisConnection,
  prefix: string,
  { signal, onWaiting }: Waiting,
): Promise<void> {
  const end = (): void => void connection.close();
  if (signal?.aborted === true) end();
  signal?.addEventListener("abort", end);
  const look = setInterval(() => {
    if (connection.outage() === undefined) return;
    clearInterval(look);
    onWaiting?.(connection.outage);
  }, LOOK_EVERY);
  try {
    await connection.run([["SET", commonKey(prefix, "trial"), "", "PX", String(TRIAL)]]);
  } finally {
    clearInterval(look);
    signal?.removeEventListener("abort", end);
  }
}

/** Bytes of memory that the server uses, for all that it holds. */
export async function memoryOf(connection: RedisConnection): Promise<number> {
  return Number((await readInfo(connection)).get("used_memory") ?? 0);
}

async function readInfo(connection: RedisConnection): Promise<ReadonlyMap<string, string>> {
  const [answer] = await connection.run([["INFO"]]);
  const lines = textOf(answer, "INFO").split("\r\n");
  return new Map(lines.map((line) => [line.split(":", 1)[0] ?? "", line.slice(line.indexOf(":") + 1)]));
}

function unfit(address: string, what: string, way: string): CodedError {
  return new CodedError("STATE_UNFIT", `Redis at ${address} ${what}. ${way}`);
}
