import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../src/state/store.ts";
import { TASK, commitOf, entries, pane } from "./commits.ts";

/** What every store must do with the entries of its indexes. `open` gives an empty one. */
export function describeEntries(name: string, open: () => Promise<Store>): void {
  describe(`${name} store, entries`, () => {
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

    it("finds entries by id, the last one of an id, and by index and task", async () => {
      await store.claim(TASK);
      await store.commit(
        commitOf(1, { entries: [entries("waiting", { 1: 10, 2: 20 }), entries("seen", { 3: 30 })] }),
      );
      await store.commit(commitOf(2, { entries: [entries("waiting", { 2: 21, 4: 40 })] }));
      expect(await fieldsOf("waiting", [4, 3, 2, 1, 2])).toEqual([40, undefined, 21, 10, 21]);
      expect(await fieldsOf("seen", [3, 1])).toEqual([30, undefined]);
      expect(await fieldsOf("never written", [1])).toEqual([undefined]);
      const ids = { high: new Uint32Array(1), low: new Uint32Array([1]), count: 1 };
      expect((await store.find({ group: "fraud", partition: 4 }, "waiting", ids)).found).toEqual(
        new Uint8Array(1),
      );
    });

    it("takes two batches of one index in a commit, the later one over the earlier", async () => {
      await store.claim(TASK);
      await store.commit(
        commitOf(1, {
          entries: [
            entries("waiting", { 1: 10, 2: 20 }),
            entries("waiting", { 2: 22 }),
            entries("waiting", {}),
          ],
        }),
      );
      expect(await fieldsOf("waiting", [1, 2])).toEqual([10, 22]);
    });

    it("refuses entries of another width and keeps nothing of the commit", async () => {
      await store.claim(TASK);
      await store.commit(commitOf(1, { entries: [entries("waiting", { 1: 10 })] }));
      const wide = { ...entries("waiting", { 2: 20 }), width: 2, fields: new Float64Array(2) };
      const commit = commitOf(2, { panes: [pane(0)], entries: [entries("seen", { 3: 30 }), wide] });
      await expect(store.commit(commit)).rejects.toThrow("holds entries of 1 fields, not 2");
      expect(await store.readPanes({ layout: "l1", from: 0, to: 1 })).toEqual([]);
      expect(await fieldsOf("seen", [3])).toEqual([undefined]);
      expect(await store.commit(commitOf(2))).toEqual({ status: "committed", version: 3 });
    });

    it("finds every entry through many commits and merges", async () => {
      await store.claim(TASK);
      for (let version = 1; version <= 60; version += 1) {
        const byLow = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [version * 50 + i, version]));
        await store.commit(commitOf(version, { entries: [entries("waiting", { ...byLow, 7: version })] }));
      }
      const lows = [7, 49, 50, 99, 100, 3049, 3050];
      expect(await fieldsOf("waiting", lows)).toEqual([60, undefined, 1, 1, 2, 60, undefined]);
    });

    it("lists the entries of an index that may not have expired", async () => {
      await store.claim(TASK);
      for (let version = 1; version <= 20; version += 1) {
        const batch = entries("waiting", { [version]: version * 10 }, version * 1e6);
        await store.commit(commitOf(version, { entries: [batch, entries("others", { 99: 1 })] }));
      }
      const listed = new Map<number, number>();
      for await (const { low, fields, width, count } of store.list?.(TASK, "waiting", 10e6) ?? []) {
        for (let i = 0; i < count; i += 1) listed.set(low[i], fields[i * width]);
      }
      for (let version = 10; version <= 20; version += 1) expect(listed.get(version)).toBe(version * 10);
      expect(listed.has(99)).toBe(false);
      for await (const block of store.list?.(TASK, "unknown", 0) ?? []) expect(block).toBeUndefined();
    });
  });
}
