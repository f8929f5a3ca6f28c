import { describe, expect, it } from "vitest";
import type { Score } from "../../src/statistics/score.ts";
import { calibrate } from "../../src/reference/calibration.ts";
import type { Calibration } from "../../src/statistics/calibration.ts";
import { studentTail } from "../../src/statistics/distributions.ts";
import { likelihoodRatio, logitEase, logitRatio } from "../../src/statistics/likelihood-ratio.ts";
import type { SeriesToPrepare } from "../../src/verdict/prepared-series.ts";
import {
  explainSignificance,
  isSignificant,
  judgeScore,
  visibleChanges,
} from "../../src/verdict/significance.ts";
import { mulberry32 } from "../oracles/sample.ts";
import { categoriesRef, categoriesSection } from "../statistics/series.ts";
import { calibrated, dispersion, prepared, REFERENCE } from "./prepared.ts";

describe("p", () => {
  it("is the formula's, on the larger of two scales, times the number of directions", () => {
    const share = dispersion(3, { deff: 3, nu: 60 });
    const logit = dispersion(3, { deff: 4, nu: 50 });
    const series = prepared(calibrated({ share, logit }));
    const window = categoriesSection([1_100, 500, 400]);
    const m = 2_000;
    const n = 1_000_000;
    const growth = m / (n / 600);
    const p = [1_100, 500, 400].map((d, e) => {
      const c = REFERENCE[e];
      const rOf = (statistic: number, deff: number, nu: number, ease: number): number =>
        Math.sqrt(
          (statistic * (1 / m + 1 / n)) / (((deff - 1 + ease) * growth) / m + (deff * 600) / ((nu + 1) * n)),
        );
      const shareP = 2 * studentTail(rOf(likelihoodRatio(c, n, d, m), 3, 60, 1), 60);
      const logitP = 2 * studentTail(rOf(logitRatio(c, n, d, m), 4, 50, logitEase(c, n, d, m)), 50);
      return Math.max(shareP, logitP);
    });
    const found = explainSignificance(series, window);
    expect(found.p).toBeCloseTo(3 * Math.min(...p), 14);
    expect(found).toMatchObject({ status: "ok", n: m, trust: "promised" });
    expect(found.largest?.direction).toBe("category c1");
    expect(found.largest?.r).toBeLessThan(0);
    expect(found.largest?.deff).toBeCloseTo(3 * growth, 12);
    expect(found.largest?.neff).toBeCloseTo(m / (3 * growth), 10);
  });

  it("knows what deff, nu and the reference's own size are worth", () => {
    const window = categoriesSection([1_200, 480, 320]);
    const p = (options: Partial<Calibration>): number =>
      explainSignificance(prepared(calibrated(options)), window).p ?? Number.NaN;
    const plain = p({});
    expect(p({ share: dispersion(3, { deff: 3 }) })).toBeGreaterThan(1e3 * plain);
    expect(p({ share: dispersion(3, { nu: 29 }) })).toBeGreaterThan(1e3 * plain);
    const small = { n: 2_000, counts: Float64Array.of(1_000, 600, 400), meanRows: 2_000 / 600 };
    expect(p({ ...small, meanRows: 1e9 })).toBeGreaterThan(1e3 * p({ meanRows: 1e9 }));
  });

  it("of a share that has grown is the one of the shares' logarithms, where a shock may multiply it", () => {
    const share = dispersion(3, { deff: 30 });
    const series = prepared(calibrated({ share, logit: share, meanRows: 1e9 }));
    const m = 2_000;
    const window = categoriesSection([1_500, 300, 200]);
    expect(series.mayMultiply).toBe(true);
    const smooth = { ...series, mayMultiply: false };
    // From a half to three quarters: ln 1.5 where the plain difference is 0.5 of the share.
    const [onLogs, without] = [series, smooth].map((one) => {
      const first = { ...one, kept: one.kept.subarray(0, 1) };
      return explainSignificance(first, window).p ?? Number.NaN;
    });
    const reference = (30 * 600) / (600 * 1_000_000);
    const ease = Math.sqrt((499.5 + 1) / 1_500.5);
    const log = Math.log((1_500.5 / 2_001) * (1_000_001 / 500_000.5));
    const r = Math.sqrt((log * log) / (30 / m - (1 - ease) / m + reference));
    expect(onLogs).toBeCloseTo(2 * studentTail(r, 599), 14);
    expect(without).toBeLessThan(onLogs / 10);
  });

  it("of independent rows is that of G alone, with both samples' sizes", () => {
    const calibration = calibrate({
      signal: "distribution",
      windowSize: 1,
      directions: 2,
      rows: Float64Array.of(5_000),
      counts: Float64Array.of(2_500, 2_500),
      independent: true,
    });
    const series = prepared(calibration, { ref: categoriesRef([2_500, 2_500]), alpha: 1e-3 });
    const g = likelihoodRatio(2_500, 5_000, 2_600, 5_000);
    const found = explainSignificance(series, categoriesSection([2_600, 2_400]));
    expect(found.largest?.r).toBeCloseTo(Math.sqrt(g), 12);
    expect(found.trust).toBe("promised");
    // z of a difference of 0.02 with two samples of 5,000 is 2.0.
    expect(found.p).toBeCloseTo(0.0455, 3);
  });
});

