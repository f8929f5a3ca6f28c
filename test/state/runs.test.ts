import { array, assert, constant, integer, nat, oneof, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import type { IdList, IndexEntries } from "../../src/join/entries.ts";
import { addToBloom, createBloom, mayHold } from "../../src/state/bloom.ts";
import { orderIds } from "../../src/state/id-order.ts";
import { createMemoryBlocks } from "../../src/state/memory-blocks.ts";
import type { MemoryBlocks } from "../../src/state/memory-blocks.ts";
import { appendEntries, expireRuns } from "../../src/state/run-index.ts";
import { findEntries } from "../../src/state/run-search.ts";
import { BLOCK_ENTRIES } from "../../src/state/run.ts";
import type { Run } from "../../src/state/run.ts";

interface Entry {
  readonly high: number;
  readonly low: number;
  readonly value: number;
}

function entriesOf(list: readonly Entry[], expires = 1e15): IndexEntries {
  return {
    index: "waiting",
    high: Uint32Array.from(list, (entry) => entry.high),
    low: Uint32Array.from(list, (entry) => entry.low),
    count: list.length,
    fields: Float64Array.from(list.flatMap((entry) => [entry.value, -entry.value])),
    width: 2,
    expires,
  };
}

interface Index {
  runs: readonly Run[];
  readonly blocks: MemoryBlocks;
}

function append(index: Index, entries: IndexEntries): void {
  for (const change of appendEntries([entries], () => index).values()) {
    index.runs = change.runs;
    for (const run of change.removed) index.blocks.drop(run.sequence);
  }
}

/** A pseudo-random 64-bit id for every n; different n give different ids. */
function hashedId(n: number): { high: number; low: number } {
  return { high: Math.imul(n + 1, 0x9e3779b1) >>> 0, low: Math.imul(n + 7, 0x85ebca6b) >>> 0 };
}

// Few high halves, so that ids collide in one half, in both, and in none.
const half = oneof(integer({ min: 0, max: 3 }), nat(0xffffffff), constant(0xffffffff));
const entry = record({ high: half, low: half, value: integer() });

describe("sorted runs", () => {
  it("find what a map finds, whatever was committed in whatever portions", () => {
    assert(
      property(array(array(entry, { maxLength: 40 }), { maxLength: 30 }), array(entry), (commits, others) => {
        const index: Index = { runs: [], blocks: createMemoryBlocks() };
        const map = new Map<string, number>();
        for (const list of commits) {
          append(index, entriesOf(list));
          for (const { high, low, value } of list) map.set(`${high} ${low}`, value);
        }
        const asked = [...commits.flat(), ...others];
        const found = findEntries(index.runs, entriesOf(asked), index.blocks);
        const answers = asked.map((_, i) => [found.found[i], found.fields[2 * i], found.fields[2 * i + 1]]);
        const expected = asked.map(({ high, low }) => {
          const value = map.get(`${high} ${low}`);
          return value === undefined ? [0, 0, 0] : [1, value, -value || 0];
        });
        expect(answers.map((answer) => answer.map((field) => field || 0))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("find every entry of runs of many blocks, and nothing else", () => {
    const index: Index = { runs: [], blocks: createMemoryBlocks() };
    const sizes = [
      BLOCK_ENTRIES - 1,
      BLOCK_ENTRIES,
      BLOCK_ENTRIES + 1,
      3 * BLOCK_ENTRIES,
      1,
      1,
      1,
      1,
      5000,
      2,
      7000,
    ];
    let n = 0;
    for (const size of sizes)
      append(index, entriesOf(Array.from({ length: size }, () => ({ ...hashedId(n), value: n++ }))));
    expect(index.runs.length).toBeLessThan(sizes.length);
    const asked = Array.from({ length: 2 * n }, (_, i) => ({ ...hashedId(i), value: 0 }));
    const { found, fields } = findEntries(index.runs, entriesOf(asked), index.blocks);
    for (let i = 0; i < 2 * n; i += 1) {
      if (found[i] !== (i < n ? 1 : 0) || fields[2 * i] !== (i < n ? i : 0))
        throw new Error(`wrong answer for ${i}`);
    }
  });

  it("stay few: about log2(entries / entries a commit) + 8", () => {
    const index: Index = { runs: [], blocks: createMemoryBlocks() };
    const random = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
    for (let commit = 0; commit < 1000; commit += 1) {
      const size = random[commit % 10] ?? 1;
      append(
        index,
        entriesOf(Array.from({ length: size }, (_, i) => ({ ...hashedId(10 * commit + i), value: 0 }))),
      );
      expect(index.runs.length).toBeLessThanOrEqual(Math.log2(commit + 1) + 9);
    }
  });

  it("leave together only with runs that expire at about the same time", () => {
    const index: Index = { runs: [], blocks: createMemoryBlocks() };
    const day = 86_400_000;
    for (let hour = 0; hour < 240; hour += 1) {
      append(index, entriesOf([{ ...hashedId(hour), value: hour }], day + (hour * day) / 24));
    }
    const { runs, removed } = expireRuns(index.runs, 6 * day);
    expect(removed.length).toBeGreaterThan(0);
    const asked = entriesOf(Array.from({ length: 240 }, (_, hour) => ({ ...hashedId(hour), value: 0 })));
    const { found } = findEntries(runs, asked, index.blocks);
    // None goes early; the expiries span ten days, and none stays longer than a quarter of that.
    expect([...found.subarray(120)].every((there) => there === 1)).toBe(true);
    expect([...found.subarray(0, 60)].every((there) => there === 0)).toBe(true);
  });

  it("keep nothing in memory of the runs that were merged", () => {
    const index: Index = { runs: [], blocks: createMemoryBlocks() };
    for (let n = 0; n < 512; n += 1) append(index, entriesOf([{ ...hashedId(n), value: n }]));
    expect(index.blocks.size()).toBe(512 * 24);
  });
});

describe("orderIds", () => {
  it("sorts by both halves and leaves equal ids as they came", () => {
    const low = oneof(integer({ min: 0, max: 2 }), nat(0xffffffff));
    assert(
      property(array(record({ high: low, low }), { maxLength: 200 }), (list) => {
        const ids: IdList = entriesOf(list.map((id) => ({ ...id, value: 0 })));
        const expected = list
          .map((id, position) => ({ ...id, position }))
          .sort((a, b) => a.high - b.high || a.low - b.low || a.position - b.position);
        expect([...orderIds(ids)]).toEqual(expected.map(({ position }) => position));
      }),
    );
  });

  it("stays quick where ids are not hashes at all", () => {
    const count = 50_000;
    const ids = {
      high: new Uint32Array(count),
      low: Uint32Array.from({ length: count }, (_, i) => count - i),
      count,
    };
    expect(orderIds(ids)[0]).toBe(count - 1);
  });
});

describe("bloom filter", () => {
  it("never denies what was added, and seldom grants what was not", () => {
    const count = 20_000;
    const bloom = createBloom(count);
    for (let n = 0; n < count; n += 1) addToBloom(bloom, hashedId(n).high, hashedId(n).low);
    let granted = 0;
    for (let n = 0; n < 2 * count; n += 1) {
      const may = mayHold(bloom, hashedId(n).high, hashedId(n).low);
      if (n < count && !may) throw new Error(`${n} is denied`);
      if (n >= count && may) granted += 1;
    }
    expect(granted / count).toBeLessThan(0.03);
  });
});
