import { describe, expect, it } from "vitest";
import { buildGrid } from "../../../src/counts/grid.ts";
import type { Score } from "../../../src/statistics/score.ts";
import { ks } from "../../../src/statistics/measures/ks.ts";
import { mean } from "../../../src/statistics/measures/mean.ts";
import { median } from "../../../src/statistics/measures/median.ts";
import { sd } from "../../../src/statistics/measures/sd.ts";
import { wasserstein } from "../../../src/statistics/measures/wasserstein.ts";
import { quantile } from "../../../src/counts/quantile.ts";
import { quartilesOf } from "../../../src/statistics/quantiles.ts";
import { readOracle, valuesOf } from "../../oracles/sample.ts";
import type { Sample } from "../../oracles/sample.ts";
import { exactDistance, exactKs, exactMoments } from "../exact.ts";
import { binsRef, categoriesRef, categoriesSection, pointGrid, sumsRef, sumsSection } from "../series.ts";

interface Case {
  readonly id: string;
  readonly ref: Sample;
  readonly win: Sample;
  readonly expect: {
    readonly w1: number;
    readonly std_ref: number;
    readonly iqr_ref: number;
    readonly mean_ref: number;
    readonly mean_win: number;
  };
}

const { cases } = readOracle<{ cases: readonly Case[] }>("numeric");
const samples = cases.map((one) => ({
  ...one,
  reference: valuesOf(one.ref),
  window: valuesOf(one.win),
}));

/** Of the size of the numbers at hand, since sums of doubles round. */
function close(x: number, size = Math.abs(x)): number {
  return Math.max(1e-300, 1e-9 * Math.abs(x), 1e-13 * size);
}

function holds({ lower, upper }: Score, exact: number, size: number): boolean {
  const slack = close(exact, size);
  return (lower ?? -Infinity) <= exact + slack && (upper ?? Infinity) >= exact - slack;
}

describe.each(samples)("$id", ({ reference, window, expect: expected }) => {
  const size = [...reference, ...window].reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const exact = {
    distance: exactDistance(reference, window),
    ks: exactKs(reference, window),
    median: quantile(window.slice().sort(), 0.5),
    ...exactMoments(window),
  };

  it("is scipy's where every value has a bin of its own", () => {
    const grid = pointGrid([...reference, ...window]);
    const ref = sumsRef(grid, reference);
    const section = sumsSection(grid, window);
    const near = (found: number | undefined, exact: number): void =>
      expect(Math.abs((found ?? Number.NaN) - exact)).toBeLessThanOrEqual(close(exact, size));
    near(wasserstein.score(ref, section).value, expected.w1);
    near(mean.score(ref, section).value, expected.mean_win);
    near(mean.score(ref, section).extras?.["reference"], expected.mean_ref);
    near(sd.score(ref, section).extras?.["reference"], expected.std_ref);
    near(2 * quartilesOf(ref).halfRange, expected.iqr_ref);
    near(median.score(ref, section).value, exact.median);
  });

  it.each([10, 60, 240])("holds the exact numbers between its bounds on %i bins", (bins) => {
    const grid = buildGrid(reference.slice(), bins);
    const ref = sumsRef(grid, reference);
    const section = sumsSection(grid, window);
    const found = wasserstein.score(ref, section);
    expect(holds(found, exact.distance, size)).toBe(true);
    expect(holds(mean.score(ref, section), exact.mean, size)).toBe(true);
    expect(holds(sd.score(ref, section), exact.sd, size)).toBe(true);
    expect(holds(median.score(ref, section), exact.median, size)).toBe(true);
    expect(holds(ks.score(ref, section), exact.ks, 1)).toBe(true);
    expect(found.value).toBeGreaterThanOrEqual(found.lower ?? 0);
    expect(found.value).toBeLessThanOrEqual(found.upper ?? Number.POSITIVE_INFINITY);
  });
});

const even = Float64Array.from({ length: 10_000 }, (_, i) => i);
const grid = buildGrid(even.slice());
const ref = sumsRef(grid, even);
const shifted = (by: number): Float64Array =>
  sumsSection(
    grid,
    even.map((x) => x + by),
  );

