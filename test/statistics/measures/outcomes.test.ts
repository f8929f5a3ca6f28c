import { describe, expect, it } from "vitest";
import { addOutcome, OUTCOMES } from "../../../src/counts/outcomes.ts";
import { accuracy } from "../../../src/statistics/measures/accuracy.ts";
import { brier } from "../../../src/statistics/measures/brier.ts";
import { ece } from "../../../src/statistics/measures/ece.ts";
import { spiegelhalter } from "../../../src/statistics/measures/spiegelhalter.ts";
import { readOracle } from "../../oracles/sample.ts";

interface Case {
  readonly id: string;
  readonly p: readonly number[];
  readonly y: readonly (0 | 1)[];
  readonly expect: {
    readonly width15: { readonly ece: number; readonly null_mean: number };
    readonly brier: number;
    readonly spiegelhalter_z: number | null;
    readonly accuracy: number;
  };
}

const { cases } = readOracle<{ cases: readonly Case[] }>("calibration");

describe.each(cases)("$id", ({ p, y, expect: expected }) => {
  const section = new Float64Array(OUTCOMES.length);
  for (const [i, score] of p.entries()) {
    addOutcome(section, 0, { score, truth: y[i], decision: Number.NaN }, 1);
  }

  it("agrees with scikit-learn, within what fixed-point sums allow", () => {
    const error = ece.score(undefined, section);
    expect(error.value).toBeCloseTo(expected.width15.ece, 8);
    expect(error.extras?.["nullMean"]).toBeCloseTo(expected.width15.null_mean, 8);
    expect(brier.score(undefined, section).value).toBeCloseTo(expected.brier, 8);
    expect(accuracy.score(undefined, section).value).toBeCloseTo(expected.accuracy, 12);
    const z = spiegelhalter.score(undefined, section);
    expect(z.status === "undefined").toBe(expected.spiegelhalter_z === null);
    expect(z.value ?? 0).toBeCloseTo(expected.spiegelhalter_z ?? 0, 6);
    expect(error.n).toBe(p.length);
    expect(error.status).toBe(p.length < 200 ? "too-few" : "ok");
  });
});

describe("labels without a usable probability", () => {
  it("count towards accuracy only", () => {
    const section = new Float64Array(OUTCOMES.length);
    addOutcome(section, 0, { score: Number.NaN, truth: 3, decision: 3 }, 1);
    addOutcome(section, 0, { score: 1.5, truth: 1, decision: 0 }, 1);
    addOutcome(section, 0, { score: Number.NaN, truth: 1, decision: Number.NaN }, 1);
    expect(section[OUTCOMES.unscored]).toBe(3);
    expect(accuracy.score(undefined, section)).toMatchObject({ n: 2, value: 0.5 });
    expect(ece.score(undefined, section)).toMatchObject({ status: "no-data" });
  });
});
