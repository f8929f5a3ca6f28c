import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { IndexEntries } from "../../src/join/entries.ts";
import type { Store } from "../../src/state/store.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { startTcpProxy } from "../services/tcp-proxy.ts";
import { bytesOf, countsOf, pane, textOf, textOfCounts } from "./commits.ts";
import { createStores } from "./redis-stores.ts";

const SEED = 20_261;
const LASTS = 5_000;
const PARTITIONS = 3;
const PER_COMMIT = 40;

/** Numbers between 0 and 1, the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What the owner of a task does with its stream: takes numbers in order, counts them by pane, and remembers each. */
async function own(
  store: Store,
  partition: number,
  story: {
    readonly until: () => boolean;
    readonly random: () => number;
    /** By partition. */
    readonly commits: number[];
  },
): Promise<void> {
  const { until, random, commits } = story;
  const task = { group: "g", partition };
  while (!until()) {
    const claimed = await store.claim(task);
    let { version, id } = claimed;
    let next = Number(textOf(claimed.state) ?? 0);
    for (let isOwner = true; isOwner && !until();) {
      const from = next;
      next += 1 + Math.floor(random() * PER_COMMIT);
      const commitId = randomUUID();
      const outcome = await store.commit({
        task,
        expected: version,
        expectedId: id,
        commitId,
        state: bytesOf(String(next)),
        panes: [pane(from, { packed: countsOf(String(next)) })],
        entries: [entriesOf(partition, from, next)],
      });
      // A zombie, or an owner of what went back, begins again where the store says.
      isOwner = outcome.status === "committed";
      if (outcome.status === "committed") {
        [version, id] = [outcome.version, commitId];
        commits[partition] = (commits[partition] ?? 0) + 1;
      }
      if (random() < 0.02) await sleep(random() * 300);
    }
  }
}

function entriesOf(partition: number, from: number, to: number): IndexEntries {
  const count = to - from;
  const numbers = Array.from({ length: count }, (_, i) => from + i);
  return {
    index: "seen",
    high: new Uint32Array(count).fill(partition),
    low: Uint32Array.from(numbers, (number) => Math.imul(number, 0x9e37_79b1)),
    count,
    fields: Float64Array.from(numbers, (number) => number + 1),
    width: 1,
    expires: 1e15,
  };
}

describeService("Tasks that change hands while Redis fails", redisMissing, () => {
  test(`lose nothing and count nothing twice (seed ${SEED})`, async () => {
    const random = createRandom(SEED);
    const redis = await startRedis(["--appendfsync", "always"]);
    const proxy = await startTcpProxy(redis.port);
    const stores = createStores();
    onTestFinished(async () => {
      await stores.closeAll();
      await proxy.close();
      await redis.stop();
    });
    const prefix = randomUUID();
    const end = performance.now() + LASTS;
    const commits = Array.from({ length: PARTITIONS }, () => 0);
    const until = (): boolean =>
      performance.now() > end && proxy.lost() > 0 && commits.every((count) => count > 20);
    // Two owners of every task at any time: one of them is always a zombie, and takes it back.
    const members = await Promise.all([
      stores.open({ port: proxy.port, prefix }),
      stores.open({ port: redis.port, prefix }),
    ]);
    const owners = members.flatMap((store) =>
      Array.from({ length: PARTITIONS }, (_, partition) => own(store, partition, { until, random, commits })),
    );
    while (!until()) {
      await sleep(100 + random() * 400);
      const chance = random();
      if (chance < 0.15) {
        await redis.halt(random() < 0.5 ? "SIGKILL" : "SIGTERM");
        await redis.resume();
      } else if (chance < 0.3) {
        redis.freeze();
        await sleep(random() * 500);
        redis.thaw();
      } else if (chance < 0.65) proxy.loseAnswerTo("EVALSHA");
      else proxy.loseRequest("EVALSHA");
    }
    await Promise.all(owners);

    const [reader] = members;
    const tasks = await reader.readTasks("g");
    const panes = await reader.readPanes({ layout: "l1", from: 0, to: 1e9 });
    expect(tasks).toHaveLength(PARTITIONS);
    for (const { task, state } of tasks) {
      const total = Number(textOf(state));
      expect(total).toBeGreaterThan(PER_COMMIT);
      // Every pane is one commit: they follow on each other, without a hole and without one too many.
      const own = panes.filter((found) => found.task?.partition === task.partition);
      const ends = own.map(({ packed }) => Number(textOfCounts(packed)));
      expect(own.map(({ start }) => start)).toEqual([0, ...ends.slice(0, -1)]);
      expect(ends.at(-1)).toBe(total);
      const asked = entriesOf(task.partition, 0, total + 100);
      const { found, fields } = await reader.find(task, "seen", asked);
      const expected = asked.fields.map((field, i) => (i < total ? field : 0));
      expect([...fields]).toEqual([...expected]);
      expect(found.reduce((sum, flag) => sum + flag, 0)).toBe(total);
    }
    expect(proxy.lost()).toBeGreaterThan(0);
  });
});
