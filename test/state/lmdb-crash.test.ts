import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/runtime/clock.ts";
import { rowKey } from "../../src/state/lmdb-keys.ts";
import { openRows } from "../../src/state/lmdb-rows.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import { placeOf, seal, writeJson } from "../../src/state/sealed.ts";
import type { Store } from "../../src/state/store.ts";
import { compileSources, startCommitter } from "./child.ts";
import { TASK, commitOf, textOf, textOfCounts } from "./commits.ts";

let root: string;
let compiled: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "driftd-crash-"));
  compiled = compileSources();
});
afterAll(() => {
  rmSync(root, { recursive: true });
  rmSync(compiled, { recursive: true });
});

function open(path: string): Promise<Store> {
  return openLmdbStore({ path, clock: systemClock });
}

describe("after SIGKILL", () => {
  it("everything that was reported as committed is there, whole, and nothing in halves", async () => {
    const path = join(root, "killed");
    let before = 0;
    for (let round = 0; round < 6; round += 1) {
      const committer = startCommitter(compiled, path);
      await committer.printed(3);
      await sleep(10 + 25 * round);
      await committer.kill();
      const reported = Number(committer.lines().at(-1));
      expect(reported).toBeGreaterThan(before);

      const store = await open(path);
      const [task] = await store.readTasks("fraud");
      const committed = Number(textOf(task?.state));
      // One more may have reached the disk before it could be reported.
      expect([reported, reported + 1]).toContain(committed);
      const panes = await store.readPanes({ layout: "l1", from: 0, to: 600_000 });
      const expected = Array.from({ length: 10 }, (_, i) => committed - ((committed - i + 10) % 10)).filter(
        (n) => n > 0,
      );
      const counts = expected.flatMap((number) => Array.from({ length: 20 }, () => String(number)));
      expect(panes.map(({ packed }) => textOfCounts(packed)).toSorted()).toEqual(counts.toSorted());
      const count = 50 * (committed + 2);
      const low = Uint32Array.from({ length: count }, (_, i) => i);
      const { found, fields } = await store.find(TASK, "waiting", {
        high: new Uint32Array(count),
        low,
        count,
      });
      expect(fields).toEqual(
        Float64Array.from(low, (id) => (id < 50 * (committed + 1) ? Math.floor(id / 50) : 0)),
      );
      expect(found.indexOf(1)).toBe(50);
      await store.close();
      before = committed;
    }
  });
});

describe("a state directory in use", () => {
  it("is refused to a second process, which is told whose it is", async () => {
    const path = join(root, "used");
    const committer = startCommitter(compiled, path);
    await committer.printed(1);
    await expect(open(path)).rejects.toMatchObject({
      code: "STATE_LOCKED",
      message: expect.stringContaining(`process ${committer.process.pid} on ${hostname()}`),
    });
    await committer.kill();
    expect(existsSync(join(path, "owner.sock"))).toBe(true);
    await (await open(path)).close();
  });

  it("is refused to a second store of the same process, and free after close", async () => {
    const path = join(root, "twice");
    const store = await open(path);
    await expect(open(path)).rejects.toMatchObject({ code: "STATE_LOCKED" });
    await store.close();
    await store.close();
    await (await open(path)).close();
  });

  it("may have a path that is too long for a socket", async () => {
    const path = join(root, "x".repeat(120));
    const store = await open(path);
    await expect(open(path)).rejects.toMatchObject({ code: "STATE_LOCKED" });
    await store.close();
    await (await open(path)).close();
  });

  it("on another host is refused while its owner gives signs of life", async () => {
    const path = join(root, "shared");
    mkdirSync(path);
    await (await open(path)).close();
    const owner = { token: "t", pid: 7, host: "elsewhere", seen: 1_000_000 };
    const rows = openRows(join(path, "state.mdb"));
    rows.transact(() => rows.put(rowKey("owner"), seal(writeJson(owner), placeOf(rowKey("owner")))));
    await rows.close();
    const openAt = (now: number): Promise<Store> => openLmdbStore({ path, clock: { tick: () => ({ now }) } });
    await expect(openAt(1_029_000)).rejects.toMatchObject({
      code: "STATE_LOCKED",
      message: expect.stringContaining("process 7 on elsewhere"),
    });
    await (await openAt(1_031_000)).close();
  });

  it("stops an owner that was pushed aside", async () => {
    const path = join(root, "pushed");
    const store = await open(path);
    await store.claim(TASK);
    // What a second owner would write, had it not seen the first one's socket.
    rmSync(join(path, "owner.sock"));
    const other = await open(path);
    await expect(store.commit(commitOf(1))).rejects.toMatchObject({ code: "STATE_LOCKED" });
    expect(await other.claim(TASK)).toMatchObject({ version: 2 });
    await store.close();
    expect(await other.commit(commitOf(2))).toEqual({ status: "committed", version: 3 });
    await other.close();
  });
});
