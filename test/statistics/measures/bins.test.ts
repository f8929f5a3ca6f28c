import { describe, expect, it } from "vitest";
import { buildGrid } from "../../../src/counts/grid.ts";
import { cvm } from "../../../src/statistics/measures/cvm.ts";
import { medianShift } from "../../../src/statistics/measures/median-shift.ts";
import { readOracle, valuesOf } from "../../oracles/sample.ts";
import type { Sample } from "../../oracles/sample.ts";
import { binsRef, binsSection, categoriesRef, categoriesSection, pointGrid } from "../series.ts";

interface Case {
  readonly id: string;
  readonly ref: Sample;
  readonly win: Sample;
  readonly expect: { readonly cvm: number | null; readonly iqr_ref: number };
}

const { cases } = readOracle<{ cases: readonly Case[] }>("numeric");
const samples = cases.map((one) => ({
  ...one,
  reference: valuesOf(one.ref),
  window: valuesOf(one.win),
}));

function close(x: number): number {
  return Math.max(1e-12, 1e-9 * Math.abs(x));
}

/** N M / (N + M)^2 times the sum of (F - G)^2 over all values, by sorting. */
function sortedStatistic(reference: Float64Array, window: Float64Array): number {
  const [x, y] = [reference.slice().sort(), window.slice().sort()];
  const atOrBelow = (sorted: Float64Array, value: number): number =>
    sorted.findLastIndex((one) => one <= value) + 1;
  let sum = 0;
  for (const value of [...x, ...y]) {
    sum += (atOrBelow(x, value) / x.length - atOrBelow(y, value) / y.length) ** 2;
  }
  const all = x.length + y.length;
  return ((x.length * y.length) / all / all) * sum;
}

describe.each(samples)("$id", ({ reference, window, expect: expected }) => {
  const exact = sortedStatistic(reference, window);
  const isTied = new Set([...reference, ...window]).size < reference.length + window.length;

  it("cvm is exact where every value has a bin of its own, and scipy's where no two are equal", () => {
    const grid = pointGrid([...reference, ...window]);
    const { value, lower, upper } = cvm.score(binsRef(grid, reference), binsSection(grid, window));
    for (const one of [value, lower, upper]) {
      expect(Math.abs((one ?? Number.NaN) - exact)).toBeLessThanOrEqual(close(exact));
    }
    const known = isTied ? null : expected.cvm;
    expect(Math.abs((value ?? Number.NaN) - (known ?? exact))).toBeLessThanOrEqual(1e-9);
  });

  it.each([10, 60, 240])("cvm holds the exact statistic between its bounds on %i bins", (bins) => {
    const grid = buildGrid(reference.slice(), bins);
    const { value, lower, upper } = cvm.score(binsRef(grid, reference), binsSection(grid, window));
    expect(lower).toBeLessThanOrEqual(exact + close(exact));
    expect(upper).toBeGreaterThanOrEqual(exact - close(exact));
    expect(value).toBeGreaterThanOrEqual(lower ?? 1);
    expect(value).toBeLessThanOrEqual(upper ?? 0);
  });

  it("median-shift finds the bins of the middle values", () => {
    const grid = buildGrid(reference.slice());
    const { status, extras } = medianShift.score(binsRef(grid, reference), binsSection(grid, window));
    const sorted = window.slice().sort();
    const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
    const isFlat = status === "undefined";
    const found = extras?.["median"] ?? (isFlat ? low : Number.NaN);
    const edges = [Number.NEGATIVE_INFINITY, ...grid.edges, Number.POSITIVE_INFINITY];
    expect(found).toBeGreaterThanOrEqual(edges[edges.findLastIndex((edge) => edge <= low)]);
    expect(found).toBeLessThanOrEqual(edges[edges.findLastIndex((edge) => edge <= high) + 1]);
    expect(isFlat && expected.iqr_ref > 1).toBe(false);
  });
});

describe("cvm", () => {
  it("is the root mean square of F - G in its effect, whatever the sizes", () => {
    const grid = pointGrid([1, 2]);
    const ref = binsRef(grid, [1, 1, 1, 2]);
    const score = cvm.score(ref, binsSection(grid, [1, 2, 2, 2]));
    // F - G is 1/2 at the four values 1, and 0 at the four values 2.
    expect(score.effect).toBeCloseTo(Math.sqrt(1 / 8), 12);
    expect(score.value).toBeCloseTo((4 * 4) / 8 / 8, 12);
  });

  it("is 0 for equal shares of unequal samples, where midranks are not", () => {
    const grid = pointGrid([5]);
    const score = cvm.score(binsRef(grid, Array(20).fill(5)), binsSection(grid, Array(30).fill(5)));
    expect(score).toMatchObject({ value: 0, lower: 0, upper: 0 });
  });

  it("is not defined for categories", () => {
    expect(cvm.score(categoriesRef([5, 5]), categoriesSection([5, 5])).status).toBe("undefined");
  });
});

describe("median-shift", () => {
  const even = Float64Array.from({ length: 10_000 }, (_, i) => i);
  const grid = buildGrid(even.slice());
  const ref = binsRef(grid, even);
  const shifted = (by: number): ReturnType<typeof medianShift.score> =>
    medianShift.score(
      ref,
      binsSection(
        grid,
        even.map((x) => x + by),
      ),
    );

  it("counts interquartile ranges, up and down alike", () => {
    expect(shifted(500).value).toBeCloseTo(0.1, 3);
    expect(shifted(-500).value).toBeCloseTo(0.1, 3);
    expect(shifted(-500).extras?.["median"]).toBeCloseTo(4_500, 0);
    expect(shifted(0).value).toBe(0);
  });

  it("does not follow beyond what the reference knew", () => {
    expect(shifted(1e9).extras?.["median"]).toBeLessThanOrEqual(9_999);
    expect(shifted(1e9).value).toBeGreaterThan(0.9);
  });

  it("has no unit where half of the reference is one value", () => {
    const zeros = Float64Array.from({ length: 1_000 }, (_, i) => (i < 900 ? 0 : i));
    const atom = buildGrid(zeros.slice());
    const score = medianShift.score(binsRef(atom, zeros), binsSection(atom, Array(200).fill(5)));
    expect(score).toMatchObject({ status: "undefined", n: 200 });
  });

  it("reads an atom as its value", () => {
    const few = Float64Array.from({ length: 1_000 }, (_, i) => i % 5);
    const points = buildGrid(few.slice());
    const score = medianShift.score(binsRef(points, few), binsSection(points, Array(200).fill(4)));
    expect(score).toMatchObject({ value: 1, extras: { median: 4, reference: 2 } });
  });
});
