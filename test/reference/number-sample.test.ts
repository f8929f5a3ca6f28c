import { describe, expect, it } from "vitest";
import { createNumberSample, gridOfSample, sampleNumbers } from "../../src/reference/number-sample.ts";
import { batchOf, numberColumn } from "../counts/number-batch.ts";

describe("a sample of numbers", () => {
  it("is all values as long as they fit, and leaves out what is unsound or no number", () => {
    const sample = createNumberSample();
    const column = numberColumn([3, 1, undefined, Number.NaN, Number.POSITIVE_INFINITY, 900]);
    const batch = batchOf([column], 6);
    batch.reason[5] = 1;
    sampleNumbers(sample, batch, column);
    expect([...sample.values.subarray(0, sample.kept)]).toEqual([3, 1, Number.POSITIVE_INFINITY]);
    const grid = gridOfSample(sample, 240);
    expect([grid.minimum, grid.maximum]).toEqual([1, 3]);
  });

  it("stays bounded and unbiased by any rhythm of the rows, and keeps the exact extremes", () => {
    const sample = createNumberSample();
    const rows = 1 << 16;
    const cells = Float64Array.from({ length: rows }, (_, row) => row % 16);
    const column = { type: "number", values: cells, validity: new Uint8Array(rows / 8).fill(255) } as const;
    const batch = batchOf([column], rows);
    for (let repeat = 0; repeat < 40; repeat += 1) sampleNumbers(sample, batch, column);
    cells[0] = -5000;
    sampleNumbers(sample, batch, column);
    expect(sample.seen).toBe(41 * rows);
    expect(sample.kept).toBeLessThanOrEqual(1 << 20);
    expect(sample.kept).toBeGreaterThan(1 << 18);
    const counts = new Float64Array(16);
    for (const value of sample.values.subarray(0, sample.kept)) counts[Math.max(0, value)] += 1;
    for (const count of counts) expect(Math.abs((16 * count) / sample.kept - 1)).toBeLessThan(0.02);
    expect(gridOfSample(sample, 240).minimum).toBe(-5000);
  });
});
