import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../src/runtime/clock.ts";
import { createLog } from "../../src/runtime/log.ts";
import { openRedisStore } from "../../src/state/redis.ts";
import type { Store } from "../../src/state/store.ts";
import { redisMissing, startRedis, type RedisService } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { bytesOf, commitOf, textOf } from "./commits.ts";
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

  test("orders what decides the counts by when it was first seen", async () => {
    const store = await open();
    const orders: number[] = [];
    for (const text of ["a", "a", "b", "b", "a"]) orders.push((await store.registerCounting(text)).order);
    expect(orders).toEqual([1, 1, 2, 2, 1]);
    const texts = Array.from({ length: 10 }, (_, i) => `at once ${i}`);
    const together = await Promise.all(texts.map((text) => store.registerCounting(text)));
    expect(together.map(({ order }) => order).toSorted((a, b) => a - b)).toEqual(texts.map((_, i) => 3 + i));
  });

  test("reads of tasks only what has changed", async () => {
    const store = await open();
    for (const partition of [0, 1]) {
      const task = { group: "g", partition };
      await store.claim(task);
      await store.commit(commitOf(1, { task }));
    }
    const before = await store.readTasks("g");
    await store.commit(commitOf(2, { task: { group: "g", partition: 1 } }));
    const after = await store.readTasks("g");
    expect(after[0]?.state).toBe(before[0]?.state);
    expect(after.map(({ version, id, state }) => [version, id, textOf(state)])).toEqual([
      [2, "commit 1", "state 1"],
      [3, "commit 2", "state 2"],
    ]);
    const { version, id } = await store.claim({ group: "g", partition: 0 });
    expect(await store.readTasks("g")).toMatchObject([{ version, id, state: before[0]?.state }, after[1]]);
  });

  test("keeps what many offer first at once the same for all", async () => {
    const store = await open();
    const kept = await Promise.all(["a", "b", "c"].map((text) => store.keepFirst("key", bytesOf(text))));
    expect(new Set(kept.map(textOf)).size).toBe(1);
    const admitted = await Promise.all(
      ["v1", "v2", "v3", "v4"].map((version) => store.admitVersions("m", [version], 3)),
    );
    const last = await store.admitVersions("m", [], 3);
    expect(last).toHaveLength(3);
    for (const versions of admitted) expect(last.slice(0, versions.length)).toEqual(versions);
  });

  describeStore("redis", open);
  describeEntries("redis", open);
});
