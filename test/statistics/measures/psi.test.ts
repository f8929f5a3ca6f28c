import { describe, expect, it } from "vitest";
import { calibrate } from "../../../src/reference/calibration.ts";
import { groupDeff } from "../../../src/statistics/groups.ts";
import { psi } from "../../../src/statistics/measures/psi.ts";
import { readOracle, valuesOf } from "../../oracles/sample.ts";
import type { Sample } from "../../oracles/sample.ts";
import { binsRef, binsSection, categoriesRef, categoriesSection, gridOf } from "../series.ts";

interface Case {
  readonly id: string;
  readonly ref: Sample;
  readonly win: Sample;
  readonly expect: {
    readonly edges: readonly number[];
    readonly ref_counts: readonly number[];
    readonly win_counts: readonly number[];
    readonly psi_jeffreys: number;
    readonly psi_jeffreys_corrected: number;
  };
}

describe.each(readOracle<{ cases: readonly Case[] }>("psi").cases)(
  "$id",
  ({ ref, win, expect: expected }) => {
    const edges = Float64Array.from(expected.edges);
    const grid = gridOf(
      edges,
      Int32Array.from(edges, (_, position) => position),
    );
    const reference = binsRef(grid, valuesOf(ref));
    const window = binsSection(grid, valuesOf(win));

    it("agrees with numpy", () => {
      expect([...reference.counts.subarray(0, edges.length + 1)]).toEqual(expected.ref_counts);
      expect([...window.subarray(0, edges.length + 1)]).toEqual(expected.win_counts);
      const score = psi.score(reference, window);
      const tolerance = (x: number): number => Math.max(1e-13, 1e-10 * Math.abs(x));
      expect(Math.abs((score.value ?? Number.NaN) - expected.psi_jeffreys)).toBeLessThanOrEqual(
        tolerance(expected.psi_jeffreys),
      );
      expect(
        Math.abs((score.extras?.["corrected"] ?? Number.NaN) - expected.psi_jeffreys_corrected),
      ).toBeLessThanOrEqual(tolerance(expected.psi_jeffreys));
    });
  },
);

describe("excess", () => {
  const ref = categoriesRef([5_000, 3_000, 2_000]);
  const window = categoriesSection([400, 350, 250]);

  it("takes off what chance explains, by each group's own deff", () => {
    const plain = psi.score(ref, window);
    const chance = 2 * (1 / 10_000 + 1 / 1_000);
    expect(plain.extras?.["chance"]).toBeCloseTo(chance, 12);
    expect(plain.effect).toBeCloseTo((plain.value ?? 0) - chance, 12);
    const storms = psi.score(ref, window, { groupDeff: Float64Array.of(4, 1, 1) });
    const p = 5_000.5 / 10_001.5;
    expect(storms.extras?.["chance"]).toBeCloseTo(chance + 3 * (1 - p) * (1 / 10_000 + 1 / 1_000), 12);
  });

  it("is never below 0", () => {
    expect(psi.score(ref, categoriesSection([500, 300, 200])).effect).toBe(0);
  });

  it("gives a span between deciles the larger deff of its two sides", () => {
    const grid = gridOf(Float64Array.of(1, 2, 3), Int32Array.of(0, 1, 2));
    const series = binsRef(grid, [0, 1, 2, 3]);
    const calibration = {
      ...calibrate({
        signal: "distribution",
        windowSize: 1,
        directions: 3,
        rows: new Float64Array(0),
        counts: new Float64Array(0),
        independent: true,
      }),
      share: { deff: Float64Array.of(2, 5, 3), nu: new Float64Array(3), tau: new Float64Array(3) },
    };
    expect([...groupDeff(series, calibration)]).toEqual([2, 5, 5, 3]);
  });
});
