import { describe, expect, it } from "vitest";
import { benjaminiHochberg, holm } from "../../src/statistics/multiple.ts";
import { readOracle } from "../oracles/sample.ts";

interface Adjusted {
  readonly adjusted: readonly number[];
  readonly reject_05: readonly boolean[];
}

interface Case {
  readonly id: string;
  readonly p: readonly number[];
  readonly expect: { readonly holm: Adjusted; readonly bh: Adjusted };
}

const { cases } = readOracle<{ cases: Case[] }>("multiple");

describe.each([
  ["holm", holm],
  ["bh", benjaminiHochberg],
] as const)("%s", (name, adjust) => {
  it.each(cases)("adjusts $id as the oracle does", ({ p, expect: expected }) => {
    const adjusted = adjust(p);
    const { adjusted: wanted, reject_05: rejected } = expected[name];
    expect(adjusted).toHaveLength(p.length);
    for (const [position, value] of wanted.entries()) {
      expect(Math.abs(adjusted[position] - value)).toBeLessThanOrEqual(1e-12);
    }
    expect(Array.from(adjusted, (value) => value <= 0.05)).toEqual(rejected);
  });

  it("adjusts nothing to nothing", () => {
    expect(adjust([])).toHaveLength(0);
  });

  it("keeps the order of the p, and makes none smaller", () => {
    const p = [0.2, 0.001, 0.9, 0.04, 0.04, 0];
    const adjusted = adjust(p);
    expect(p.every((one, i) => adjusted[i] >= one)).toBe(true);
    const ordered = p.flatMap((one, i) => p.map((other, j) => one >= other || adjusted[i] <= adjusted[j]));
    expect(ordered).not.toContain(false);
  });
});
