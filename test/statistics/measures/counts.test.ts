import { describe, expect, it } from "vitest";
import { chi2 } from "../../../src/statistics/measures/chi2.ts";
import { js } from "../../../src/statistics/measures/js.ts";
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
});
