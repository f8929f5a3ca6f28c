import { describe, expect, it } from "vitest";
import { EarlyLabels, type EarlyLabel } from "../../src/join/early-labels.ts";

function label(low: number, given: Partial<EarlyLabel> = {}): EarlyLabel {
  return { high: 1, low, truth: 1, stream: "l", offset: 5, recordTime: 0, ...given };
}

describe("EarlyLabels", () => {
  it("keeps the first label of an id until it is taken", () => {
    const labels = new EarlyLabels();
    expect(labels.add(label(7))).toBe("waiting");
    expect(labels.add(label(7, { truth: 0 }))).toBe("known");
    expect(labels.add(label(7, { high: 2, truth: 0 }))).toBe("waiting");
    expect(labels.take(1, 7)).toEqual(label(7));
    expect(labels.take(1, 7)).toBeUndefined();
    expect(labels.count).toBe(1);
  });

  it("gives up those that are older than a time", () => {
    const labels = new EarlyLabels();
    for (const low of [1, 2, 3]) labels.add(label(low, { recordTime: low }));
    expect(labels.expire(2).map(({ low }) => low)).toEqual([1]);
    expect(labels.export().map(({ low }) => low)).toEqual([2, 3]);
  });

  it("has an end", () => {
    const labels = new EarlyLabels();
    for (let low = 0; low < 100_000; low++) labels.add(label(low));
    expect(labels.add(label(100_000))).toBe("full");
    expect(labels.add(label(5))).toBe("known");
  });
});
