import { randomUUID } from "node:crypto";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../src/runtime/clock.ts";
import { readAddress } from "../../src/state/redis-address.ts";
import { openRedisStore } from "../../src/state/redis.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { createLines } from "./redis-stores.ts";

const PASSWORD = "not-to-be-told%";
/** Where nobody listens, whatever else is started meanwhile. */
const NOBODY = "redis://127.0.0.1:1";

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server = undefined;
});

/** Something that listens, and says this to whatever it is asked. */
function answer(text: string): Promise<number> {
  return listen((socket) => void socket.on("data", () => socket.write(text)));
}

async function listen(take: (socket: Socket) => void): Promise<number> {
  const listening = createServer((socket) => {
    socket.on("error", () => undefined);
    take(socket);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an object.
  return (listening.address() as AddressInfo).port;
}

/** What the log and the error say, where the store cannot be opened. */
async function open(address: string): Promise<{ error: unknown; said: string }> {
  const { log, text } = createLines();
  const options = { url: address, prefix: randomUUID(), clock: systemClock, log };
  const error: unknown = await openRedisStore(options).then(
    (store) => store.close(),
    (failure: unknown) => failure,
  );
  const said = error instanceof Error ? `${error.message}${error.stack}${JSON.stringify(error)}` : "";
  return { error, said: said + text() };
}

function infoOf(changes: Readonly<Record<string, string>>): string {
  const info = {
    redis_version: "7.2.4",
    cluster_enabled: "0",
    role: "master",
    maxmemory: "0",
    maxmemory_policy: "noeviction",
    aof_enabled: "1",
    loading: "0",
    ...changes,
  };
  const text = `${Object.entries(info)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join("")}`;
  return `$${text.length}\r\n${text}\r\n`;
}

describe("readAddress", () => {
  test("reads host, port, database, user, password and TLS", () => {
    expect(readAddress("redis://cache")).toEqual({
      text: "cache:6379",
      options: { host: "cache", port: 6379, db: 0 },
    });
    expect(readAddress("rediss://me:p%40ss%@[::1]:7000/3")).toEqual({
      text: "[::1]:7000",
      options: { host: "::1", port: 7000, db: 3, username: "me", password: "p%40ss%", tls: {} },
    });
    expect(readAddress("redis://:p%40ss@h:1").options).toMatchObject({ password: "p@ss" });
  });

  test.each(["", "cache:6379", "http://cache", "redis://", `redis://:${PASSWORD}@h/none`])(
    "refuses %j without quoting it",
    (url) => {
      expect(() => readAddress(url)).toThrow(/^state\.url is no address of Redis\. Write redis:/);
      expect(() => readAddress(url)).not.toThrow(PASSWORD);
    },
  );
});

describe("a server that will not do", () => {
  test.each([
    ["is too old", { redis_version: "5.0.14" }, "has version 5.0.14, and 6 or later is needed"],
    ["names no version", { redis_version: "" }, "has version unknown"],
    ["is part of a cluster", { cluster_enabled: "1" }, "is part of a cluster"],
    ["is a replica", { role: "slave" }, "is a replica, which takes no writes"],
    [
      "throws keys away",
      { maxmemory: "1000", maxmemory_policy: "allkeys-lru" },
      "maxmemory-policy allkeys-lru",
    ],
  ])("is refused where it %s", async (_, info, message) => {
    const port = await answer(infoOf(info));
    const { error } = await open(`redis://127.0.0.1:${port}`);
    expect(error).toMatchObject({ code: "STATE_UNFIT", message: expect.stringContaining(message) });
  });

  test("is taken with a warning where it keeps no append-only file", async () => {
    const port = await answer(infoOf({ aof_enabled: "0" }));
    const { error, said } = await open(`redis://127.0.0.1:${port}`);
    expect(error).toBeUndefined();
    expect(said).toContain("keeps no append-only file");
  });

  test("is given up where it hangs up without a word", async () => {
    const port = await listen((socket) => void socket.on("data", () => socket.end()));
    const { error } = await open(`redis://127.0.0.1:${port}`);
    expect(error).toMatchObject({
      code: "STATE_FAILED",
      message: expect.stringContaining("cannot be reached: "),
    });
  });

  test("is refused where it is no Redis", async () => {
    const port = await answer("HTTP/1.1 400 Bad Request\r\n\r\n");
    const { error } = await open(`redis://127.0.0.1:${port}`);
    expect(error).toMatchObject({
      code: "STATE_FAILED",
      message: expect.stringContaining("Check that state.url leads to Redis"),
    });
  });
});

describeService("a Redis", redisMissing, () => {
  test("says what is wrong with the password, and tells it nobody", async () => {
    const redis = await startRedis(["--requirepass", "right"]);
    onTestFinished(() => redis.stop());
    const place = `127.0.0.1:${redis.port}`;
    const encoded = encodeURIComponent(PASSWORD);
    for (const login of ["", `:${encoded}@`, `driftd:${encoded}@`]) {
      const { error, said } = await open(`redis://${login}${place}`);
      const message = expect.stringMatching(`^Redis at ${place} refuses the user or the password`);
      expect(error).toMatchObject({ code: "STATE_FAILED", message });
      expect(said).not.toContain(PASSWORD);
      expect(said).not.toContain(encoded);
    }
    expect((await open(`redis://:right@${place}/1`)).error).toBeUndefined();
  });

  test("is told as away where nobody listens, and waited for where that is asked", async () => {
    const { error } = await open(NOBODY);
    expect(error).toMatchObject({
      code: "STATE_FAILED",
      message: expect.stringContaining("cannot be reached: ECONNREFUSED. Check state.url (rediss:// where"),
    });

    const { log, text } = createLines();
    const stopping = new AbortController();
    const outages: (string | undefined)[] = [];
    const opening = openRedisStore({
      url: NOBODY,
      prefix: randomUUID(),
      clock: systemClock,
      log,
      patience: Number.POSITIVE_INFINITY,
      signal: stopping.signal,
      onWaiting(outage) {
        outages.push(outage());
        stopping.abort();
      },
    });
    await expect(opening).rejects.toMatchObject({ code: "STATE_FAILED" });
    expect(outages).toEqual([
      expect.stringMatching(/^Redis at .* is away(?:, for \d+ s now)?: ECONNREFUSED$/),
    ]);
    expect(text()).toContain("Trying again until it is back");
  });

  test("that takes no writes is waited for where it is to be written, and opened where it is only read", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const client = redis.client();
    onTestFinished(() => client.disconnect());
    await client.config("SET", "maxmemory", 1);
    const { log, text } = createLines();
    const options = { url: redis.url, prefix: randomUUID(), clock: systemClock, log };
    await (await openRedisStore(options)).close();
    expect(text()).toBe("");

    const full = /^Redis at .* takes no writes(?:, for \d+ s now)?: OOM command not allowed/;
    const stopping = new AbortController();
    const untilTold = openRedisStore({
      ...options,
      isWritten: true,
      signal: stopping.signal,
      onWaiting(outage) {
        expect(outage()).toMatch(full);
        stopping.abort();
      },
    });
    await expect(untilTold).rejects.toMatchObject({ code: "STATE_FAILED" });

    let waitsFor: () => string | undefined = () => undefined;
    const untilRoom = openRedisStore({
      ...options,
      isWritten: true,
      onWaiting: (outage) => (waitsFor = outage),
    });
    await expect.poll(() => waitsFor()).toMatch(full);
    await client.config("SET", "maxmemory", 0);
    const store = await untilRoom;
    expect(waitsFor()).toBeUndefined();
    await store.close();
  });

  test("whose user lacks a right is told at once, with the rights that are needed", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const client = redis.client();
    onTestFinished(() => client.disconnect());
    const needed = "+@read +@write +@scripting +@connection +info ~driftd:*";
    const store = { prefix: randomUUID(), clock: systemClock, log: createLines().log };
    const claim = async (rights: string): Promise<unknown> => {
      await client.call("ACL", "SETUSER", "fleet", "reset", "on", ">right", ...rights.split(" "));
      await client.script("FLUSH");
      const url = `redis://fleet:right@127.0.0.1:${redis.port}/1`;
      const opened = await openRedisStore({ ...store, url, isWritten: true });
      try {
        return await opened.claim({ group: "scored", partition: 0 });
      } finally {
        await opened.close();
      }
    };
    for (const lacking of ["-script|load", "-hset", "-evalsha", "-set", "-info", "resetkeys ~other:*"]) {
      await expect(claim(`${needed} ${lacking}`)).rejects.toMatchObject({
        code: "STATE_FAILED",
        message: expect.stringMatching(/refuses: .*driftd needs: \+@read .*~driftd:\*$/),
      });
    }
    expect(await claim(needed)).toMatchObject({ version: 1 });
  });
});
