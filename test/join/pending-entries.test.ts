import { describe, expect, it } from "vitest";
import { PendingEntries } from "../../src/join/pending-entries.ts";

describe("PendingEntries", () => {
  it("finds what it was given, also where many ids share their low bits", () => {
    const entries = new PendingEntries(2);
    const ids = Array.from({ length: 5000 }, (_, i) => [i % 3, (i * 4096) >>> 0] as const);
    for (const [i, [high, low]] of ids.entries()) {
      expect(entries.find(high, low)).toBe(-1);
      const entry = entries.put(high, low);
      entries.set(entry, 1, i);
    }
    expect(entries.count).toBe(5000);
    for (const [i, [high, low]] of ids.entries()) {
      const entry = entries.find(high, low);
      expect([entries.field(entry, 0), entries.field(entry, 1)]).toEqual([0, i]);
      expect(entries.put(high, low)).toBe(entry);
    }
    expect(entries.find(9, 0)).toBe(-1);
  });

  it("exports copies, and is empty once cleared", () => {
    const entries = new PendingEntries(1);
    entries.set(entries.put(1, 2), 0, 42);
    const exported = entries.export("index", 99);
    entries.clear();
    expect(entries.find(1, 2)).toBe(-1);
    expect(entries.field(entries.put(1, 2), 0)).toBe(0);
    expect(exported).toMatchObject({ index: "index", expires: 99, count: 1, width: 1 });
    expect([exported.high[0], exported.low[0], exported.fields[0]]).toEqual([1, 2, 42]);
  });
});
