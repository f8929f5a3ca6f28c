import { describe, expect, it } from "vitest";
import { twoSampleTail } from "../../../src/statistics/compat/exact-ks.ts";
import { readOracle, valueOf, valuesOf } from "../../oracles/sample.ts";
import type { Sample } from "../../oracles/sample.ts";

interface KsCase {
  readonly id: string;
  readonly ref: Sample;
  readonly win: Sample;
  readonly expect: { readonly d: number; readonly p_exact: number | string | null };
}

const cases = readOracle<{ readonly cases: readonly KsCase[] }>("ks").cases.flatMap((one) => {
  const n = valuesOf(one.ref).length;
  const m = valuesOf(one.win).length;
  return one.expect.p_exact === null || Math.max(n, m) > 10_000 ? [] : [{ ...one, n, m }];
});

describe("twoSampleTail", () => {
  it.each(cases)("is scipy's exact p: $id", ({ n, m, expect: { d, p_exact: p } }) => {
    const expected = valueOf(p ?? Number.NaN);
    expect(Math.abs(twoSampleTail(d, n, m) - expected)).toBeLessThanOrEqual(1e-9 * expected + 1e-15);
  });

  it("is nearly the one-sample law where the exact one is too long", () => {
    // kstwo.sf(.02, 5000) and kstwo.sf(.05, 909) of scipy.
    expect(twoSampleTail(0.02, 15_000, 7_500)).toBeCloseTo(0.036139414, 4);
    expect(twoSampleTail(0.05, 909, 1e9)).toBeCloseTo(0.0205144865, 4);
    expect(twoSampleTail(1, 20_000, 20_000)).toBe(0);
    expect(twoSampleTail(0, 5, 5)).toBe(1);
  });
});
