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

function expectClose(found: number | undefined, expected: number | null | undefined, relative = 1e-10): void {
  if (typeof expected !== "number") {
    expect(found).toBeUndefined();
    return;
  }
  expect(Math.abs((found ?? Number.NaN) - expected)).toBeLessThanOrEqual(
    Math.max(1e-13, relative * Math.abs(expected)),
  );
}

describe.each(cases)("$id", ({ ref_counts, win_counts, expect: expected }) => {
  const ref = categoriesRef(ref_counts);
  const window = categoriesSection(win_counts);
  const several = ref_counts.length > 1;

  it("psi", () => {
    const score = psi.score(ref, window);
    expectClose(score.value, several ? expected["psi_jeffreys"] : null);
    expectClose(score.extras?.["corrected"], several ? expected["psi_jeffreys_corrected"] : null);
    if (!several) expect(score).toMatchObject({ status: "undefined", reason: "constant" });
  });

  it("js", () => {
    const score = js.score(ref, window);
    expectClose(score.value, several ? expected["js_divergence_bits"] : null, 1e-8);
    // The root of a rounding error near 0 is larger than the error.
    const distance = expected["js_distance_base2"];
    if (several && typeof distance === "number" && distance > 1e-5) {
      expectClose(score.extras?.["distance"], distance, 1e-8);
    }
  });

  it("chi2", () => {
    const score = chi2.score(ref, window);
    expectClose(score.value, expected["chi2_pooled"]);
    expectClose(score.extras?.["pIid"], expected["chi2_pooled_p"]);
    expectClose(score.extras?.["df"], expected["chi2_pooled_dof"]);
    if (expected["chi2_pooled"] === expected["chi2"]) {
      expectClose(score.extras?.["v"], expected["cramers_v"]);
    }
  });
});
