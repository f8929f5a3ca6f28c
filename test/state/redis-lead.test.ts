import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Store } from "../../src/state/store.ts";
import { redisMissing, startRedis, type RedisService } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { bytesOf, pane, textOf } from "./commits.ts";
import { createStores } from "./redis-stores.ts";

describeService("Who leads, in Redis", redisMissing, () => {
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

  const openStore = (prefix: string): Promise<Store> => stores.open({ port: redis.port, prefix });

  /** Whether each could write a judgement, one after the other. */
  async function write(...writers: readonly Store[]): Promise<boolean[]> {
    const written: boolean[] = [];
    for (const [i, store] of writers.entries()) {
      written.push(await store.writeJudgement(new Map([["by", bytesOf(String(i))]])));
    }
    return written;
  }

  async function readBy(store: Store): Promise<string | undefined> {
    return textOf((await store.readJudgement()).get("by"));
  }

  test("of many who want it one leads, and only its writes are taken", async () => {
    const prefix = randomUUID();
    const all = await Promise.all(Array.from({ length: 5 }, () => openStore(prefix)));
    for (let round = 0; round < 20; round += 1) {
      const leads = await Promise.all(all.map((store) => store.takeLead()));
      expect(leads.filter(Boolean)).toHaveLength(1);
      expect(await write(...all)).toEqual(leads);
      expect(await readBy(all[0])).toBe(String(leads.indexOf(true)));
      const panes = await Promise.all(all.map((store) => store.writePanes([pane(round)])));
      expect(panes).toEqual(leads);
      await all[leads.indexOf(true)].giveUpLead();
      expect(await write(...all)).toEqual(leads.map(() => false));
    }
    expect(await all[0].readPanes({ layout: "l1", from: 0, to: 100 })).toHaveLength(20);
  });

  test("nobody leads who has not taken it", async () => {
    const store = await openStore(randomUUID());
    expect(await write(store)).toEqual([false]);
    expect(await store.writePanes([pane(0)])).toBe(false);
    expect(await store.readPanes({ layout: "l1", from: 0, to: 1 })).toEqual([]);
    await store.giveUpLead();
  });

  test("the lead is taken over within 15 s of a kill, and the writes of who wakes are refused", async () => {
    const prefix = randomUUID();
    const [dead, asleep, next] = await Promise.all([openStore(prefix), openStore(prefix), openStore(prefix)]);
    expect(await dead.takeLead()).toBe(true);
    await dead.close();
    const client = redis.client();
    // By Redis' own clock, and members try every three seconds.
    expect(await client.pttl(`driftd:{${prefix}}:lead`)).toBeLessThanOrEqual(12_000);
    client.disconnect();
    while (!(await asleep.takeLead())) await sleep(250);
    expect(await write(asleep)).toEqual([true]);
    await redis.expireLead(prefix);
    expect(await next.takeLead()).toBe(true);
    expect(await write(next, asleep)).toEqual([true, false]);
    expect(await asleep.writePanes([pane(0)])).toBe(false);
    expect(await readBy(next)).toBe("0");
    expect(await asleep.takeLead()).toBe(false);
  });

  test("who lost the lead for a while is told so before it leads again", async () => {
    const prefix = randomUUID();
    const [store, other] = await Promise.all([openStore(prefix), openStore(prefix)]);
    expect(await store.takeLead()).toBe(true);
    await redis.expireLead(prefix);
    expect(await other.takeLead()).toBe(true);
    await write(other);
    await other.giveUpLead();
    // What it has in memory is not what `other` wrote.
    expect(await store.takeLead()).toBe(false);
    expect(await store.takeLead()).toBe(true);
    expect(await write(store)).toEqual([true]);
    await redis.expireLead(prefix);
    // Whoever renews it at the same time does not hear of a write that was refused.
    expect(await write(store)).toEqual([false]);
    expect([await store.takeLead(), await store.takeLead()]).toEqual([false, true]);
  });

  test("a lead of before the store went back is worth nothing after", async () => {
    const prefix = randomUUID();
    const [first, second] = await Promise.all([openStore(prefix), openStore(prefix)]);
    const client = redis.client();
    const key = (name: string): string => `driftd:{${prefix}}:${name}`;
    expect(await first.takeLead()).toBe(true);
    const held = await client.hgetall(key("lead"));
    await first.giveUpLead();
    expect(await second.takeLead()).toBe(true);
    // As an older file has it: an earlier epoch, and another who leads.
    await client.set(key("epoch"), "1");
    await client.del(key("lead"));
    await client.hset(key("lead"), held);
    expect(await write(second)).toEqual([false]);
    await client.del(key("lead"));
    expect(await write(second)).toEqual([false]);
    expect(await first.takeLead()).toBe(true);
    expect(await client.get(key("epoch"))).toBe("2");
    expect(await write(second, first)).toEqual([false, true]);
    client.disconnect();
  });

  test("a write that was held back for long does not undo a later one", async () => {
    const prefix = randomUUID();
    const store = await openStore(prefix);
    const client = redis.client();
    await store.takeLead();
    await write(store);
    // As if writes that were sent after the next one had arrived before it, over another connection.
    await client.hset(`driftd:{${prefix}}:lead`, "sequence", "7");
    await client.hset(`driftd:{${prefix}}:judgement`, "by", "later");
    expect(await write(store)).toEqual([true]);
    expect(await client.hget(`driftd:{${prefix}}:judgement`, "by")).toBe("later");
    client.disconnect();
  });
});
