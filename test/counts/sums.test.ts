import { describe, expect, it } from "vitest";
import { buildGrid } from "../../src/counts/grid.ts";
import { levelReach, levelStep, unitsOf } from "../../src/counts/sum-units.ts";
import { SQUARE_LIMB } from "../../src/counts/sums.ts";
import { binsLength, SUM_LEVELS, SUMS_LEVEL, SUMS_SIDE, sumsLength } from "../../src/counts/tails.ts";
import { sumsSection } from "../statistics/series.ts";

const grid = buildGrid(Float64Array.from({ length: 10_001 }, (_, i) => i / 100));
const units = unitsOf(grid);
const [first] = grid.edges;
const last = grid.edges[grid.edges.length - 1];

/** The counters of one side, by level, and how many values were clipped. */
function sideOf(section: Float64Array, side: "low" | "high"): { levels: number[][]; clipped: number } {
  const start = section.length - (side === "low" ? 2 : 1) * SUMS_SIDE.length;
  const levels = Array.from({ length: SUM_LEVELS }, (_, level) => {
    const at = start + level * SUMS_LEVEL.length;
    return [...section.subarray(at, at + SUMS_LEVEL.length)];
  });
  return { levels, clipped: section[start + SUMS_SIDE.clipped] };
}

describe("units", () => {
  it("are powers of two, by which no inner bin is wider than 2^20 steps", () => {
    const { span, steps, widths } = units ?? { span: 0, steps: [], widths: [] };
    expect(span).toBe(128);
    for (const [part, step] of [...steps].entries()) {
      expect(Number.isInteger(Math.log2(step))).toBe(true);
      const isInner = part >= SUM_LEVELS && part < steps.length - SUM_LEVELS;
      const most = isInner ? 2 ** 20 : 2 ** 21;
      expect(widths[part] / step).toBeLessThanOrEqual(most);
    }
  });

  it("take over from each other, level by level", () => {
    for (let level = 1; level < SUM_LEVELS; level += 1) {
      expect(levelReach(128, level)).toBe(4_096 * levelReach(128, level - 1));
      expect(levelStep(128, level)).toBe(4_096 * levelStep(128, level - 1));
    }
  });

  it("of one value are of the rare other ones, or else of its size", () => {
    const constant = (value: number, ...others: number[]): number | undefined =>
      unitsOf(buildGrid(Float64Array.from([...Array<number>(2_000).fill(value), ...others])))?.span;
    expect(constant(42)).toBe(64);
    expect(constant(0)).toBe(2);
    expect(constant(0, 1e-9)).toBe(2 ** -29);
  });

  it("are none where a reference has no value, or its values are too far apart", () => {
    expect(unitsOf(buildGrid(new Float64Array(0)))).toBeUndefined();
    expect(unitsOf(buildGrid(Float64Array.of(-1e308, 1e308)))).toBeUndefined();
    expect(sumsSection(buildGrid(new Float64Array(0)), [1, 2]).slice(-2 * SUMS_SIDE.length)).toEqual(
      new Float64Array(2 * SUMS_SIDE.length),
    );
  });
});

describe("sums", () => {
  it("have a place for every inner bin and both sides behind the bins", () => {
    expect(sumsLength(grid) - binsLength(grid)).toBe(grid.edges.length - 1 + 2 * SUMS_SIDE.length);
  });

  it("are whole steps, exact for numbers of few digits", () => {
    const values = [50.25, 50.5, 51];
    const section = sumsSection(grid, values);
    let sum = 0;
    for (let bin = 1; bin < grid.edges.length; bin += 1) {
      const steps = section[binsLength(grid) + bin - 1];
      expect(Number.isInteger(steps)).toBe(true);
      sum += section[bin] * (units?.origins[bin] ?? 0) + steps / (units?.scales[bin] ?? 1);
    }
    expect(sum).toBe(151.75);
  });

  it("tell levels apart, with the squares of their steps", () => {
    const span = units?.span ?? 0;
    const places = [0.5, 3, 2 ** 14, 2 ** 26].map((distance) => distance * span);
    const section = sumsSection(grid, [
      ...places.map((distance) => last + distance),
      ...places.map((distance) => first - distance),
    ]);
    for (const side of ["low", "high"] as const) {
      const { levels, clipped } = sideOf(section, side);
      expect(clipped).toBe(1);
      for (const [level, [count, steps, squaresHigh, squaresLow]] of levels.entries()) {
        expect(count).toBe(1);
        expect(Math.abs(steps * levelStep(span, level) - places[level])).toBeLessThanOrEqual(
          levelStep(span, level),
        );
        expect(squaresHigh * SQUARE_LIMB + squaresLow).toBe(steps ** 2);
        expect(squaresLow).toBeLessThan(SQUARE_LIMB);
      }
    }
  });

  it("leave infinite and missing values out", () => {
    const section = sumsSection(grid, [Infinity, -Infinity, Number.NaN, null]);
    expect(section.subarray(binsLength(grid)).every((count) => count === 0)).toBe(true);
  });
});