describe("a rare share", () => {
  // 40 in a million: a twentieth of a case in a window.
  const rare = calibrated({
    signal: "missing",
    n: 1_000_000,
    counts: Float64Array.of(40),
    share: dispersion(1),
    logit: dispersion(1),
  });
  const seriesOf = (deff: number) =>
    prepared(
      { ...rare, share: dispersion(1, { deff }), logit: dispersion(1, { deff }) },
      { signal: "missing", alpha: 1e-7 },
    );
  const nulls = (missing: number) => categoriesSection([600, 300, 100], { missing });

  it("is news when it becomes a common one, and not for a stray case", () => {
    expect(isSignificant(seriesOf(1), nulls(200))).toBe(true);
    expect(isSignificant(seriesOf(1), nulls(40))).toBe(true);
    expect(isSignificant(seriesOf(1), nulls(2))).toBe(false);
  });

  it("that comes in bursts by itself is not", () => {
    expect(isSignificant(seriesOf(20), nulls(200))).toBe(false);
  });
});

describe("isSignificant", () => {
  it("says what the exact p says", () => {
    const u = mulberry32(8);
    let significant = 0;
    for (let trial = 0; trial < 400; trial += 1) {
      const alpha = 10 ** (-1 - 7 * u());
      const series = prepared(
        calibrated({
          share: dispersion(3, { deff: 1 + 2 * u(), nu: 20 + 200 * u() }),
          logit: dispersion(3, { deff: 1 + 2 * u(), nu: 20 + 200 * u() }),
        }),
        { alpha },
      );
      const shift = Math.floor(300 * u() * u());
      const window = categoriesSection([1_000 + shift, 600 - shift, 400]);
      const { p = Number.NaN } = explainSignificance(series, window);
      expect(isSignificant(series, window)).toBe(p <= alpha);
      significant += Number(p <= alpha);
    }
    expect(significant).toBeGreaterThan(40);
    expect(significant).toBeLessThan(360);
  });

  it("is never so where nothing may be judged", () => {
    const wild = categoriesSection([0, 0, 2_000]);
    expect(isSignificant(prepared(calibrated()), wild)).toBe(true);
    expect(isSignificant(prepared(undefined), wild)).toBe(false);
    expect(isSignificant(prepared(calibrated(), { alpha: Number.NaN }), wild)).toBe(false);
    expect(isSignificant(prepared(calibrated()), categoriesSection([0, 0, 99]))).toBe(false);
  });
});

