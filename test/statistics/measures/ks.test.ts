import { describe, expect, it } from "vitest";
import { ks } from "../../../src/statistics/measures/ks.ts";
import { quantile } from "../../../src/counts/quantile.ts";
import { readOracle, valueOf, valuesOf } from "../../oracles/sample.ts";
import type { Sample } from "../../oracles/sample.ts";
import { binsRef, binsSection, categoriesRef, categoriesSection, gridOf, pointGrid } from "../series.ts";

interface Case<Expected> {
  readonly id: string;
  readonly ref: Sample;
  readonly win: Sample;
  readonly groups: number;
  readonly expect: Expected;
}

const exact = readOracle<{ cases: readonly Case<{ d: number; p_kolmogorov: number | string }>[] }>(
  "ks",
).cases;
const grids = readOracle<{
  cases: readonly Case<{
    n_edges: number;
    win_counts: readonly number[];
    d_lo: number;
    d_up: number;
    d_exact: number;
  }>[];
}>("grid").cases;

describe.each(exact)("$id", ({ ref, win, expect: expected }) => {
  it("is exact where every value has a bin of its own", () => {
    const reference = valuesOf(ref);
    const window = valuesOf(win);
    const grid = pointGrid([...reference, ...window]);
    const score = ks.score(binsRef(grid, reference), binsSection(grid, window));
    expect(score.lower).toBeCloseTo(expected.d, 12);
    expect(score.upper).toBeCloseTo(expected.d, 12);
    expect(score.extras?.["pIid"]).toBeCloseTo(valueOf(expected.p_kolmogorov), 11);
  });
});

describe.each(grids)("$id", ({ ref, win, groups, expect: expected }) => {
  it("has the certified bounds", () => {
    const reference = valuesOf(ref);
    const sorted = reference.slice().sort();
    const edges = new Set(Array.from({ length: groups - 1 }, (_, k) => quantile(sorted, (k + 1) / groups)));
    const grid = gridOf(Float64Array.from(edges), new Int32Array(0));
    expect(grid.edges.length).toBe(expected.n_edges);
    const window = binsSection(grid, valuesOf(win));
    expect([...window.subarray(0, grid.edges.length + 1)]).toEqual(expected.win_counts);
    const { lower, upper, value } = ks.score(binsRef(grid, reference), window);
    expect(lower).toBeCloseTo(expected.d_lo, 12);
    expect(upper).toBeCloseTo(expected.d_up, 12);
    expect(value).toBe(lower);
    expect(lower ?? 1).toBeLessThanOrEqual(expected.d_exact + 1e-12);
    expect(upper ?? 0).toBeGreaterThanOrEqual(expected.d_exact - 1e-12);
  });
});

it("is not defined for categories", () => {
  expect(ks.score(categoriesRef([5, 5]), categoriesSection([5, 5]))).toMatchObject({ status: "undefined" });
});
