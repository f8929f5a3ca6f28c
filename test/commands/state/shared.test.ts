import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../src/runtime/clock.ts";
import { createLog } from "../../../src/runtime/log.ts";
import { openRedisStore } from "../../../src/state/redis.ts";
import { redisMissing, startRedis, type RedisService } from "../../services/redis.ts";
import { describeService } from "../../services/service.ts";
import { runCommand, type Ended } from "../command-io.ts";
import { EVENTS, fillStore, linesOf, state, useFilledState } from "./filled-state.ts";

const states = useFilledState();

describeService("a state that daemons share", redisMissing, () => {
  let redis: RedisService;
  let config: string;

  beforeAll(async () => {
    redis = await startRedis();
    const store = await openRedisStore({
      url: redis.url,
      prefix: "g",
      clock: systemClock,
      log: createLog({ level: "silent" }),
    });
    await store.takeLead();
    await fillStore(store);
    await store.close();
    config = join(states.root, "fleet.yaml");
    const file = {
      version: 1,
      kafka: { brokers: ["127.0.0.1:1"], group: "g" },
      streams: {
        s: { role: "inference", topic: "s" },
        l: { role: "labels", of: "s", topic: "l" },
      },
      rules: ["rules/*.yaml"],
      state: { store: "redis", url: redis.url },
    };
    writeFileSync(config, JSON.stringify(file));
  });
  afterAll(() => redis.stop());

  function shared(command: string, ...flags: string[]): Promise<Ended> {
    return runCommand(["state", command, "--config", config, ...flags], { cwd: states.root });
  }

  test("is verified as a directory is", async () => {
    const { status, out } = await shared("verify");
    expect(out).toMatch(/^redis g\n {2}\d+ rows, in a server that uses [\d.]+ MiB for all that it holds\n/);
    expect(out).toContain("2 tasks\n");
    expect(out).toContain("All of it can be read, and its ledgers balance.");
    expect(status).toBe(0);
  });

  test("is exported with the same counts", async () => {
    const isOfTask = (line: ReturnType<typeof linesOf>[number]): boolean =>
      line.type === "pane" && "group" in line;
    const paneLines = (ended: Ended): string[] =>
      linesOf(ended)
        .filter(isOfTask)
        .map((line) => JSON.stringify(line));
    const panes = paneLines(await shared("export"));
    expect(panes.length).toBeGreaterThan(EVENTS / 10);
    expect(panes.toSorted()).toEqual(paneLines(await state("export", states.sound)).toSorted());
  });

  test("cannot be compacted", async () => {
    const { status, err } = await shared("compact");
    expect(err).toMatch(
      /^driftd: USAGE: This is about the files of an lmdb store, and .* keeps its state in redis/,
    );
    expect(status).toBe(2);
  });

  test("is told to be damaged where a value is not what was written", async () => {
    const client = redis.client();
    const keys = (await client.keys("driftd:*")).filter((key) => key.includes("m/outcomes/"));
    const types = await Promise.all(keys.map((key) => client.type(key)));
    const key = keys[types.indexOf("hash")] ?? "";
    const [field = ""] = await client.hkeys(key);
    await client.hset(key, field, "not what was written");
    client.disconnect();
    const { status, out } = await shared("verify");
    expect(out).toMatch(/1 thing found damaged:\n {2}Counts in panes of m\/outcomes/);
    expect(out).toContain("delete what Redis keeps under the prefix");
    expect(status).toBe(1);
    expect((await shared("export")).status).toBe(1);
  });
});
