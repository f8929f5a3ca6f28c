import { describe, expect, it } from "vitest";
import { EarlyLabels, type EarlyLabel } from "../../src/join/early-labels.ts";

function label(low: number, given: Partial<EarlyLabel> = {}): EarlyLabel {
  return { high: 1, low, truth: 1, stream: "l", offset: 5, recordTime: 0, ...given };
}

describe("EarlyLabels", () => {
  it("keeps the labels of an id that say something new until they are taken", () => {
    const labels = new EarlyLabels();
    expect(labels.add(label(7))).toBe("waiting");
    expect(labels.add(label(7))).toBe("known");
    expect(labels.add(label(7, { truth: 0 }))).toBe("waiting");
    expect(labels.add(label(7, { truth: 0 }))).toBe("known");
    expect(labels.add(label(7))).toBe("waiting");
    expect(labels.add(label(7, { high: 2, truth: 0 }))).toBe("waiting");
    expect(labels.count).toBe(4);
    expect(labels.take(1, 7).map(({ truth }) => truth)).toEqual([1, 0, 1]);
    expect(labels.take(1, 7)).toEqual([]);
    expect(labels.count).toBe(1);
  });

  it("is the same once it was written and read", () => {
    const labels = new EarlyLabels();
    const given = [label(7), label(8), label(7, { truth: 0 }), label(8, { truth: 0 }), label(7)];
    for (const one of given) labels.add(one);
    const read = new EarlyLabels();
    for (const one of labels.export()) read.add(one);
    expect(read.export()).toEqual(labels.export());
    expect(read.count).toBe(5);
    expect(read.take(1, 7)).toEqual([given[0], given[2], given[4]]);
  });

  it("gives up the older ones of an id alone", () => {
    const labels = new EarlyLabels();
    labels.add(label(7, { recordTime: 1 }));
    labels.add(label(7, { recordTime: 3, truth: 0 }));
    expect(labels.expire(2).map(({ truth }) => truth)).toEqual([1]);
    expect(labels.count).toBe(1);
    expect(labels.expire(4).map(({ truth }) => truth)).toEqual([0]);
    expect(labels.count).toBe(0);
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
