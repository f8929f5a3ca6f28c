import { describe, expect, it } from "vitest";
import { buildGrid } from "../../src/counts/grid.ts";
import { BINS_TAIL, CATEGORIES_TAIL } from "../../src/counts/tails.ts";
import { caseCount, caseTotal } from "../../src/statistics/cases.ts";
import { countDirections, directionsOf } from "../../src/statistics/directions.ts";
import { studentCritical } from "../../src/statistics/distributions.ts";
import { mean } from "../../src/statistics/measures/mean.ts";
import { psi } from "../../src/statistics/measures/psi.ts";
import { wasserstein } from "../../src/statistics/measures/wasserstein.ts";
import {
  addExpectedSums,
  calmWindow,
  mixWindows,
  restlessWindow,
  shiftedWindow,
  windowOfShare,
} from "../../src/verdict/expected-window.ts";
import { binsRef, categoriesRef, sumsRef } from "../statistics/series.ts";

/** Quantiles of a normal column, by one formula or another of them. */
function normalValues(valueOf = (z: number) => z): Float64Array {
  return Float64Array.from({ length: 4_800 }, (_, i) => {
    const u = (i + 0.5) / 4_800;
    const z = studentCritical(2 * Math.min(u, 1 - u), Number.POSITIVE_INFINITY);
    return valueOf(u < 0.5 ? -z : z);
  });
}

function normalColumn(valueOf?: (z: number) => number) {
  const values = normalValues(valueOf);
  return binsRef(buildGrid(values), values);
}

const normal = normalColumn();

function sum(section: Float64Array): number {
  return section.reduce((all, one) => all + one, 0);
}

describe("restlessWindow", () => {
  it.each([
    ["numbers", normal],
    ["categories", categoriesRef([5_000, 3_000, 1_500, 500])],
  ])("is as far from a reference of %s as chance brings a window on average", (_, ref) => {
    const rows = 500;
    const groupDeff = new Float64Array(ref.kind === "bins" ? ref.grid.deciles.length + 1 : 5).fill(4);
    const { value = 0, extras } = psi.score(ref, restlessWindow(ref, { rows, deff: groupDeff }), {
      groupDeff,
    });
    expect(value / Number(extras?.["chance"])).toBeGreaterThan(0.8);
    expect(value / Number(extras?.["chance"])).toBeLessThan(1.25);
  });
});

describe("shiftedWindow", () => {
  it("is what a shift of a normal column looks like: PSI .086 in a full window, .0054 in a quarter of one", () => {
    const ref = normal;
    const shifted = shiftedWindow(ref, 0.3, 1e9);
    expect(sum(shifted)).toBeCloseTo(1e9, 0);
    expect(psi.score(ref, shifted).value).toBeCloseTo(0.086, 3);
    const quarter = mixWindows(calmWindow(ref, 1e9), shifted, 0.25);
    expect(psi.score(ref, quarter).value).toBeCloseTo(0.0054, 4);
  });

  it("is the same for whatever has the same ranks", () => {
    const heavy = normalColumn((z) => Math.exp(3 * z));
    const shifted = shiftedWindow(heavy, 0.3, 1_000);
    expect(psi.score(heavy, shifted).value).toBeCloseTo(
      psi.score(normal, shiftedWindow(normal, 0.3, 1_000)).value ?? 0,
      9,
    );
  });

  it("goes either way, and is calm where nothing moves", () => {
    const ref = normal;
    const half = ref.grid.edges.findIndex((edge) => edge >= 0);
    const below = (section: Float64Array) => sum(section.subarray(0, half + 1)) / sum(section);
    expect(below(shiftedWindow(ref, 1, 500))).toBeCloseTo(0.16, 2);
    expect(below(shiftedWindow(ref, -1, 500))).toBeCloseTo(0.84, 2);
    for (const [slot, count] of shiftedWindow(ref, 0, 4_800).entries()) {
      expect(count).toBeCloseTo(slot < ref.grid.edges.length + 1 ? ref.counts[slot] : 0, 6);
    }
  });

  it("leaves the atom of a zero-inflated column an atom", () => {
    const values = Float64Array.from({ length: 1_000 }, (_, i) => Math.max(0, i - 700));
    const ref = binsRef(buildGrid(values), values);
    const atom = ref.grid.edges.indexOf(0) + 1;
    expect(ref.counts[atom]).toBe(701);
    expect(shiftedWindow(ref, 0.3, 1_000)[atom]).toBeCloseTo(590, 0);
  });
});

describe("addExpectedSums", () => {
  it("moves the mean by the shift, and nothing where nothing moves", () => {
    const ref = sumsRef(normal.grid, normalValues());
    const score = (shift: number) => {
      const window = addExpectedSums(ref, shiftedWindow(ref, shift, 50_000));
      return { mean: mean.score(ref, window).effect, wasserstein: wasserstein.score(ref, window).effect };
    };
    expect(score(0).mean).toBeCloseTo(0, 3);
    expect(score(0).wasserstein).toBeCloseTo(0, 2);
    expect(score(0.3).mean).toBeCloseTo(0.3, 2);
    expect(score(-0.3).wasserstein).toBeCloseTo(0.3, 2);
  });
});

describe("windowOfShare", () => {
  const categories = categoriesRef([500, 300, 150, 30], { unseen: 20 });

  it.each([
    ["numbers", normal],
    ["categories", categories],
  ])("gives each direction of %s the share, and the window its rows", (_, ref) => {
    const directions = directionsOf(ref, "distribution");
    expect(directions.size).toBeGreaterThan(4);
    const counts = new Float64Array(directions.size);
    for (let e = 0; e < directions.size; e += 1) {
      for (const to of [0, 0.07, 0.6, 1]) {
        const window = windowOfShare({ ref, directions, e, to, rows: 2_000 });
        expect(countDirections(directions, window, counts)).toBeCloseTo(2_000, 6);
        expect(counts[e]).toBeCloseTo(2_000 * to, 6);
      }
    }
  });

  it.each([
    ["missing", normal],
    ["missing", categories],
    ["novel", normal],
    ["novel", categories],
  ] as const)("counts %s cases where they are counted", (signal, ref) => {
    const directions = directionsOf(ref, signal);
    const window = windowOfShare({ ref, directions, e: 0, to: 0.2, rows: 1_000 });
    expect(caseCount(ref, signal, window)).toBeCloseTo(200, 6);
    expect(caseTotal(ref, signal, window)).toBeCloseTo(1_000, 6);
    const values = ref.kind === "bins" ? ref.grid.edges.length + 1 : ref.categories.length;
    const length = ref.kind === "bins" ? BINS_TAIL.length : CATEGORIES_TAIL.length;
    expect(window.length).toBe(values + length);
  });
});
