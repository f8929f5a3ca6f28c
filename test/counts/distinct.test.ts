import { describe, expect, it } from "vitest";
import { cellOfNumber } from "../../src/counts/distinct.ts";
import { DISTINCT } from "../../src/event/distinct-cell.ts";
import { countDistinct } from "../../src/statistics/distinct-count.ts";

describe("cells of numbers", () => {
  it.each([
    ["whole numbers", (i: number) => i],
    ["large ones, one after the other", (i: number) => 2 ** 52 + i],
    ["powers of two", (i: number) => 2 ** (i % 1_000) * (1 + Math.floor(i / 1_000))],
    ["fractions", (i: number) => i / 1_000],
    ["negative ones", (i: number) => -i * 1e300],
  ])("tell how many %s there are", (_, valueAt) => {
    for (const size of [10, 1_000, 50_000]) {
      const cells = new Float64Array(DISTINCT.cells);
      const values = new Set(Array.from({ length: size }, (_unused, i) => valueAt(i) + 0));
      for (const value of values) cells[cellOfNumber(value)] += 1;
      const { value } = countDistinct(cells, 0);
      expect(Math.abs(value / values.size - 1)).toBeLessThan(0.1);
    }
  });

  it("do not tell 0 from -0", () => {
    expect(cellOfNumber(-0)).toBe(cellOfNumber(0));
  });
});
