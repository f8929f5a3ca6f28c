import { expect, it } from "vitest";
import { normalTail, studentCritical } from "../../src/statistics/distributions.ts";
import { normalQuantile, normalShare } from "../../src/statistics/normal-table.ts";

it("is the standard normal to 3e-8", () => {
  for (let z = -7.9; z < 8; z += 0.037)
    expect(Math.abs(normalShare(z) - (1 - normalTail(z)))).toBeLessThan(4e-8);
  for (const p of [1e-6, 0.001, 0.1, 0.4]) {
    const z = studentCritical(2 * p, Number.POSITIVE_INFINITY);
    expect(normalQuantile(1 - p)).toBeCloseTo(z, 3);
    expect(normalQuantile(p)).toBeCloseTo(-z, 3);
  }
});

it("is its own inverse", () => {
  for (const u of [1e-9, 1e-4, 0.02, 0.5, 0.77, 0.9999])
    expect(normalShare(normalQuantile(u))).toBeCloseTo(u, 14);
});

it("ends at infinity", () => {
  expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  expect(normalShare(Number.NEGATIVE_INFINITY)).toBe(0);
  expect(normalShare(Number.POSITIVE_INFINITY)).toBe(1);
});
