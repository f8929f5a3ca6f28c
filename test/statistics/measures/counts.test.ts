import { describe, expect, it } from "vitest";
import { chi2 } from "../../../src/statistics/measures/chi2.ts";
import { g } from "../../../src/statistics/measures/g.ts";
import { hellinger } from "../../../src/statistics/measures/hellinger.ts";
import { js } from "../../../src/statistics/measures/js.ts";
import { kl } from "../../../src/statistics/measures/kl.ts";
import { linf } from "../../../src/statistics/measures/linf.ts";
import { psi } from "../../../src/statistics/measures/psi.ts";
import { readOracle } from "../../oracles/sample.ts";
import { categoriesRef, categoriesSection } from "../series.ts";

interface Case {
  readonly id: string;
  readonly ref_counts: readonly number[];
  readonly win_counts: readonly number[];
  readonly expect: Readonly<Record<string, number | null>>;
}

// Columns of more than 50 cells are judged with a rest, which the oracle does not know.
const cases = readOracle<{ cases: readonly Case[] }>("counts").cases.filter(
  ({ ref_counts }) => ref_counts.length <= 50,
);

/** Whether a number is as expected, or missing where it should be. */
function isClose(found: number | undefined, expected: number | null | undefined, relative = 1e-10): boolean {
  if (typeof expected !== "number") return found === undefined;
  return Math.abs((found ?? Number.NaN) - expected) <= Math.max(1e-13, relative * Math.abs(expected));
}

describe.each(cases)("$id", ({ ref_counts, win_counts, expect: expected }) => {
  const ref = categoriesRef(ref_counts);
  const window = categoriesSection(win_counts);
  const several = ref_counts.length > 1;

  it("psi", () => {
    const { value, extras, status } = psi.score(ref, window);
    expect(isClose(value, several ? expected["psi_jeffreys"] : null)).toBe(true);
    expect(isClose(extras?.["corrected"], several ? expected["psi_jeffreys_corrected"] : null)).toBe(true);
    expect(status === "undefined").toBe(!several);
  });

  it("js", () => {
    const { value, extras } = js.score(ref, window);
    expect(isClose(value, several ? expected["js_divergence_bits"] : null, 1e-8)).toBe(true);
    // The root of a rounding error near 0 is larger than the error: 1e-13 becomes 3e-7.
    expect(Math.abs((extras?.["distance"] ?? 0) - (expected["js_distance_base2"] ?? 0))).toBeLessThan(4e-7);
  });

  it("chi2", () => {
    const { value, extras } = chi2.score(ref, window);
    expect(isClose(value, expected["chi2_pooled"])).toBe(true);
    expect(isClose(extras?.["pIid"], expected["chi2_pooled_p"])).toBe(true);
    expect(isClose(extras?.["df"], expected["chi2_pooled_dof"])).toBe(true);
    const pooled = expected["chi2_pooled"] !== expected["chi2"];
    expect(pooled || isClose(extras?.["v"], expected["cramers_v"])).toBe(true);
  });

  it("kl, which is half of psi each way", () => {
    const { value = Number.NaN, extras } = kl.score(ref, window);
    const both = several ? value + (extras?.["reverse"] ?? Number.NaN) : undefined;
    expect(isClose(both, several ? expected["psi_jeffreys"] : null)).toBe(true);
    // What half a value in every group does to plain shares fades with the counts.
    const plain = expected["kl_win_ref_nats"];
    const most = ref_counts.length / Math.min(...win_counts);
    expect(!several || typeof plain !== "number" || Math.abs(value - plain) <= most).toBe(true);
  });

  it("hellinger", () => {
    const { value } = hellinger.score(ref, window);
    expect(isClose(value, several ? expected["hellinger"] : null, 1e-9)).toBe(true);
  });

  it("linf", () => {
    const { value, extras } = linf.score(ref, window);
    expect(isClose(value, several ? expected["l_infinity"] : null)).toBe(true);
    const change = Math.abs((extras?.["window"] ?? 0) - (extras?.["reference"] ?? 0));
    expect(change).toBe(value ?? 0);
  });

  it("g", () => {
    const { value, extras } = g.score(ref, window);
    expect(isClose(extras?.["df"], expected["chi2_pooled_dof"])).toBe(true);
    // The oracle does not pool.
    if (expected["small_columns"] !== 0 || !several) return;
    const total = ref_counts.reduce((sum, one) => sum + one, 0);
    const most = total > 1e6 ? 1e-6 : 1e-9;
    expect(Math.abs((value ?? Number.NaN) - (expected["g"] ?? Number.NaN))).toBeLessThan(most);
    expect(extras?.["pIid"]).toBeCloseTo(expected["g_p"] ?? Number.NaN, 6);
  });
});

describe("g", () => {
  it("pools small groups as chi2 does", () => {
    const pooled = g.score(categoriesRef([90, 6, 4]), categoriesSection([80, 12, 8]));
    const together = g.score(categoriesRef([90, 10]), categoriesSection([80, 20]));
    const apart = g.score(categoriesRef([900, 60, 40]), categoriesSection([800, 120, 80]));
    expect(pooled.extras?.["df"]).toBe(2);
    expect(apart.value).toBeCloseTo(10 * (pooled.value ?? 0), 9);
    const rare = g.score(categoriesRef([90, 7, 3]), categoriesSection([80, 17, 3]));
    expect(rare.extras?.["df"]).toBe(2);
    const scarce = g.score(categoriesRef([90, 8, 2, 0]), categoriesSection([80, 18, 0, 2]));
    const summed = g.score(categoriesRef([90, 8, 2]), categoriesSection([80, 18, 2]));
    expect(scarce.value).toBeCloseTo(summed.value ?? Number.NaN, 12);
    expect(together.extras?.["df"]).toBe(1);
  });

  it("has an effect that does not grow with the window", () => {
    const small = g.score(categoriesRef([900, 100]), categoriesSection([800, 200]));
    const large = g.score(categoriesRef([9_000, 1_000]), categoriesSection([8_000, 2_000]));
    expect(large.value).toBeCloseTo(10 * (small.value ?? 0), 8);
    expect(large.effect).toBeCloseTo(small.effect ?? 0, 12);
  });
});

it("kl is finite for a category that the reference never saw, and says which way", () => {
  const fresh = kl.score(categoriesRef([500, 500, 0]), categoriesSection([450, 450, 100]));
  const gone = kl.score(categoriesRef([450, 450, 100]), categoriesSection([500, 500, 0]));
  expect(fresh.value).toBeGreaterThan(gone.value ?? 1);
  expect(fresh.value).toBeCloseTo(gone.extras?.["reverse"] ?? 0, 12);
});
