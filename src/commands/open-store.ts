import type { Config, RedisConfig } from "../config/config.ts";
import { systemClock } from "../runtime/clock.ts";
import { readText } from "../runtime/files.ts";
import type { Log } from "../runtime/log.ts";
import { openLmdbStore } from "../state/lmdb.ts";
import { createMemoryStore } from "../state/memory.ts";
import type { Waiting } from "../state/redis-connection.ts";
import { openRedisStore } from "../state/redis.ts";
import type { Store } from "../state/store.ts";
import type { CommandIo } from "./io.ts";

/** The store that driftd.yaml names; one that is reached over a network is waited for as `waiting` says. */
export async function openStore(
  { state }: Pick<Config, "state">,
  { pid }: Pick<CommandIo, "pid">,
  { log, ...waiting }: { readonly log: Log } & Waiting,
): Promise<Store> {
  if (state.store === "memory") return createMemoryStore();
  if (state.redis !== undefined) {
    const { prefix, maxPredictions } = state.redis;
    const url = await redisUrl(state.redis);
    return openRedisStore({ ...waiting, url, prefix, maxPredictions, clock: systemClock, log });
  }
  return openLmdbStore({ path: state.path, clock: systemClock, pid });
}

/** With the credentials, which are kept apart from it wherever it may be shown. */
async function redisUrl(redis: RedisConfig): Promise<string> {
  const { url, username = "", passwordFile } = redis;
  const role = { what: "password file", code: "CONFIG_INVALID" } as const;
  // Editors end files with a newline, which is no part of the password.
  const read = passwordFile && (await readText(passwordFile, role)).replace(/\r?\n$/, "");
  const password = read ?? redis.password ?? "";
  if (username === "" && password === "") return url;
  return url.replace("://", `://${encodeURIComponent(username)}:${encodeURIComponent(password)}@`);
}
