import { describe, expect, it } from "vitest";
import { buildGrid } from "../../../src/counts/grid.ts";
import type { SeriesRef } from "../../../src/counts/ref.ts";
import {
  chiSquare,
  evidentlyDefault,
  hellinger,
  jensenShannon,
  kolmogorovSmirnov,
  kullbackLeibler,
  populationStability,
  wasserstein,
  zTest,
} from "../../../src/statistics/compat/evidently.ts";
import { RANGE } from "../../../src/statistics/compat/compat-score.ts";
import type { CompatScore } from "../../../src/statistics/compat/compat-score.ts";
import { cellsOf } from "../../../src/statistics/compat/value-cells.ts";
import {
  binsRef,
  binsSection,
  categoriesRef,
  categoriesSection,
  pointGrid,
  sumsRef,
  sumsSection,
} from "../series.ts";
import { CASES, countCase } from "./cases.ts";

/** How far a value may lie off where counts do not tell it, over all cases whose range they tell. */
const TOLERANCES: Readonly<Record<string, number>> = {
  psi: 0.025,
  jensenshannon: 0.02,
  kl_div: 0.01,
  wasserstein: 1.5e-3,
  ks: 0.03,
};

function scoresOf(ref: SeriesRef, window: Float64Array): Record<string, CompatScore> {
  const shared = {
    psi: populationStability(ref, window),
    jensenshannon: jensenShannon(ref, window),
    kl_div: kullbackLeibler(ref, window),
  };
  if (ref.kind === "bins") {
    return { ...shared, wasserstein: wasserstein(ref, window), ks: kolmogorovSmirnov(ref, window) };
  }
  const cells = cellsOf(ref, window);
  const isBinary = ref.categories.length === 2 && cells.other === 0;
  return {
    ...shared,
    hellinger: hellinger(ref, window),
    chisquare: chiSquare(cells),
    ...(isBinary ? { z: zTest(cells) } : {}),
  };
}

describe.each(CASES)("$id", (given) => {
  const { ref, window } = countCase(given);
  const { evidently, evidently_default: chosen } = given.expect;

  it("chooses the method that Evidently chose, with its threshold and verdict", () => {
    const { method, threshold, drifted, lower, upper } = evidentlyDefault(ref, window) ?? {};
    expect({ method, threshold }).toEqual({ method: chosen.method, threshold: chosen.threshold });
    const isP = chosen.threshold === 0.05;
    expect(drifted).toBe(isP ? chosen.value <= chosen.threshold : chosen.value >= chosen.threshold);
    expect(lower ?? 0).toBeLessThanOrEqual(chosen.value * (1 + 1e-7));
    expect(upper ?? Infinity).toBeGreaterThanOrEqual(chosen.value * (1 - 1e-7));
  });

  it.each(Object.entries(scoresOf(ref, window)))("%s is theirs, or near", (name, score) => {
    const { score: value, drifted } = evidently[name];
    const allowed = score.isExact
      ? Math.max(1e-7 * Math.abs(value), 1e-12)
      : score.reason === RANGE
        ? Infinity
        : TOLERANCES[name];
    expect(Math.abs(score.value - value)).toBeLessThanOrEqual(allowed);
    expect(score.drifted ?? drifted).toBe(drifted);
    expect(score.isExact || (score.reason ?? "") !== "").toBe(true);
  });
});

describe("evidentlyDefault", () => {
  it("says nothing where Evidently raises an error: a side without values", () => {
    const ref = categoriesRef([5, 5]);
    expect(evidentlyDefault(ref, categoriesSection([0, 0]))).toBeUndefined();
    expect(evidentlyDefault(categoriesRef([0, 0]), categoriesSection([5, 5]))).toBeUndefined();
  });

  it("takes up to five values for categories, beyond a thousand rows by their shares", () => {
    const values = Array.from({ length: 2_000 }, (_, k) => k % 4);
    const grid = { ...pointGrid(values), minimum: 0, maximum: 3 };
    const window = binsSection(grid, values);
    expect(evidentlyDefault(binsRef(grid, values), window)).toMatchObject({
      method: "Jensen-Shannon distance",
      value: 0,
      drifted: false,
      isExact: true,
    });
  });

  it("has a z-test of p 0 for another single value, and 1 for the same", () => {
    const ref = categoriesRef([50]);
    expect(evidentlyDefault(ref, categoriesSection([0], { unseen: 9 }))).toMatchObject({ value: 0 });
    expect(evidentlyDefault(ref, categoriesSection([9]))).toMatchObject({ value: 1, drifted: false });
  });

  it("says that the law of a long window is approximated", () => {
    const values = Array.from({ length: 60 }, (_, k) => k);
    const grid = buildGrid(Float64Array.from(values));
    const window = Array.from({ length: 12_000 }, (_, k) => k % 60);
    expect(evidentlyDefault(binsRef(grid, values), binsSection(grid, window))).toMatchObject({
      method: "K-S p_value",
      value: 1,
      drifted: false,
      isExact: false,
      reason: expect.stringContaining("approximated"),
    });
  });

  it("leaves a verdict open that the bounds of the distance do not decide", () => {
    const grid = { ...pointGrid([0, 100]), minimum: 0, maximum: 100 };
    const wide = { ...grid, edges: Float64Array.of(0), deciles: Int32Array.of(0) };
    const values = (from: number): number[] => Array.from({ length: 100 }, (_, k) => from + k / 10);
    const score = evidentlyDefault(binsRef(wide, values(0)), binsSection(wide, values(5)));
    expect(score).toMatchObject({ method: "K-S p_value", isExact: false });
    expect(score).not.toHaveProperty("drifted");
  });
});

describe("wasserstein", () => {
  it("takes values as evenly spread in their bins where nobody summed them", () => {
    const values = Array.from({ length: 3_000 }, (_, k) => (k * 7_919) % 3_001);
    const grid = buildGrid(Float64Array.from(values));
    const moved = values.map((value) => value / 2 + 500);
    const summed = wasserstein(sumsRef(grid, values), sumsSection(grid, moved));
    const plain = wasserstein(binsRef(grid, values), binsSection(grid, moved));
    expect(plain).toMatchObject({ isExact: false, drifted: true });
    expect(plain).not.toHaveProperty("lower");
    expect(plain.value).toBeCloseTo(summed.value, 2);
    expect(summed.lower ?? 1).toBeLessThanOrEqual(summed.value);
    expect(summed.upper ?? 0).toBeGreaterThanOrEqual(summed.value);
  });
});
