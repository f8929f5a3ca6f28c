import { describe, expect, it } from "vitest";
import { IdTable } from "../../src/join/id-table.ts";

/** Ids that share their low halves as often as halves of real hashes never do. */
function idOf(i: number): [number, number] {
  return [Math.imul(i, 2_654_435_761) >>> 0, Math.imul(i % 50_000, 40_503) >>> 0];
}

describe("IdTable", () => {
  it("numbers ids as they come, and finds each by both halves", () => {
    const table = new IdTable(1);
    expect(table.find(1, 2)).toBe(-1);
    expect(table.add(1, 2)).toBe(0);
    expect(table.add(2, 2)).toBe(1);
    expect(table.add(1, 3)).toBe(2);
    expect([table.find(1, 2), table.find(2, 2), table.find(1, 3), table.find(3, 1)]).toEqual([0, 1, 2, -1]);
  });

  it("keeps what it holds while it grows over many pieces", () => {
    const table = new IdTable(2);
    const count = 150_000;
    for (let i = 0; i < count; i += 1) {
      const entry = table.add(...idOf(i));
      table.set(entry, 1, i / 2);
    }
    expect(table.count).toBe(count);
    const wrong = [];
    for (let i = 0; i < count; i += 1) {
      const entry = table.find(...idOf(i));
      if (entry !== i || table.field(entry, 1) !== i / 2 || !Number.isNaN(table.field(entry, 0)))
        wrong.push(i);
    }
    expect(wrong).toEqual([]);
    expect(table.find(...idOf(count))).toBe(-1);
  });

  it("takes the id of zeros for one like any other", () => {
    const table = new IdTable(1);
    expect(table.find(0, 0)).toBe(-1);
    table.add(0, 0);
    expect(table.find(0, 0)).toBe(0);
  });
});
