import { systemClock } from "../../src/runtime/clock.ts";
import { createLog } from "../../src/runtime/log.ts";
import { openRedisStore } from "../../src/state/redis.ts";
import type { Store } from "../../src/state/store.ts";
import { countsOfPanes, fittedModel, type Counts } from "../e2e/recount.ts";
import type { RedisService } from "../services/redis.ts";

const PREFIX = "crash";

/** The `state` section of all members. */
export function sharedState({ url }: RedisService): Readonly<Record<string, unknown>> {
  return { store: "redis", url, prefix: PREFIX };
}

/** What the members share, to be read; the caller closes it. */
export function openShared({ url }: RedisService): Promise<Store> {
  return openRedisStore({ url, prefix: PREFIX, clock: systemClock, log: createLog({ level: "silent" }) });
}

/** What the members of the project in this directory have counted together. */
export async function countsInRedis(redis: RedisService, directory: string): Promise<Counts> {
  const store = await openShared(redis);
  try {
    return await countsOfPanes(store, await fittedModel(directory));
  } finally {
    await store.close();
  }
}
