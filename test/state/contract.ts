import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../src/state/store.ts";
import { TASK, bytesOf, commitOf, countsOf, entries, pane, textOf, textOfCounts } from "./commits.ts";

/** What every store must do. `open` gives an empty one. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(`${name} store`, () => {
    let store: Store;

    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
    });

    async function fieldsOf(index: string, lows: readonly number[]): Promise<(number | undefined)[]> {
      const ids = { high: new Uint32Array(lows.length), low: Uint32Array.from(lows), count: lows.length };
      const { found, fields } = await store.find(TASK, index, ids);
      return lows.map((_, i) => (found[i] === 1 ? fields[i] : undefined));
    }

    it("answers what decided the counts of the daemon that started before", async () => {
      const lastOf = async (counting: string) => (await store.registerCounting(counting)).last;
      expect(await lastOf("first")).toBeUndefined();
      expect(await lastOf("first")).toBe("first");
      expect(await lastOf("second")).toBe("first");
      expect(await lastOf("first")).toBe("second");
    });

    it("knows nothing of a task at first sight", async () => {
      expect(await store.claim(TASK)).toEqual({ version: 1, id: expect.any(String) });
      expect(await store.readTasks("fraud")).toEqual([]);
    });

    it("gives the next owner what the last one committed", async () => {
      const { version } = await store.claim(TASK);
      expect(await store.commit(commitOf(version))).toEqual({ status: "committed", version: 2 });
      const next = await store.claim(TASK);
      expect(next.version).toBe(3);
      expect(textOf(next.state)).toBe("state 1");
    });

    it("counts a commit's version up by one", async () => {
      await store.claim(TASK);
      await store.commit(commitOf(1));
      expect(await store.commit(commitOf(2))).toEqual({ status: "committed", version: 3 });
    });

    it("fences a former owner, and nothing of its commit is kept", async () => {
      await store.claim(TASK);
      await store.claim(TASK);
      const late = commitOf(1, { panes: [pane(0)], entries: [entries("waiting", { 1: 10 })] });
      expect(await store.commit(late)).toEqual({ status: "fenced", stored: 2 });
      expect(await store.readTasks("fraud")).toEqual([]);
      expect(await store.readPanes({ layout: "l1", from: 0, to: 1 })).toEqual([]);
      expect(await fieldsOf("waiting", [1])).toEqual([undefined]);
    });

    it("tells an owner that the store went back", async () => {
      await store.claim(TASK);
      expect(await store.commit(commitOf(5))).toEqual({ status: "rewound", stored: 1 });
      expect(await store.commit(commitOf(2, { task: { group: "new", partition: 0 } }))).toEqual({
        status: "rewound",
        stored: 0,
      });
    });

    it("fences who meets the expected version by another hand", async () => {
      const { version, id } = await store.claim(TASK);
      const mine = commitOf(version, { expectedId: id });
      expect(await store.commit(mine)).toEqual({ status: "committed", version: 2 });
      // As after the store went back behind it, and somebody else claimed the task.
      const late = commitOf(2, { expectedId: "a commit that was lost", panes: [pane(0)] });
      expect(await store.commit(late)).toEqual({ status: "fenced", stored: 2 });
      expect(await store.readPanes({ layout: "l1", from: 0, to: 1 })).toEqual([]);
      const next = commitOf(2, { expectedId: mine.commitId });
      expect(await store.commit(next)).toEqual({ status: "committed", version: 3 });
    });

    it("keeps what all must have in common as it was given first", async () => {
      expect(textOf(await store.keepFirst("key", bytesOf("first")))).toBe("first");
      expect(textOf(await store.keepFirst("key", bytesOf("second")))).toBe("first");
    });

    it("answers a commit that is sent again as it did at first, and does it once", async () => {
      await store.claim(TASK);
      const commit = commitOf(1, { entries: [entries("waiting", { 1: 10 })] });
      await store.commit(commit);
      expect(await store.commit(commit)).toEqual({ status: "committed", version: 2 });
      expect(await store.commit({ ...commit, commitId: "another" })).toEqual({ status: "fenced", stored: 2 });
    });

    it("keeps what it was given when the caller reuses the bytes", async () => {
      await store.claim(TASK);
      // A Buffer, whose slice() would share its memory.
      const state = Buffer.from("before");
      const packed = Buffer.from(countsOf("counts"));
      await store.commit(commitOf(1, { state, panes: [pane(0, { packed })] }));
      state.fill(0);
      packed.fill(0);
      expect(textOf((await store.claim(TASK)).state)).toBe("before");
      const [stored] = await store.readPanes({ layout: "l1", from: 0, to: 1 });
      expect(textOfCounts(stored?.packed)).toBe("counts");
    });

    it("keeps states from nothing to many megabytes", async () => {
      await store.claim(TASK);
      let version = 1;
      for (const size of [0, 1, 5000, 100_000, 20_000_000]) {
        await store.commit(commitOf(version, { state: new Uint8Array(size).fill(size % 251) }));
        const claimed = await store.claim(TASK);
        expect(claimed.state?.length).toBe(size);
        expect(claimed.state?.every((byte) => byte === size % 251)).toBe(true);
        version = claimed.version;
      }
    });

    it("reads the tasks of one group, by partition", async () => {
      for (const [group, partition] of [
        ["a", 10],
        ["a", 2],
        ["ab", 1],
      ] as const) {
        const task = { group, partition };
        await store.claim(task);
        await store.commit(commitOf(1, { task, state: bytesOf(`${group}${partition}`) }));
      }
      const tasks = await store.readTasks("a");
      expect(tasks.map(({ task, state }) => [task.partition, textOf(state)])).toEqual([
        [2, "a2"],
        [10, "a10"],
      ]);
    });

    it("reads a layout's panes of all tasks by start, the end excluded", async () => {
      const other = { group: "fraud", partition: 4 };
      await store.claim(TASK);
      await store.claim(other);
      await store.commit(commitOf(1, { panes: [pane(240_000), pane(60_000), pane(120_000), pane(-60_000)] }));
      await store.commit(
        commitOf(1, {
          task: other,
          panes: [pane(60_000, { segment: "region=eu" }), pane(60_000, { layout: "l2" }), pane(180_000)],
        }),
      );
      const read = await store.readPanes({ layout: "l1", from: -60_000, to: 240_000 });
      expect(read.map((found) => found.start)).toEqual([-60_000, 60_000, 60_000, 120_000, 180_000]);
      expect(read.find((found) => found.segment === "region=eu")).toEqual({
        ...pane(60_000, { segment: "region=eu" }),
        task: other,
        packed: expect.anything(),
      });
      expect(read.map((found) => textOfCounts(found.packed))).toContain("pane -60000");
    });

    it("replaces a pane by its new absolute value", async () => {
      await store.claim(TASK);
      await store.commit(commitOf(1, { panes: [pane(0)] }));
      await store.commit(commitOf(2, { panes: [pane(0, { packed: countsOf("more") })] }));
      const read = await store.readPanes({ layout: "l1", from: 0, to: 1 });
      expect(read.map((found) => textOfCounts(found.packed))).toEqual(["more"]);
    });

    it("keeps panes of no task, replaced as a whole, beside those of tasks", async () => {
      await store.claim(TASK);
      await store.commit(commitOf(1, { panes: [pane(0)] }));
      const packed = Buffer.from(countsOf("sum"));
      await store.writePanes([pane(0, { packed }), pane(60_000), pane(0, { layout: "l1@1h" })]);
      await store.writePanes([pane(0, { packed }), pane(0, { packed, segment: "region=eu" })]);
      packed.fill(0);
      const read = await store.readPanes({ layout: "l1", from: 0, to: 120_000 });
      expect(
        read
          .map(({ task, start, segment, packed: bytes }) => [task, start, segment, textOfCounts(bytes)])
          .toSorted(),
      ).toEqual([
        [undefined, 0, "all", "sum"],
        [undefined, 0, "region=eu", "sum"],
        [undefined, 60_000, "all", "pane 60000"],
        [TASK, 0, "all", "pane 0"],
      ]);
      expect((await store.readLayouts()).toSorted()).toEqual(["l1", "l1@1h"]);
      await store.prune({ panes: [{ layout: "l1", before: 1 }], expiredBefore: 0 });
      expect(await store.readPanes({ layout: "l1", from: 0, to: 120_000 })).toHaveLength(1);
      expect(await store.readPanes({ layout: "l1@1h", from: 0, to: 1 })).toHaveLength(1);
    });

    it("keeps names apart, however they are written", async () => {
      await store.claim(TASK);
      const names = ["", "a,b", 'a"b', "a\0b", "é", "x".repeat(5000), "x".repeat(5001)];
      await store.commit(
        commitOf(1, { panes: names.map((version) => pane(0, { version, segment: version })) }),
      );
      const read = await store.readPanes({ layout: "l1", from: 0, to: 1 });
      expect(read.map((found) => found.version).toSorted()).toEqual(names.toSorted());
    });

    it("prunes panes by layout and start, and runs that expired", async () => {
      await store.claim(TASK);
      await store.commit(
        commitOf(1, {
          panes: [pane(-60_000), pane(0), pane(60_000), pane(0, { layout: "l2" })],
          entries: [entries("waiting", { 1: 10 }, 1000)],
        }),
      );
      await store.commit(commitOf(2, { entries: [entries("waiting", { 2: 20 }, 2000)] }));
      await store.prune({ panes: [{ layout: "l1", before: 60_000 }], expiredBefore: 2000 });
      const read = await store.readPanes({ layout: "l1", from: -1e9, to: 1e9 });
      expect(read.map((found) => found.start)).toEqual([60_000]);
      expect(await store.readPanes({ layout: "l2", from: -1e9, to: 1e9 })).toHaveLength(1);
      expect(await fieldsOf("waiting", [1, 2])).toEqual([undefined, 20]);
      await store.commit(commitOf(3, { entries: [entries("waiting", { 1: 11 }, 3000)] }));
      expect(await fieldsOf("waiting", [1, 2])).toEqual([11, 20]);
    });

    it("admits versions as first come, and never more than it keeps", async () => {
      expect(await store.admitVersions("fraud", ["v2", "v1", "v2"], 3)).toEqual(["v2", "v1"]);
      expect(await store.admitVersions("fraud", ["v1", "v9", "v8"], 3)).toEqual(["v2", "v1", "v9"]);
      expect(await store.admitVersions("fraud", [], 3)).toEqual(["v2", "v1", "v9"]);
      expect(await store.admitVersions("churn", ["v8"], 3)).toEqual(["v8"]);
    });

    it("remembers judgement, changed as a whole", async () => {
      await store.writeJudgement(
        new Map([
          ["alerts", bytesOf("a1")],
          ["outbox", bytesOf("o1")],
        ]),
      );
      await store.writeJudgement(
        new Map([
          ["alerts", bytesOf("a2")],
          ["outbox", null],
          ["idle", new Uint8Array(0)],
        ]),
      );
      const read = [...(await store.readJudgement())].map(([name, blob]) => [name, textOf(blob)]);
      expect(read.toSorted()).toEqual([
        ["alerts", "a2"],
        ["idle", ""],
      ]);
    });

    it("reads of the judgement what is asked for", async () => {
      await store.takeLead();
      await store.writeJudgement(new Map(["a", "b", "c"].map((name) => [name, bytesOf(`blob ${name}`)])));
      const read = await store.readJudgement(["c", "a", "none"]);
      expect([...read].map(([name, blob]) => [name, textOf(blob)]).toSorted()).toEqual([
        ["a", "blob a"],
        ["c", "blob c"],
      ]);
      expect(await store.readJudgement([])).toEqual(new Map());
    });

    it("says how much it holds", async () => {
      const before = await store.size();
      await store.claim(TASK);
      await store.commit(commitOf(1, { panes: [pane(0, { packed: new Uint8Array(100_000) })] }));
      expect((await store.size()) - before).toBeGreaterThanOrEqual(100_000);
    });
  });
}