describe("wasserstein", () => {
  it.each([-3e9, -20_000, -500, 0, 0.25, 500, 20_000, 3e9])("is %d for a shift by as much", (by) => {
    const { value, lower, upper, effect, extras } = wasserstein.score(ref, shifted(by));
    const shift = Math.abs(by);
    expect(lower).toBeLessThanOrEqual(shift);
    expect(upper).toBeGreaterThanOrEqual(shift);
    // Steps are half a thousandth of the distance far out, and far less near by.
    expect(Math.abs((value ?? 0) - shift)).toBeLessThanOrEqual(shift / 1_000 + 1e-3);
    const deviation = Math.sqrt((1e8 - 1) / 12);
    const unit = value === undefined || value === 0 ? 1 : value;
    expect(((effect ?? 0) * deviation) / unit).toBeCloseTo(by === 0 ? 0 : 1, 5);
    expect(((extras?.["perIqr"] ?? 0) * 4_999.5) / unit).toBeCloseTo(by === 0 ? 0 : 1, 3);
    expect(extras?.["clipped"]).toBe(0);
  });

  it("counts what is too far out where the last level ends, and leaves the bound open", () => {
    const score = wasserstein.score(ref, sumsSection(grid, [...even, 1e300]));
    expect(score.extras?.["clipped"]).toBe(1);
    expect(score.value).toBeCloseTo((2 ** 25 * 16_384 + grid.edges[grid.edges.length - 1]) / 10_001, -6);
    expect(score).not.toHaveProperty("upper");
    expect(score.lower).toBeLessThan(1e296);
  });

  it("leaves infinite values out", () => {
    const odd = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, null];
    const score = wasserstein.score(ref, sumsSection(grid, [...even, ...odd]));
    expect(score).toMatchObject({ status: "ok", value: 0, n: even.length });
    const nothing = wasserstein.score(ref, sumsSection(grid, odd));
    expect(nothing).toMatchObject({ status: "no-data", reason: "no finite values" });
  });

  it("is measured in the value of a constant reference", () => {
    const constant = Array.from({ length: 200 }, () => 8);
    const single = buildGrid(Float64Array.from(constant));
    const score = wasserstein.score(
      sumsRef(single, constant),
      sumsSection(
        single,
        constant.map(() => 10),
      ),
    );
    expect(score).toMatchObject({ status: "ok", value: 2, effect: 0.25 });
    expect(score.extras).not.toHaveProperty("perIqr");
  });

  it("says why it has no value", () => {
    expect(wasserstein.score(undefined, shifted(0)).status).toBe("no-reference");
    expect(wasserstein.score(binsRef(grid, even), shifted(0)).reason).toBe("the reference has no sums");
    expect(wasserstein.score(categoriesRef([5, 5]), categoriesSection([5, 5])).status).toBe("undefined");
    const wide = buildGrid(Float64Array.of(-1e308, 0, 1e308));
    const score = wasserstein.score(sumsRef(wide, [-1e308, 0, 1e308]), sumsSection(wide, [1, 2]));
    expect(score).toMatchObject({ status: "undefined", reason: expect.stringContaining("too far apart") });
  });
});

describe("mean", () => {
  it("is exact for numbers of few digits, and counts its change in standard deviations", () => {
    const score = mean.score(ref, shifted(500.25));
    expect(score.value).toBe(4_999.5 + 500.25);
    expect(score.extras?.["reference"]).toBe(4_999.5);
    expect(score.effect).toBeCloseTo(500.25 / Math.sqrt((1e8 - 1) / 12), 4);
    expect(mean.score(ref, shifted(-500.25)).effect).toBeCloseTo(score.effect ?? 0, 12);
  });

  it("leaves the side open on which values were clipped", () => {
    const score = mean.score(ref, sumsSection(grid, [...even, -1e300]));
    expect(score).not.toHaveProperty("lower");
    expect(score.upper).toBeLessThan(0);
  });
});

describe("sd", () => {
  it("follows the spread, and not the place", () => {
    const wider = sumsSection(
      grid,
      even.map((x) => 5_000 + 1.5 * (x - 5_000)),
    );
    expect(sd.score(ref, wider).effect).toBeCloseTo(0.5, 3);
    expect(sd.score(ref, shifted(400)).effect).toBeLessThan(1e-3);
  });

  it("is narrow in its bounds on 240 bins, tails included", () => {
    const { value = 0, lower = 0, upper = 1e9 } = sd.score(ref, shifted(0));
    expect((upper - lower) / value).toBeLessThan(1e-3);
  });
});

describe("median", () => {
  it("has the quantiles of the window beside it", () => {
    const { value, extras, lower, upper } = median.score(ref, shifted(100));
    expect(value).toBeCloseTo(4_999.5 + 100, 0);
    expect(extras?.["reference"]).toBeCloseTo(4_999.5, 0);
    expect(extras?.["p95"]).toBeCloseTo(9_599.05, 0);
    expect((upper ?? 0) - (lower ?? 0)).toBeLessThan(10_000 / 239);
  });

  it("leaves a bound open beyond the outermost edges", () => {
    const score = median.score(ref, shifted(1e6));
    expect(score).not.toHaveProperty("upper");
    expect(score.lower).toBe(grid.edges[grid.edges.length - 1]);
  });
});
