import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildGrid, nextUp } from "../../src/counts/grid.ts";
import { readOracle, valueOf, valuesOf } from "../oracles/sample.ts";
import type { Sample } from "../oracles/sample.ts";
import { naiveBin, samples } from "./awkward.ts";

interface PsiCase {
  readonly ref: Sample;
  readonly win: Sample;
  readonly groups: number;
  readonly expect: { readonly edges: readonly (number | string)[]; readonly win_counts: readonly number[] };
}

describe("nextUp", () => {
  it("steps to the next double", () => {
    expect(nextUp(0)).toBe(Number.MIN_VALUE);
    expect(nextUp(-0)).toBe(Number.MIN_VALUE);
    expect(nextUp(1)).toBe(1 + Number.EPSILON);
    expect(nextUp(-1)).toBe(-1 + Number.EPSILON / 2);
    expect(nextUp(2 ** 53)).toBe(2 ** 53 + 2);
    expect(nextUp(-Number.MIN_VALUE)).toBe(0);
    expect(nextUp(Number.MAX_VALUE)).toBe(Number.POSITIVE_INFINITY);
    expect(nextUp(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("buildGrid", () => {
  it("puts the deciles where numpy has them", () => {
    const { cases } = readOracle<{ cases: PsiCase[] }>("psi");
    for (const { ref, win, groups, expect: expected } of cases) {
      if (groups !== 10) continue;
      const grid = buildGrid(valuesOf(ref));
      const deciles = Float64Array.from(grid.deciles, (place) => grid.edges[place]);
      expect([...deciles]).toEqual(expected.edges.map(valueOf));
      const counts = new Float64Array(deciles.length + 1);
      for (const value of valuesOf(win)) counts[naiveBin(deciles, value)] += 1;
      expect([...counts]).toEqual(expected.win_counts);
    }
  });

  it("has ascending, distinct, finite edges, never -0, and holds its deciles", () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const grid = buildGrid(Float64Array.from(sample));
        const { edges, deciles } = grid;
        expect(edges.every((edge, i) => Number.isFinite(edge) && (i === 0 || edge > edges[i - 1]))).toBe(
          true,
        );
        expect(edges.some((edge) => Object.is(edge, -0))).toBe(false);
        expect(deciles.every((place, i) => place >= 0 && (i === 0 || place > deciles[i - 1]))).toBe(true);
        const finite = Float64Array.from(sample).filter(Number.isFinite).sort();
        expect(deciles.length > 0).toBe(finite.length > 0);
        expect(grid.minimum).toBe((finite[0] ?? Number.NaN) + 0);
        expect(grid.maximum).toBe((finite.at(-1) ?? Number.NaN) + 0);
        expect(grid.low < grid.minimum || grid.high > grid.maximum).toBe(false);
      }),
    );
  });

  it("gives every atom a bin of its own", () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(240, 60), (sample, bins) => {
        const { edges } = buildGrid(Float64Array.from(sample), bins);
        const finite = sample.filter(Number.isFinite).map((value) => value + 0);
        const counts = new Map<number, number>();
        for (const value of finite) counts.set(value, (counts.get(value) ?? 0) + 1);
        for (const [value, count] of counts) {
          if (counts.size > bins / 2 && count <= finite.length / bins) continue;
          const bin = naiveBin(edges, value);
          expect(edges[bin - 1]).toBe(value);
          const end = edges[bin] ?? Number.POSITIVE_INFINITY;
          expect(end).toBe(nextUp(value));
        }
      }),
    );
  });

  it("splits a smooth sample into 240 bins of equal mass, whose deciles are whole bins", () => {
    const grid = buildGrid(Float64Array.from({ length: 24_001 }, (_, i) => i / 7));
    expect(grid.edges.length).toBe(239);
    expect([...grid.deciles]).toEqual([23, 47, 71, 95, 119, 143, 167, 191, 215]);
    expect(grid.low).toBeCloseTo(24 / 7, 12);
    expect(grid.high).toBeCloseTo(23_976 / 7, 12);
  });

  it("cuts off what is rare above an atom, as what is rare below one", () => {
    const cutsOf = (...sample: number[]): number[] => {
      const { edges, deciles } = buildGrid(Float64Array.from(sample));
      return Array.from(deciles, (position) => edges[position]);
    };
    const many = (count: number, value: number): number[] => Array.from({ length: count }, () => value);
    expect(cutsOf(...many(95, 0), ...many(5, 1))).toEqual([0, nextUp(0)]);
    expect(cutsOf(-1, ...many(98, 0), 1)).toEqual([0, nextUp(0)]);
    expect(cutsOf(...many(5, 0), ...many(95, 1))).toEqual([1]);
    expect(cutsOf(...many(75, 0), ...many(25, 2))).toEqual([0, 2]);
  });

  it("has one bin for a sample without finite values", () => {
    const grid = buildGrid(Float64Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY));
    expect(grid.edges.length).toBe(0);
    expect(grid.deciles.length).toBe(0);
    expect(grid.minimum).toBeNaN();
  });

  it("does not overflow between the extremes", () => {
    const grid = buildGrid(Float64Array.of(-Number.MAX_VALUE, Number.MAX_VALUE));
    expect([...grid.edges].every(Number.isFinite)).toBe(true);
    expect(grid.deciles.length).toBe(9);
  });
});
