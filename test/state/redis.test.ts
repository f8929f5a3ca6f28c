import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { systemClock } from "../../src/runtime/clock.ts";
import { createLog } from "../../src/runtime/log.ts";
import { openRedisStore } from "../../src/state/redis.ts";
import type { Store } from "../../src/state/store.ts";
import { redisMissing, startRedis, type RedisService } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { describeEntries } from "./contract-entries.ts";
import { describeStore } from "./contract.ts";

describeService("Redis", redisMissing, () => {
  let redis: RedisService;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.stop();
  });

  /** An empty store, led: the contract writes what only who leads may write. */
  async function open(): Promise<Store> {
    const store = await openRedisStore({
      url: redis.url,
      prefix: randomUUID(),
      clock: systemClock,
      log: createLog({ level: "silent" }),
    });
    await store.takeLead();
    return store;
  }

  describeStore("redis", open);
  describeEntries("redis", open);
});
