import { cpSync, renameSync, rmSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { placeOf, seal, writeJson } from "../../src/state/sealed.ts";
import type { Store } from "../../src/state/store.ts";
import { redisMissing, startRedis, type RedisService } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { startTcpProxy } from "../services/tcp-proxy.ts";
import { TASK, bytesOf, commitOf, entries, pane, textOf } from "./commits.ts";
import { createLines, createStores } from "./redis-stores.ts";

describeService("Redis that fails", redisMissing, () => {
  const stores = createStores();
  let redis: RedisService;

  beforeAll(async () => {
    // What is answered is on the disk, so that what a kill leaves is known.
    redis = await startRedis(["--appendfsync", "always"]);
  });
  afterEach(async () => {
    await stores.closeAll();
  });
  afterAll(async () => {
    await redis.stop();
  });

  const openStore = (prefix: string = randomUUID()): Promise<Store> =>
    stores.open({ port: redis.port, prefix });

  async function startsOf(store: Store): Promise<number[]> {
    return (await store.readPanes({ layout: "l1", from: 0, to: 1e9 })).map(({ start }) => start);
  }

  test.each(["loseAnswerTo", "loseRequest"] as const)(
    "a commit whose connection is lost counts once: %s",
    async (lose) => {
      const proxy = await startTcpProxy(redis.port);
      onTestFinished(() => proxy.close());
      const store = await stores.open({ port: proxy.port, prefix: randomUUID() });
      const { version, id } = await store.claim(TASK);
      const commitId = randomUUID();
      proxy[lose](commitId);
      const added = [entries("waiting", { 1: 10 })];
      const commit = commitOf(version, { expectedId: id, commitId, panes: [pane(0)], entries: added });
      expect(await store.commit(commit)).toEqual({ status: "committed", version: 2 });
      expect(proxy.lost()).toBe(1);
      expect(await store.readTasks("fraud")).toMatchObject([{ version: 2, id: commitId }]);
      expect(await startsOf(store)).toEqual([0]);
      const next = commitOf(2, { expectedId: commitId, entries: [entries("waiting", { 2: 20 })] });
      expect(await store.commit(next)).toEqual({ status: "committed", version: 3 });
      const ids = { high: new Uint32Array(2), low: Uint32Array.of(1, 2), count: 2 };
      expect((await store.find(TASK, "waiting", ids)).fields).toEqual(Float64Array.of(10, 20));
    },
  );

  test("a claim and a registration whose answers are lost count once", async () => {
    const proxy = await startTcpProxy(redis.port);
    onTestFinished(() => proxy.close());
    const store = await stores.open({ port: proxy.port, prefix: "lost-answers" });
    proxy.loseAnswerTo("lost-answers:fraud:3}:task");
    expect(await store.claim(TASK)).toMatchObject({ version: 1 });
    await store.registerCounting("first");
    proxy.loseAnswerTo("second text");
    expect(await store.registerCounting("second text")).toEqual({ last: "first", order: 2 });
    expect(proxy.lost()).toBe(2);
  });

  test("a lead ends with its connection: the store may have gone back behind what was judged", async () => {
    const proxy = await startTcpProxy(redis.port);
    onTestFinished(() => proxy.close());
    const store = await stores.open({ port: proxy.port, prefix: "lost-lead" });
    expect(await store.takeLead()).toBe(true);
    proxy.loseAnswerTo("blob text");
    expect(await store.writeJudgement(new Map([["a", bytesOf("blob text")]]))).toBe(false);
    expect(proxy.lost()).toBe(1);
    expect(await store.writeJudgement(new Map([["a", bytesOf("later")]]))).toBe(false);
    expect([await store.takeLead(), await store.takeLead()]).toEqual([false, true]);
    // Whether the first was written nobody could know: whoever leads reads it.
    expect(textOf((await store.readJudgement()).get("a"))).toBe("blob text");
    expect(await store.writePanes([pane(0)])).toBe(true);
  });

  test("what was committed outlives a kill of Redis, and what comes meanwhile waits", async () => {
    const { log, text } = createLines();
    const store = await stores.open({ port: redis.port, prefix: randomUUID(), log });
    await store.claim(TASK);
    await store.commit(commitOf(1, { panes: [pane(0)] }));
    await redis.halt("SIGKILL");
    const waiting = store.commit(commitOf(2, { panes: [pane(60_000)] }));
    const asking = store.readTasks("fraud");
    await expect.poll(() => store.outage?.()).toMatch(/^Redis at 127\.0\.0\.1:\d+ is away/);
    await redis.resume();
    expect(await waiting).toEqual({ status: "committed", version: 3 });
    expect(await asking).toHaveLength(1);
    expect(await startsOf(store)).toEqual([0, 60_000]);
    expect(store.outage?.()).toBeUndefined();
    expect(text().match(/is away: /g)).toHaveLength(1);
    expect(text()).toMatch(/is back after \d+ s/);
  });

  test("a store that stands still is waited for", async () => {
    const store = await openStore();
    await store.claim(TASK);
    redis.freeze();
    const waiting = store.commit(commitOf(1, { panes: [pane(0)] }));
    await sleep(1_500);
    redis.thaw();
    expect(await waiting).toEqual({ status: "committed", version: 2 });
    expect(await startsOf(store)).toEqual([0]);
  });

  test("an owner is told that the store went back to an older file", async () => {
    const store = await openStore();
    const client = redis.client();
    await store.claim(TASK);
    await store.commit(commitOf(1));
    await redis.halt();
    const { directory } = redis;
    cpSync(directory, `${directory}-old`, { recursive: true });
    await redis.resume();
    await store.commit(commitOf(2));
    await store.commit(commitOf(3));
    await redis.halt();
    rmSync(directory, { recursive: true });
    renameSync(`${directory}-old`, directory);
    await redis.resume();
    expect(await store.commit(commitOf(4, { panes: [pane(0)] }))).toEqual({ status: "rewound", stored: 2 });
    expect(await startsOf(store)).toEqual([]);
    const { version, state } = await store.claim(TASK);
    expect([version, textOf(state)]).toEqual([3, "state 1"]);
    client.disconnect();
  });

  test("an owner, and who leads, are told that the store was wiped", async () => {
    const store = await openStore();
    const client = redis.client();
    await store.claim(TASK);
    await store.commit(commitOf(1, { entries: [entries("waiting", { 1: 10 })] }));
    expect(await store.takeLead()).toBe(true);
    await client.flushall();
    const lost = commitOf(2, { entries: [entries("waiting", { 2: 20 })] });
    expect(await store.commit(lost)).toEqual({ status: "rewound", stored: 0 });
    expect(await store.writeJudgement(new Map([["a", bytesOf("1")]]))).toBe(false);
    expect(await store.readJudgement()).toEqual(new Map());
    expect([await store.takeLead(), await store.takeLead()]).toEqual([false, true]);
    expect(await store.claim(TASK)).toEqual({ version: 1, id: expect.any(String) });
    const again = commitOf(1, { entries: [entries("waiting", { 2: 20 })] });
    expect(await store.commit(again)).toEqual({ status: "committed", version: 2 });
    const ids = { high: new Uint32Array(2), low: Uint32Array.of(1, 2), count: 2 };
    expect((await store.find(TASK, "waiting", ids)).fields).toEqual(Float64Array.of(0, 20));
    client.disconnect();
  });

  test("a commit waits while memory is full, and nothing is lost", async () => {
    const store = await openStore();
    const client = redis.client();
    await store.claim(TASK);
    await client.config("SET", "maxmemory", 1);
    const waiting = store.commit(commitOf(1, { panes: [pane(0)], entries: [entries("waiting", { 1: 10 })] }));
    await expect.poll(() => store.outage?.()).toContain("OOM");
    expect(await startsOf(store)).toEqual([]);
    await store.prune({ panes: [], expiredBefore: 1 });
    expect(store.outage?.()).toContain("OOM");
    await client.config("SET", "maxmemory", 0);
    expect(await waiting).toEqual({ status: "committed", version: 2 });
    expect(await startsOf(store)).toEqual([0]);
    expect(store.outage?.()).toBeUndefined();
    client.disconnect();
  });

  test("a commit waits for a server that may write again", async () => {
    const store = await openStore();
    const client = redis.client();
    await store.claim(TASK);
    await client.replicaof("127.0.0.1", 1);
    const waiting = store.commit(commitOf(1, { panes: [pane(0)] }));
    await expect.poll(() => store.outage?.()).toMatch(/READONLY|connection was lost/);
    await client.replicaof("NO", "ONE");
    expect(await waiting).toEqual({ status: "committed", version: 2 });
    expect(await startsOf(store)).toEqual([0]);
    client.disconnect();
  });

  test("a state that is not what was written is refused, with the way out", async () => {
    const prefix = randomUUID();
    const store = await openStore(prefix);
    const client = redis.client();
    await store.claim(TASK);
    await store.commit(commitOf(1));
    await client.hset(`driftd:{${prefix}:fraud:3}:task`, "state", "something else");
    const refused = {
      code: "STATE_DAMAGED",
      message: expect.stringContaining("choose another state.prefix"),
    };
    await expect(store.claim(TASK)).rejects.toMatchObject(refused);

    const other = randomUUID();
    const second = await openStore(other);
    await second.claim(TASK);
    await second.commit(commitOf(1, { panes: [pane(0)] }));
    const [key = ""] = (await client.keys(`driftd:{${other}:fraud:3}:pane*`)).filter(
      (name) => !name.endsWith("starts"),
    );
    const [field = ""] = await client.hkeys(key);
    await client.hset(key, field, "something else");
    await expect(startsOf(second)).rejects.toMatchObject(refused);
    client.disconnect();
  });

  test("entries of a later format are refused", async () => {
    const prefix = randomUUID();
    const store = await openStore(prefix);
    const client = redis.client();
    const key = `driftd:{${prefix}:fraud:3}:generations`;
    const later = seal(writeJson({ format: 2 }), placeOf(key, "g:0"));
    await client.hset(key, "g:0", Buffer.from(later));
    await store.claim(TASK);
    const commit = store.commit(commitOf(1, { entries: [entries("waiting", { 1: 1 })] }));
    await expect(commit).rejects.toMatchObject({ code: "STATE_NEWER" });
    client.disconnect();
  });

  test("scripts that Redis has forgotten are given to it again", async () => {
    const store = await openStore();
    const client = redis.client();
    await store.claim(TASK);
    await client.script("FLUSH");
    expect(await store.commit(commitOf(1))).toEqual({ status: "committed", version: 2 });
    client.disconnect();
  });

  test("closing ends what waits", async () => {
    const store = await openStore();
    await store.claim(TASK);
    await redis.halt();
    const waiting = store.commit(commitOf(1)).catch((error: unknown) => error);
    await expect.poll(() => store.outage?.()).toBeDefined();
    await store.close();
    expect(await waiting).toMatchObject({ code: "STATE_FAILED" });
    await expect(store.takeLead()).rejects.toMatchObject({ code: "STATE_FAILED" });
    await redis.resume();
  });
});
