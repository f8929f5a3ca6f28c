import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Store } from "../../src/state/store.ts";
import { redisMissing, startRedis, type RedisService } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { bytesOf } from "./commits.ts";
import { firstSeal } from "./first-seal.ts";
import { createStores } from "./redis-stores.ts";
import { fillWhole, flippedKeys, isRefused, readWhole, untrueIn } from "./whole-store.ts";

describeService("what stands elsewhere in Redis", redisMissing, () => {
  const stores = createStores();
  let redis: RedisService;
  let client: Redis;
  let prefix: string;
  let said: Map<string, unknown>;

  beforeAll(async () => {
    redis = await startRedis(["--appendfsync", "no"]);
    client = redis.client();
  });
  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });
  beforeEach(async () => {
    prefix = randomUUID().slice(0, 4);
    const store = await open();
    await fillWhole(store);
    await store.close();
    said = await readWhole(open);
  });
  afterEach(() => stores.closeAll());

  function open(): Promise<Store> {
    return stores.open({ port: redis.port, prefix });
  }

  /** The hashes whose values are sealed, and which of their fields are. */
  async function sealedFields(): Promise<{ key: string; field: Buffer; value: Buffer }[]> {
    const found: { key: string; field: Buffer; value: Buffer }[] = [];
    for (const key of (await client.keys(`driftd:{${prefix}*`)).toSorted()) {
      const isSealed = /:(?:task|panes:.*|generations|judgement|versions|counting)$/.test(key);
      if (!isSealed) continue;
      for (const name of (await client.hkeys(key)).toSorted()) {
        const isPlain = /^(?:version|id|claim|stamp|next|[cd]:\d+)$/.test(name);
        const value = await client.hgetBuffer(key, name);
        if (!isPlain && value !== null) found.push({ key, field: Buffer.from(name), value });
      }
    }
    return found;
  }

  test("all that was written is said", async () => {
    expect(isRefused(said)).toBe(false);
    expect(said.size).toBe(29);
    const kinds = (await sealedFields()).map(({ key }) => /\}:([a-z]+)/.exec(key)?.[1]);
    expect(new Set(kinds)).toEqual(
      new Set(["task", "panes", "generations", "judgement", "versions", "counting"]),
    );
  });

  test(
    "is never read as something else, where a bit of its field is another",
    { timeout: 180_000 },
    async () => {
      const all = await sealedFields();
      const last = all.filter(({ key }, i) => kindOf(all[i + 1]?.key) !== kindOf(key));
      for (const { key, field, value } of last) {
        for (const flipped of flippedKeys(field)) {
          await client.hset(key, flipped, value);
          await client.hdel(key, field);
          const read = await readWhole(open);
          await client.hdel(key, flipped);
          await client.hset(key, field, value);
          const name = `${field.toString()} of ${key} as ${flipped.toString("latin1")}`;
          expect([name, untrueIn(read, said)]).toEqual([name, []]);
        }
      }
    },
  );

  test(
    "is never read as something else, where a bit of its key is another",
    { timeout: 180_000 },
    async () => {
      const begin = `driftd:{${prefix}`;
      // Of who leads nothing is read that was counted or judged, and it ends by itself.
      const all = (await client.keys(`${begin}*`)).filter((key) => !key.endsWith(":lead")).toSorted();
      const last = all.filter((key, i) => kindOf(all[i + 1]) !== kindOf(key));
      for (const key of last) {
        for (const flipped of flippedKeys(Buffer.from(key), begin.length)) {
          const dump = await client.dumpBuffer(key);
          await client.restore(flipped, 0, dump, "REPLACE");
          await client.del(key);
          const read = await readWhole(open);
          await client.del(flipped);
          await client.restore(key, 0, dump, "REPLACE");
          const name = `${key} as ${flipped.toString("latin1")}`;
          expect([name, untrueIn(read, said)]).toEqual([name, []]);
        }
      }
    },
  );

  test("is refused where it was copied over another value of its kind", async () => {
    const all = await sealedFields();
    for (const [i, to] of all.entries()) {
      const from = all[i - 1];
      if (from === undefined || kindOf(from.key) !== kindOf(to.key)) continue;
      await client.hset(to.key, to.field, from.value);
      const read = await readWhole(open);
      await client.hset(to.key, to.field, to.value);
      const name = `${from.key} ${from.field.toString()} over ${to.key} ${to.field.toString()}`;
      expect([name, untrueIn(read, said)]).toEqual([name, []]);
      expect([name, isRefused(read)]).toEqual([name, true]);
    }
  });

  test("is refused where a start or a task is listed that is none", async () => {
    const starts = `driftd:{${prefix}:fraud:3}:starts:l1`;
    await client.zadd(starts, 60_000, "61000x");
    expect(isRefused(await readWhole(open))).toBe(true);
    await client.zrem(starts, "61000x");
    await client.sadd(`driftd:{${prefix}}:tasks`, '["fraud",3');
    const read = await readWhole(open);
    expect(read.get("damaged tasks")).toContain('The list of tasks has "[\\"fraud\\",3", which names none.');
    expect(untrueIn(read, said)).toEqual([]);
  });

  test("of an earlier driftd is refused, with the ways to go on", async () => {
    await client.hset(`driftd:{${prefix}}:counting`, "last", firstSeal(bytesOf("{}")));
    const store = await open();
    await expect(store.registerCounting("what decides")).rejects.toMatchObject({
      code: "STATE_OLDER",
      exit: 78,
      message: expect.stringMatching(
        /^An earlier driftd wrote what is in Redis .* choose another state\.prefix/,
      ),
    });
  });
});

/** The word that a key has after its tag; all of buckets are of one kind. */
function kindOf(key = ""): string {
  return /\}:(?:[a-z]+|\d)/.exec(key)?.[0] ?? "";
}
