import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mostBytes, readFields, writeFields } from "../../src/state/redis-entry.ts";
import { planGeneration, type Generation } from "../../src/state/redis-generations.ts";
import { planEntries } from "../../src/state/redis-indexes.ts";
import { entries } from "./commits.ts";

const DAY = 86_400_000;
const NOW = 1_800_000_000_000;

/** What comes of commits, one after the other. */
function planAll(
  commits: readonly { readonly count: number; readonly expires: number; readonly now?: number }[],
  most = 5_000_000,
): { generations: Generation[]; dropped: number } {
  let generations: Generation[] = [];
  let next = 0;
  let dropped = 0;
  for (const { count, expires, now = NOW } of commits) {
    const plan = planGeneration(generations, { index: "x", width: 1, count, expires }, { next, now, most });
    if (plan.isNew) next += 1;
    dropped += plan.dropped.reduce((sum, generation) => sum + generation.count, 0);
    generations = generations.filter((one) => !plan.dropped.includes(one) && one.number !== plan.into.number);
    generations.push({ ...plan.into, count: plan.into.count + count });
  }
  return { generations, dropped };
}

describe("generations", () => {
  test("grow, so that many entries need few, and no hash is filled beyond what is packed", () => {
    const { generations } = planAll(
      Array.from({ length: 1000 }, (_, i) => ({ count: 1000, expires: NOW + DAY + i })),
    );
    expect(generations.map(({ bits }) => bits)).toEqual([6, 9, 12, 13]);
    for (const { bits, count } of generations) expect(count).toBeLessThanOrEqual(96 * 2 ** bits);
  });

  test("take a commit of any size whole", () => {
    const { generations } = planAll([{ count: 65_536, expires: NOW + DAY }]);
    expect(generations).toMatchObject([{ bits: 10, count: 65_536 }]);
  });

  test("are closed after a quarter of the time to live", () => {
    const hours = Array.from({ length: 10 * 24 }, (_, hour) => ({
      count: 10,
      now: NOW + (hour * DAY) / 24,
      expires: NOW + (hour * DAY) / 24 + 10 * DAY,
    }));
    const { generations } = planAll(hours);
    for (const { earliest, latest } of generations) expect(latest - earliest).toBeLessThanOrEqual(2.5 * DAY);
    expect(generations.length).toBeLessThanOrEqual(5);
  });

  test("of old records, whose time to live nobody knows, part by what has been seen", () => {
    const { generations } = planAll([1000, 2000, 3000].map((expires) => ({ count: 1, expires })));
    expect(generations.map(({ latest }) => latest)).toEqual([1000, 2000, 3000]);
    const minutes = Array.from({ length: 10_000 }, (_, i) => ({ count: 1, expires: i * 60_000 }));
    expect(planAll(minutes).generations.length).toBeLessThan(40);
  });

  test("are given up, the oldest first, where there are too many entries", () => {
    const commits = Array.from({ length: 200 }, (_, i) => ({ count: 1000, expires: NOW + DAY + i }));
    const { generations, dropped } = planAll(commits, 100_000);
    const held = generations.reduce((sum, { count }) => sum + count, 0);
    expect(held).toBeLessThanOrEqual(100_000);
    expect(held).toBeGreaterThan(75_000);
    expect(held + dropped).toBe(200_000);
  });

  test("of several indexes have numbers of their own, and batches of one index stand together", () => {
    const batches = [
      entries("a", { 1: 1 }),
      entries("b", { 1: 1 }),
      entries("a", { 2: 2 }),
      entries("c", {}),
    ];
    const indexes = { stamp: "", next: 7, generations: [], dropped: [], filters: new Map() };
    const plan = planEntries(indexes, batches, { now: NOW, most: 1000 });
    expect(plan.placed.map(({ into }) => [into.index, into.number, into.count])).toEqual([
      ["a", 7, 0],
      ["b", 8, 0],
      ["a", 7, 1],
    ]);
    expect(plan).toMatchObject({ next: 9, isChange: true, dropped: [] });
  });
});

describe("an entry's fields", () => {
  const field = fc.oneof(
    fc.double(),
    fc.float(),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
    fc.integer({ min: -300, max: 70_000 }),
    fc.maxSafeInteger(),
    fc.constantFrom(
      0,
      -0,
      Number.NaN,
      255,
      256,
      65_535,
      65_536,
      2 ** 48 - 1,
      2 ** 48,
      2 ** 53,
      NOW,
      Infinity,
    ),
  );

  test("come back as they were", () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 40 }), (values) => {
        const width = values.length;
        const bytes = new Uint8Array(mostBytes(width) + 3).fill(255);
        const view = new DataView(bytes.buffer);
        const end = writeFields(
          { bytes, view, offset: 3 },
          { fields: Float64Array.from(values), at: 0, width },
        );
        const read = new Float64Array(width);
        expect(readFields({ bytes, view, offset: 3 }, { fields: read, at: 0, width })).toBe(end);
        expect([...read]).toEqual(values);
      }),
    );
  });

  test("of a prediction take 20 bytes", () => {
    const fields = Float64Array.of(0.7312, 1, NOW, 3, Number.NaN, 17);
    const bytes = new Uint8Array(mostBytes(6));
    const view = new DataView(bytes.buffer);
    expect(writeFields({ bytes, view, offset: 0 }, { fields, at: 0, width: 6 })).toBe(3 + 8 + 1 + 6 + 1 + 1);
  });
});
