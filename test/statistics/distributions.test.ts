import { describe, expect, it } from "vitest";
import {
  chi2Tail,
  kolmogorovTail,
  normalTail,
  studentCritical,
  studentTail,
} from "../../src/statistics/distributions.ts";
import { incompleteBeta } from "../../src/statistics/incomplete-beta.ts";
import { wilsonInterval } from "../../src/statistics/wilson.ts";
import { readOracle } from "../oracles/sample.ts";

interface Tables {
  readonly tables: {
    readonly chi2_sf: readonly { x: number; k: number; p: number }[];
    readonly kolmogorov_sf: readonly { z: number; p: number }[];
    readonly norm_sf: readonly { x: number; p: number }[];
    readonly norm_isf: readonly { x: number; p: number }[];
    readonly beta_inc: readonly { a: number; b: number; x: number; p: number }[];
    readonly intervals: readonly {
      k: number;
      n: number;
      alpha: number;
      wilson_lo: number;
      wilson_hi: number;
    }[];
  };
}

const { tables } = readOracle<Tables>("distributions");

function relativeError(found: number, expected: number): number {
  return Math.abs(found - expected) / Math.max(expected, 1e-290);
}

describe("tails against 60 digits", () => {
  it.each([
    ["chi-square", tables.chi2_sf.map(({ x, k, p }) => [chi2Tail(x, k), p])],
    ["normal", tables.norm_sf.map(({ x, p }) => [normalTail(x), p])],
    ["Kolmogorov", tables.kolmogorov_sf.map(({ z, p }) => [kolmogorovTail(z), p])],
    ["incomplete beta", tables.beta_inc.map(({ a, b, x, p }) => [incompleteBeta(a, b, x), p])],
  ])("%s within 1e-10 in relative terms", (_name, pairs) => {
    for (const [found, expected] of pairs) expect(relativeError(found, expected)).toBeLessThan(1e-10);
  });
});

describe("Student's t", () => {
  it("has its closed forms at 1 and 2 degrees of freedom", () => {
    for (const t of [0, 0.3, 1, 3, 40, 1e4, 1e8, 1e120, 1e290]) {
      const cauchy = Math.atan2(1, t) / Math.PI;
      // 1/2 - t / (2 sqrt(2 + t^2)), without its cancellation.
      const root = Math.hypot(Math.SQRT2, t);
      const two = 1 / root / (root + t);
      expect(relativeError(studentTail(t, 1), cauchy)).toBeLessThan(1e-11);
      expect(relativeError(studentTail(t, 2), two)).toBeLessThan(1e-11);
    }
  });

  it("is the normal at infinity, and near it at many degrees of freedom", () => {
    expect(studentTail(5, Number.POSITIVE_INFINITY)).toBe(normalTail(5));
    expect(studentTail(5, 1e9) / normalTail(5)).toBeCloseTo(1, 5);
  });

  it("matches R's pt far out", () => {
    // pt(10, 5, lower = FALSE), pt(30, 50, lower = FALSE)
    expect(studentTail(10, 5) / 8.547378787148e-5).toBeCloseTo(1, 9);
    expect(studentTail(-1, 7) + studentTail(1, 7)).toBeCloseTo(1, 14);
  });

  it.each([0.7, 1, 2, 9.5, 29, 199, 1e4, Number.POSITIVE_INFINITY])("is inverted at nu = %s", (nu) => {
    for (const p of [0.9999, 0.5, 0.05, 1e-3, 1e-7, 1e-12, 1e-60, 1e-200]) {
      const t = studentCritical(p, nu);
      expect(relativeError(2 * studentTail(t, nu), p)).toBeLessThan(1e-10);
    }
    expect(studentCritical(1, nu)).toBe(0);
    expect(studentCritical(0, nu)).toBeNaN();
  });

  it("gives the normal's critical values", () => {
    const upper = tables.norm_isf.filter(({ p }) => p < 0.5);
    expect(upper.length).toBeGreaterThan(5);
    for (const { x, p } of upper) {
      expect(studentCritical(2 * p, Number.POSITIVE_INFINITY) / x).toBeCloseTo(1, 11);
    }
  });
});

describe("wilsonInterval", () => {
  it("matches the oracle", () => {
    for (const { k, n, alpha, wilson_lo, wilson_hi } of tables.intervals) {
      const { lower, upper } = wilsonInterval(k, n, studentCritical(alpha, Number.POSITIVE_INFINITY));
      expect(lower).toBeCloseTo(wilson_lo, 12);
      expect(upper).toBeCloseTo(wilson_hi, 12);
    }
  });
});
