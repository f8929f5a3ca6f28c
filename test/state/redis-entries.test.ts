import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { IndexEntries } from "../../src/join/entries.ts";
import type { Store } from "../../src/state/store.ts";
import { redisMissing, startRedis, type RedisService } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { TASK, commitOf, entries, pane } from "./commits.ts";
import { createLines, createStores } from "./redis-stores.ts";

describeService("Entries in Redis", redisMissing, () => {
  const stores = createStores();
  let redis: RedisService;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await stores.closeAll();
  });
  afterAll(async () => {
    await redis.stop();
  });

  /** Ids of both halves, each with its number as its field. */
  function many(from: number, count: number, expires = 1e15): IndexEntries {
    const numbers = Array.from({ length: count }, (_, i) => from + i);
    return {
      index: "waiting",
      high: Uint32Array.from(numbers, (number) => Math.imul(number, 0x9e37_79b1)),
      low: Uint32Array.from(numbers, (number) => Math.imul(number, 0x85eb_ca6b)),
      count,
      fields: Float64Array.from(numbers),
      width: 1,
      expires,
    };
  }

  async function found(store: Store, from: number, count: number): Promise<number[]> {
    const answer = await store.find(TASK, "waiting", many(from, count));
    return [...answer.fields].filter((_, i) => answer.found[i] === 1);
  }

  async function keysOf(prefix: string): Promise<string[]> {
    const client = redis.client();
    const keys = await client.keys(`driftd:{${prefix}:*`);
    client.disconnect();
    return keys.map((key) => key.slice(key.indexOf("}") + 2)).toSorted();
  }

  test("are found again in all generations, the youngest first, whoever asks", async () => {
    const prefix = randomUUID();
    const [owner, other] = [
      await stores.open({ port: redis.port, prefix }),
      await stores.open({ port: redis.port, prefix }),
    ];
    await owner.claim(TASK);
    expect(await found(other, 0, 10)).toEqual([]);
    for (let version = 1; version <= 8; version += 1) {
      const change = entries("waiting", { 1: version });
      await owner.commit(
        commitOf(version, { entries: [many(version * 5000, 5000), change, entries("x", { 1: 1 })] }),
      );
      // What it knows of the generations is soon out of date.
      expect(await found(other, version * 5000, 5)).toHaveLength(5);
    }
    const all = Array.from({ length: 40_000 }, (_, i) => 5000 + i);
    expect(await found(owner, 0, 50_000)).toEqual(all);
    expect(await found(other, 0, 50_000)).toEqual(all);
    const one = { high: new Uint32Array(1), low: Uint32Array.of(1), count: 1 };
    expect((await other.find(TASK, "waiting", one)).fields).toEqual(Float64Array.of(8));
  });

  test("that are new are known to be new without asking, by who wrote all others", async () => {
    const prefix = randomUUID();
    const [owner, other] = [
      await stores.open({ port: redis.port, prefix }),
      await stores.open({ port: redis.port, prefix }),
    ];
    const client = redis.client();
    const asks = async (store: Store, from: number, count: number): Promise<boolean> => {
      await client.config("RESETSTAT");
      expect(await found(store, from, count)).toEqual([]);
      return (await client.info("commandstats")).includes("cmdstat_evalsha");
    };
    await owner.claim(TASK);
    for (let version = 1; version <= 3; version += 1) {
      await owner.commit(commitOf(version, { entries: [many(version * 5000, 5000)] }));
    }
    expect(await asks(owner, 50_000, 10)).toBe(false);
    expect(await asks(other, 50_000, 10)).toBe(true);
    await other.claim(TASK);
    await other.commit(commitOf(5, { entries: [many(50_000, 10)] }));
    expect(await asks(other, 60_000, 10)).toBe(true);
    await owner.claim(TASK);
    expect(await found(owner, 50_000, 10)).toHaveLength(10);
    client.disconnect();
  });

  test("go when they have expired, and nothing is left over of them", async () => {
    const prefix = randomUUID();
    const [owner, leader] = [
      await stores.open({ port: redis.port, prefix }),
      await stores.open({ port: redis.port, prefix }),
    ];
    await owner.claim(TASK);
    await owner.commit(commitOf(1, { entries: [many(0, 100, 1000)] }));
    await owner.commit(commitOf(2, { entries: [many(100, 100, 9000)] }));
    await leader.prune({ panes: [], expiredBefore: 5000 });
    expect(await found(owner, 0, 200)).toEqual(Array.from({ length: 100 }, (_, i) => 100 + i));
    // The owner still believes in the younger one when it is gone too.
    await leader.prune({ panes: [], expiredBefore: 10_000 });
    expect(await keysOf(prefix)).toEqual(["generations", "task"]);
    expect(await owner.commit(commitOf(3, { entries: [many(200, 10, 20_000)] }))).toMatchObject({
      version: 4,
    });
    expect(await found(owner, 0, 300)).toEqual(Array.from({ length: 10 }, (_, i) => 200 + i));
    expect(await found(leader, 0, 300)).toHaveLength(10);
  });

  test("are finished off where a crash came between taking a generation away and deleting it", async () => {
    const prefix = randomUUID();
    const store = await stores.open({ port: redis.port, prefix });
    await store.claim(TASK);
    await store.commit(commitOf(1, { entries: [many(0, 1000)] }));
    const client = redis.client();
    const key = `driftd:{${prefix}:fraud:3}:generations`;
    await client.hdel(key, "g:0", "c:0");
    await client.hset(key, { "d:0": 6, stamp: "taken away" });
    // The owner still believes in it, and must not write what would be deleted with it.
    await store.commit(commitOf(2, { entries: [many(0, 10)] }));
    await store.prune({ panes: [], expiredBefore: 0 });
    expect(await found(store, 0, 1000)).toHaveLength(10);
    const fields = await client.hkeys(key);
    expect(fields.toSorted()).toEqual(["c:1", "g:1", "next", "stamp"]);
    expect((await keysOf(prefix)).filter((name) => name.startsWith("0:"))).toEqual([]);
    client.disconnect();
  });

  test("are given up where there are more than may be kept, and that is told", async () => {
    const prefix = randomUUID();
    const { log, text } = createLines();
    const store = await stores.open({ port: redis.port, prefix, maxPredictions: 20_000, log });
    await store.claim(TASK);
    for (let version = 1; version <= 12; version += 1) {
      await store.commit(commitOf(version, { entries: [many(version * 3000, 3000)] }));
    }
    const left = await found(store, 0, 40_000);
    expect(left.length).toBeLessThanOrEqual(20_000);
    expect(left.length).toBeGreaterThan(10_000);
    expect(left.at(-1)).toBe(38_999);
    expect(text()).toContain("its oldest entries were given up before their time");
    const buckets = (await keysOf(prefix)).map((name) => Number(name.split(":")[0]));
    expect(Math.min(...buckets.filter(Number.isFinite))).toBeGreaterThan(0);
  });

  test("stand packed in memory", async () => {
    const prefix = randomUUID();
    const store = await stores.open({ port: redis.port, prefix });
    await store.claim(TASK);
    await store.commit(commitOf(1, { entries: [many(0, 5000)] }));
    const client = redis.client();
    const encodings = new Set<unknown>();
    for (let bucket = 0; bucket < 64; bucket += 1) {
      encodings.add(await client.object("ENCODING", `driftd:{${prefix}:fraud:3}:0:${bucket}`));
    }
    // Redis 6 calls it by another name.
    expect([...encodings]).toEqual([expect.stringMatching(/^(listpack|ziplist)$/)]);
    client.disconnect();
  });

  test("of many indexes, layouts and groups stay apart, whatever their names", async () => {
    const prefix = randomUUID();
    const store = await stores.open({ port: redis.port, prefix: `${prefix}}:{a` });
    const groups = ["a", "a:b", "a}b", "{a", "é"];
    for (const [i, group] of groups.entries()) {
      const task = { group, partition: 0 };
      await store.claim(task);
      const panes = [pane(0, { layout: `${group}:0` }), pane(0, { layout: group })];
      await store.commit(
        commitOf(1, { task, panes, entries: [entries(group, { 1: i }), entries("", { 1: -i })] }),
      );
    }
    const one = { high: new Uint32Array(1), low: Uint32Array.of(1), count: 1 };
    for (const [i, group] of groups.entries()) {
      expect((await store.find({ group, partition: 0 }, group, one)).fields).toEqual(Float64Array.of(i));
      expect(await store.readPanes({ layout: group, from: 0, to: 1 })).toMatchObject([
        { task: { group, partition: 0 }, layout: group },
      ]);
    }
    expect(await store.readLayouts()).toHaveLength(2 * groups.length);
  });
});
