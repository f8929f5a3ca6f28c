import { describe, expect, it } from "vitest";
import { buildGrid, nextUp } from "../../src/counts/grid.ts";
import { countDirections, directionsOf } from "../../src/statistics/directions.ts";
import { likelihoodRatio, logitEase, logitRatio } from "../../src/statistics/likelihood-ratio.ts";
import { binsRef, binsSection, categoriesRef, categoriesSection, gridOf } from "./series.ts";

function counted(
  directions: ReturnType<typeof directionsOf>,
  section: Float64Array,
): { m: number; counts: number[] } {
  const into = new Float64Array(directions.size);
  const m = countDirections(directions, section, into);
  return { m, counts: [...into] };
}

describe("numbers", () => {
  const grid = gridOf(Float64Array.of(10, 15, 20, 30), Int32Array.of(0, 2, 3));
  const ref = binsRef(grid, [5, 5, 10, 12, 17, 20, 25, 30, 99, null]);

  it("are counted at or above each decile; a tie belongs above", () => {
    const directions = directionsOf(ref, "distribution");
    expect(directions.labels).toEqual(["at or above 10", "at or above 20", "at or above 30"]);
    expect(counted(directions, ref.counts)).toEqual({ m: 9, counts: [7, 4, 2] });
    const window = binsSection(grid, [10, 19, 30, Number.POSITIVE_INFINITY, Number.NaN, null, -1]);
    expect(counted(directions, window)).toEqual({ m: 5, counts: [4, 2, 2] });
  });

  it("that all lie at or above a decile are counted strictly above it, where it has a bin of its own", () => {
    const zeros = gridOf(Float64Array.of(0, nextUp(0), 3), Int32Array.of(0, 2));
    const values = [0, 0, 0, 0, 0, 0, 0, 1, 3, 5];
    const directions = directionsOf(binsRef(zeros, values), "distribution");
    expect(directions.labels).toEqual(["above 0", "at or above 3"]);
    expect(counted(directions, binsSection(zeros, [-1, 0, 1, 2, 3]))).toEqual({ m: 5, counts: [3, 1] });
  });

  it("that are rare above an atom are asked for like those below it", () => {
    const sample = [-1, ...Array.from({ length: 98 }, () => 0), 1];
    const { labels, size } = directionsOf(
      binsRef(buildGrid(Float64Array.from(sample)), sample),
      "distribution",
    );
    expect([size, labels]).toEqual([2, ["at or above 0", "above 0"]]);
  });

  it("that never change have no direction", () => {
    const constant = gridOf(Float64Array.of(7, nextUp(7)), Int32Array.of(0));
    expect(directionsOf(binsRef(constant, [7, 7, 7]), "distribution").size).toBe(0);
    expect(directionsOf(binsRef(constant, []), "distribution").size).toBe(0);
  });
});

describe("categories", () => {
  it("count one by one, ones that the reference never met as the rest", () => {
    const ref = categoriesRef([50, 30, 20], { unseen: 4 });
    const directions = directionsOf(ref, "distribution");
    expect(directions.labels).toEqual(["category c0", "category c1", "category c2", "any other category"]);
    expect(counted(directions, categoriesSection([1, 2, 3], { unseen: 5, missing: 9 }))).toEqual({
      m: 11,
      counts: [1, 2, 3, 5],
    });
  });

  it("beyond the 49th are the rest", () => {
    const ref = categoriesRef(Array.from({ length: 60 }, (_, code) => 100 - code));
    const directions = directionsOf(ref, "distribution");
    expect(directions.size).toBe(50);
    const { counts } = counted(directions, ref.counts);
    expect(counts[48]).toBe(52);
    expect(counts[49]).toBe(51 + 50 + 49 + 48 + 47 + 46 + 45 + 44 + 43 + 42 + 41);
  });

  it("that are two ask one question; absent ones ask none", () => {
    expect(directionsOf(categoriesRef([50, 30]), "distribution").labels).toEqual(["category c0"]);
    expect(directionsOf(categoriesRef([50, 0, 30, 0]), "distribution").labels).toEqual(["category c0"]);
    expect(directionsOf(categoriesRef([50]), "distribution").size).toBe(0);
    expect(directionsOf(categoriesRef([]), "distribution").size).toBe(0);
  });
});

describe("missing and novel", () => {
  it("ask one question each", () => {
    const ref = categoriesRef([5, 5]);
    const section = categoriesSection([5, 3], { unseen: 2, missing: 10 });
    expect(counted(directionsOf(ref, "missing"), section)).toEqual({ m: 20, counts: [10] });
    expect(counted(directionsOf(ref, "novel"), section)).toEqual({ m: 10, counts: [2] });
    const grid = { ...gridOf(Float64Array.of(1), Int32Array.of(0)), low: 0, high: 2 };
    const numbers = binsRef(grid, [0, 1, 2]);
    const window = binsSection(grid, [-1, 1, 3, null, Number.NaN]);
    expect(counted(directionsOf(numbers, "missing"), window)).toEqual({ m: 5, counts: [2] });
    expect(counted(directionsOf(numbers, "novel"), window)).toEqual({ m: 3, counts: [2] });
  });
});

describe("the two statistics", () => {
  it("are 0 for equal shares and finite at the ends", () => {
    expect(likelihoodRatio(30, 100, 3, 10)).toBeCloseTo(0, 12);
    expect(likelihoodRatio(10, 100, 20, 100)).toBeCloseTo(3.986_556, 5);
    expect(likelihoodRatio(0, 100, 0, 50)).toBe(0);
    expect(likelihoodRatio(0, 100, 50, 50)).toBeGreaterThan(100);
    expect(logitRatio(10, 100, 0, 50)).toBeGreaterThan(0);
    expect(logitRatio(0, 100, 50, 50)).toBe(0);
  });

  it("agree near the null", () => {
    expect(likelihoodRatio(50_000, 100_000, 5_050, 10_000)).toBeCloseTo(
      logitRatio(50_000, 100_000, 5_050, 10_000),
      3,
    );
  });

  it("ease the sampling error only towards one half", () => {
    expect(logitEase(10, 100, 0, 50)).toBe(1);
    expect(logitEase(10, 100, 5, 50)).toBeCloseTo(0.967, 3);
    expect(logitEase(1, 10_000, 50, 100)).toBeCloseTo(0.02, 3);
    expect(logitEase(9_999, 10_000, 50, 100)).toBeCloseTo(0.02, 3);
  });
});
