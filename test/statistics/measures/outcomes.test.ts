import { describe, expect, it } from "vitest";
import { addOutcome, OUTCOMES } from "../../../src/counts/outcomes.ts";
import { accuracy } from "../../../src/statistics/measures/accuracy.ts";
import { brier } from "../../../src/statistics/measures/brier.ts";
import { ece } from "../../../src/statistics/measures/ece.ts";
import { spiegelhalter } from "../../../src/statistics/measures/spiegelhalter.ts";
import { auc } from "../../../src/statistics/measures/auc.ts";
import { ecel2 } from "../../../src/statistics/measures/ecel2.ts";
import { f1 } from "../../../src/statistics/measures/f1.ts";
import { logloss } from "../../../src/statistics/measures/logloss.ts";
import { precision } from "../../../src/statistics/measures/precision.ts";
import { recall } from "../../../src/statistics/measures/recall.ts";
import { readOracle } from "../../oracles/sample.ts";

interface Case {
  readonly id: string;
  readonly p: readonly number[];
  readonly y: readonly (0 | 1)[];
  readonly expect: {
    readonly width15: {
      readonly ece: number;
      readonly null_mean: number;
      readonly l2_plugin: number;
      readonly l2_debiased: number;
    };
    readonly brier: number;
    readonly spiegelhalter_z: number | null;
    readonly accuracy: number;
    readonly log_loss: number;
    readonly auc: number | null;
    readonly tp: number;
    readonly fp: number;
    readonly fn: number;
    readonly precision: number | null;
    readonly recall: number | null;
    readonly f1: number | null;
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
    expect(logloss.score(undefined, section).value).toBeCloseTo(expected.log_loss, 8);
    const squared = ecel2.score(undefined, section);
    expect(squared.value).toBeCloseTo(expected.width15.l2_debiased, 8);
    expect(squared.extras?.["plugin"]).toBeCloseTo(expected.width15.l2_plugin, 8);
    expect(error.status).toBe(p.length < 200 ? "too-few" : "ok");
  });
});

describe.each(cases)("$id", ({ p, y, expect: expected }) => {
  const section = new Float64Array(OUTCOMES.length);
  for (const [i, score] of p.entries()) {
    addOutcome(section, 0, { score, truth: y[i], decision: Number.NaN }, 1);
  }

  it("counts decisions as scikit-learn does", () => {
    const { tp, fp, fn } = expected;
    const { truePositives, falsePositives, falseNegatives } = OUTCOMES;
    expect([section[truePositives], section[falsePositives], section[falseNegatives]]).toEqual([tp, fp, fn]);
    const shares = [
      { measure: precision, of: tp + fp, value: expected.precision },
      { measure: recall, of: tp + fn, value: expected.recall },
      { measure: f1, of: tp + fp + fn, value: expected.f1 },
    ];
    for (const { measure, of, value } of shares) {
      const score = measure.score(undefined, section);
      expect(score.status === "undefined").toBe(of === 0);
      expect(score.value ?? 0).toBeCloseTo(of === 0 ? 0 : Number(value), 12);
      expect(score.lower ?? 0).toBeLessThanOrEqual(score.value ?? 0);
      expect(score.upper ?? 0).toBeGreaterThanOrEqual(score.value ?? 0);
      expect(score.n).toBe(p.length);
    }
  });

  it("has the exact area between the bounds", () => {
    const { status, value = 0, lower = 0, upper = 0 } = auc.score(undefined, section);
    expect(status === "undefined").toBe(expected.auc === null);
    expect(lower).toBeLessThanOrEqual((expected.auc ?? 0) + 1e-12);
    expect(upper).toBeGreaterThanOrEqual((expected.auc ?? 0) - 1e-12);
    expect(value).toBeCloseTo((lower + upper) / 2, 12);
  });
});

describe("auc", () => {
  it("is exact where the bins part the scores", () => {
    const section = new Float64Array(OUTCOMES.length);
    for (const [score, truth] of [
      [0.1, 0],
      [0.3, 1],
      [0.5, 0],
      [0.7, 1],
    ]) {
      addOutcome(section, 0, { score, truth, decision: Number.NaN }, 1);
    }
    expect(auc.score(undefined, section)).toMatchObject({ value: 0.75, lower: 0.75, upper: 0.75 });
  });
});

describe("decisions", () => {
  it("of any number of classes are counted for class 1 against the rest, with or without a score", () => {
    const section = new Float64Array(OUTCOMES.length);
    const labels = [
      { score: Number.NaN, decision: 1, truth: 1, times: 30 },
      { score: 0.9, decision: 1, truth: 0, times: 10 },
      { score: Number.NaN, decision: 1, truth: 2, times: 10 },
      { score: Number.NaN, decision: 2, truth: 1, times: 20 },
      { score: 0.2, decision: 0, truth: 1, times: 10 },
      { score: Number.NaN, decision: 0, truth: 2, times: 150 },
    ];
    for (const { times, ...label } of labels) {
      for (let time = 0; time < times; time += 1) addOutcome(section, 0, label, 1);
    }
    expect(precision.score(undefined, section)).toMatchObject({ status: "ok", value: 0.6, n: 230 });
    expect(recall.score(undefined, section)).toMatchObject({ value: 0.5, extras: { of: 60 } });
    expect(f1.score(undefined, section).value).toBeCloseTo(60 / 110, 12);
  });

  it("too few for class 1 are said to be", () => {
    const section = new Float64Array(OUTCOMES.length);
    for (let label = 0; label < 300; label += 1) {
      addOutcome(section, 0, { score: label < 19 ? 0.8 : 0.1, truth: 0, decision: Number.NaN }, 1);
    }
    expect(precision.score(undefined, section)).toMatchObject({
      status: "too-few",
      reason: "fewer than 20 decisions for class 1",
      value: 0,
    });
    expect(recall.score(undefined, section)).toMatchObject({
      status: "undefined",
      reason: "no labels of class 1",
    });
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
