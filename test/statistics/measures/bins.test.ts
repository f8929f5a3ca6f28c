import { describe, expect, it } from "vitest";
import { buildGrid } from "../../../src/counts/grid.ts";
import { cvm } from "../../../src/statistics/measures/cvm.ts";
import { median } from "../../../src/statistics/measures/median.ts";
import { readOracle, valuesOf } from "../../oracles/sample.ts";
import type { Sample } from "../../oracles/sample.ts";
import { binsRef, binsSection, categoriesRef, categoriesSection, pointGrid } from "../series.ts";

interface Case {
  readonly id: string;
  readonly ref: Sample;
  readonly win: Sample;
  readonly expect: { readonly cvm: number | null };
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

  it("median finds the bins of the middle values", () => {
    const grid = buildGrid(reference.slice());
    const { value } = median.score(binsRef(grid, reference), binsSection(grid, window));
    const sorted = window.slice().sort();
    const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
    const edges = [Number.NEGATIVE_INFINITY, ...grid.edges, Number.POSITIVE_INFINITY];
    expect(value).toBeGreaterThanOrEqual(edges[edges.findLastIndex((edge) => edge <= low)]);
    expect(value).toBeLessThanOrEqual(edges[edges.findLastIndex((edge) => edge <= high) + 1]);
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

describe("median", () => {
  const even = Float64Array.from({ length: 10_000 }, (_, i) => i);
  const grid = buildGrid(even.slice());
  const ref = binsRef(grid, even);
  const shifted = (by: number): ReturnType<typeof median.score> =>
    median.score(
      ref,
      binsSection(
        grid,
        even.map((x) => x + by),
      ),
    );

  it("counts interquartile ranges, up and down alike", () => {
    expect(shifted(500).effect).toBeCloseTo(0.1, 3);
    expect(shifted(-500).effect).toBeCloseTo(0.1, 3);
    expect(shifted(-500).value).toBeCloseTo(4_500, 0);
    expect(shifted(0).effect).toBe(0);
  });

  it("does not follow beyond what the reference knew", () => {
    expect(shifted(1e9).value).toBeLessThanOrEqual(9_999);
    expect(shifted(1e9).effect).toBeGreaterThan(0.9);
  });

  it.each([
    { atom: 20, effect: 19 },
    { atom: 0, effect: 400 },
  ])(
    "counts multiples of $atom where both quartiles are it, of 0 the distance itself",
    ({ atom, effect }) => {
      const flat = Float64Array.from({ length: 1_000 }, (_, i) => (i < 900 ? atom : i));
      const spiked = pointGrid([...flat, 400]);
      const score = median.score(binsRef(spiked, flat), binsSection(spiked, Array(200).fill(400)));
      expect(score).toMatchObject({ status: "ok", value: 400, effect, n: 200 });
    },
  );

  it("reads an atom as its value", () => {
    const few = Float64Array.from({ length: 1_000 }, (_, i) => i % 5);
    const points = buildGrid(few.slice());
    const score = median.score(binsRef(points, few), binsSection(points, Array(200).fill(4)));
    expect(score).toMatchObject({ value: 4, effect: 1, extras: { reference: 2 } });
  });
});