describe("status", () => {
  const calm = categoriesSection([1_000, 600, 400]);
  const statusOf = (calibration: Calibration | undefined, options: Partial<SeriesToPrepare> = {}) =>
    explainSignificance(prepared(calibration, options), calm);

  it("is no-reference for a window length that the reference does not know", () => {
    expect(statusOf(undefined)).toMatchObject({ status: "no-reference" });
  });

  it("is too-few under 100 values and no-data without any", () => {
    const series = prepared(calibrated());
    expect(explainSignificance(series, categoriesSection([50, 30, 19]))).toMatchObject({
      status: "too-few",
      n: 99,
    });
    expect(explainSignificance(series, categoriesSection([50, 30, 20])).status).toBe("ok");
    expect(explainSignificance(series, categoriesSection([0, 0, 0]))).toMatchObject({
      status: "no-data",
      n: 0,
    });
  });

  it("is too-few for a segment of fewer than 1,000 reference values", () => {
    const small = calibrated({ n: 999, counts: Float64Array.of(500, 300, 199), meanRows: 60 });
    expect(statusOf(small, { parent: calibrated() })).toMatchObject({
      status: "too-few",
      reason: "in this segment fewer than 1,000 values stand in reference windows of 50 or more",
    });
    expect(statusOf(small)).toMatchObject({ status: "ok" });
  });

  it("is undefined for a constant", () => {
    const counts = new Float64Array(0);
    const constant = calibrated({ counts, share: dispersion(0), logit: dispersion(0) });
    expect(statusOf(constant, { ref: categoriesRef([1_000_000]) })).toMatchObject({
      status: "undefined",
      reason: "constant",
    });
  });

  it("is too-variable for one wild direction of few windows, and leaves it out of many", () => {
    const share = { ...dispersion(3), deff: Float64Array.of(1, 1, 100) };
    expect(statusOf(calibrated({ k: 199, share })).status).toBe("too-variable");
    const many = prepared(calibrated({ k: 200, share }));
    expect(many.status).toBe("ok");
    expect([...many.kept]).toEqual([0, 1]);
    expect(statusOf(calibrated({ share: dispersion(3, { deff: 100 }) })).status).toBe("too-variable");
  });

  it("of a measure is overruled, its numbers are kept", () => {
    const score = { status: "ok", value: 0.3, n: 2_000, extras: { corrected: 0.2 } } as const;
    expect(judgeScore(score, statusOf(undefined))).toMatchObject({ status: "no-reference", value: 0.3 });
    const judged = judgeScore(score, statusOf(calibrated()));
    expect(judged).toMatchObject({ status: "ok", trust: "promised", value: 0.3, extras: { corrected: 0.2 } });
    expect(judged.p).toBeGreaterThan(0.5);
    expect(judged.neff).toBeGreaterThan(1_000);
    expect(judged.extras?.["nu"]).toBe(599);
    const nothing = { status: "no-data", reason: "no values", n: 0 } as const;
    expect(judgeScore(nothing, statusOf(calibrated()))).toMatchObject({ status: "no-data" });
  });
});

describe("judgeScore", () => {
  const significance = explainSignificance(prepared(calibrated()), categoriesSection([1_000, 600, 400]));
  const shown = (score: Partial<Score>): number | undefined =>
    judgeScore({ status: "ok", n: 2_000, ...score }, significance).extras?.["pIid"];

  it("shows no tail of a single measure that its law does not carry", () => {
    expect(shown({ extras: { pIid: 0.03, df: 9 } })).toBe(0.03);
    expect(shown({ extras: { pIid: 1e-30, df: 9 } })).toBe(1e-4);
    expect(shown({ extras: { pIid: 1e-30 } })).toBe(1e-4);
    expect(shown({ extras: { pIid: 0.03, df: 99 } })).toBe(0.03);
    expect(shown({ extras: { pIid: 0.03, df: 100 } })).toBeUndefined();
    expect(
      judgeScore({ status: "ok", n: 2_000, extras: { df: 100, pIid: 0 } }, significance).extras,
    ).toMatchObject({
      df: 100,
      deff: 1.2,
    });
  });
});

describe("visibleChanges", () => {
  it("are just significant, and nothing smaller is", () => {
    const two = categoriesRef([400_000, 100_000]);
    const counts = Float64Array.of(800_000);
    const one = calibrated({ counts, share: dispersion(1, { deff: 2 }), logit: dispersion(1, { deff: 2 }) });
    const series = prepared(one, { ref: two });
    const changes = visibleChanges(series, 2_000);
    expect(changes.map(({ to }) => Math.sign(to - 0.8))).toEqual([-1, 1]);
    const at = (share: number) => categoriesSection([2_000 * share, 2_000 * (1 - share)]);
    for (const { direction, from, to } of changes) {
      expect(direction).toBe("category c0");
      expect(from).toBe(0.8);
      const further = Math.sign(to - from) * 1e-6;
      expect(isSignificant(series, at(to + further))).toBe(true);
      expect(isSignificant(series, at(to - further))).toBe(false);
    }
  });

  it("do not exist where nothing is judged", () => {
    expect(visibleChanges(prepared(undefined))).toEqual([]);
    expect(visibleChanges(prepared(calibrated()), 99)).toEqual([]);
    expect(visibleChanges(prepared(calibrated(), { alpha: 1e-300 }), 100)).toEqual([]);
  });
});
