import { describe, expect, it } from "vitest";
import { buildGrid } from "../../../src/counts/grid.ts";
import { addOutcome, OUTCOMES } from "../../../src/counts/outcomes.ts";
import type { BinsRef } from "../../../src/counts/ref.ts";
import type { Measure } from "../../../src/statistics/measure.ts";
import { accuracy } from "../../../src/statistics/measures/accuracy.ts";
import { auc } from "../../../src/statistics/measures/auc.ts";
import { estimatedAccuracy } from "../../../src/statistics/measures/estimated-accuracy.ts";
import { estimatedAuc } from "../../../src/statistics/measures/estimated-auc.ts";
import { estimatedPrecision } from "../../../src/statistics/measures/estimated-precision.ts";
import { estimatedRecall } from "../../../src/statistics/measures/estimated-recall.ts";
import { precision } from "../../../src/statistics/measures/precision.ts";
import { recall } from "../../../src/statistics/measures/recall.ts";
import type { Score } from "../../../src/statistics/score.ts";
import { mulberry32, readOracle } from "../../oracles/sample.ts";
import { binsRef, binsSection } from "../series.ts";

interface Rows {
  readonly p: readonly number[];
  readonly y: readonly number[];
}

const PAIRS = [
  [estimatedAccuracy, accuracy],
  [estimatedPrecision, precision],
  [estimatedRecall, recall],
  [estimatedAuc, auc],
] as const;

/** With a threshold, decisions are part of the labels; else one half decides. */
function outcomesOf({ p, y }: Rows, threshold?: number): Float64Array {
  const section = new Float64Array(OUTCOMES.length);
  for (const [row, score] of p.entries()) {
    const decision = threshold === undefined ? Number.NaN : Number(score >= threshold);
    addOutcome(section, 0, { score, truth: y[row], decision }, 1);
  }
  return section;
}

interface Known {
  readonly ref: BinsRef;
  readonly outcomes: Float64Array;
}

function learn(rows: Rows, threshold?: number): Known {
  const ref = binsRef(buildGrid(Float64Array.from(rows.p)), rows.p);
  return { ref, outcomes: outcomesOf(rows, threshold) };
}

function estimate(measure: Measure, { ref, outcomes }: Known, p: readonly number[]): Score {
  return measure.score(ref, binsSection(ref.grid, p), { outcomes });
}

/** Scores that spread with `pull`, and labels that come true as often as the scores say, but for `bias` in logits. */
function draw(n: number, u: () => number, { pull = 2, bias = 0 } = {}): Rows {
  const p = Array.from({ length: n }, () => 1 / (1 + Math.exp(-pull * (u() + u() + u() - 1.5) * 2 - 0.5)));
  const y = p.map((score) => Number(u() < 1 / (1 + Math.exp(-Math.log(score / (1 - score)) * 0.7 - bias))));
  return { p, y };
}

describe("estimates of NannyML's employment sample", () => {
  interface Case {
    readonly id: string;
    readonly ref: Rows;
    readonly analysis: Rows;
    readonly expect: {
      readonly chunks: readonly ({ start: number; end: number } & Readonly<
        Record<"accuracy" | "precision" | "recall" | "roc_auc", { estimated: number }>
      >)[];
    };
  }
  const { cases } = readOracle<{ cases: readonly Case[] }>("cbpe");

  it.each(cases)("$id: counts come within two points of what all rows give", ({ ref, analysis, ...rest }) => {
    const known = learn(ref);
    for (const chunk of rest.expect.chunks) {
      const p = analysis.p.slice(chunk.start, chunk.end);
      const near = (measure: Measure, estimated: number): void => {
        const { value = Number.NaN, lower = 1, upper = 0 } = estimate(measure, known, p);
        expect(Math.abs(value - estimated)).toBeLessThan(0.02);
        expect(lower < estimated && estimated < upper).toBe(true);
      };
      near(estimatedAccuracy, chunk.accuracy.estimated);
      near(estimatedPrecision, chunk.precision.estimated);
      near(estimatedRecall, chunk.recall.estimated);
      near(estimatedAuc, chunk.roc_auc.estimated);
    }
  });
});

describe("estimates of three years of employment, learnt in 2015", () => {
  const STEPS = 2400;
  const { years } = readOracle<{ years: Readonly<Record<string, readonly [number, number, number][]>> }>(
    "employment",
  );
  const rowsOf = (year: string): Rows => {
    const p: number[] = [];
    const y: number[] = [];
    for (const [step, zeros, ones] of years[year]) {
      const score = (step + 0.5) / STEPS;
      for (let row = 0; row < zeros + ones; row += 1) {
        p.push(score);
        y.push(Number(row >= zeros));
      }
    }
    return { p, y };
  };
  const known = learn(rowsOf("2015"));

  it.each(["2015", "2016", "2017", "2018"])(
    "%s: accuracy lies within half a point of the real one",
    (year) => {
      const rows = rowsOf(year);
      const score = estimate(estimatedAccuracy, known, rows.p);
      const real = accuracy.score(undefined, outcomesOf(rows)).value ?? Number.NaN;
      expect(score.status).toBe("ok");
      expect(Math.abs((score.value ?? 0) - real)).toBeLessThan(0.005);
    },
  );
});

describe("the interval", () => {
  const RUNS = 200;
  const real = (measure: Measure, rows: Rows): number =>
    measure.score(undefined, outcomesOf(rows)).value ?? Number.NaN;

  it("holds the number that labels give about 95 times in 100, of drifted scores too", () => {
    const u = mulberry32(11);
    const held = PAIRS.map(() => 0);
    for (let run = 0; run < RUNS; run += 1) {
      const known = learn(draw(1_500, u));
      const window = draw(1_000, u, { pull: 3 });
      for (const [pair, [estimated, measure]] of PAIRS.entries()) {
        const { lower = 1, upper = 0 } = estimate(estimated, known, window.p);
        const value = real(measure, window);
        if (lower <= value && value <= upper) held[pair] += 1;
      }
    }
    // 200 runs at 95% give 190, with a standard deviation of 3.
    for (const count of held) {
      expect(count).toBeGreaterThan(0.9 * RUNS);
      expect(count).toBeLessThan(0.99 * RUNS);
    }
  });

  it("misses where scores no longer mean what they meant", () => {
    const u = mulberry32(12);
    const known = learn(draw(20_000, u));
    const window = draw(20_000, u, { bias: -1 });
    const { lower = 0 } = estimate(estimatedAccuracy, known, window.p);
    expect(real(accuracy, window)).toBeLessThan(lower - 0.02);
  });
});

describe("estimated measures", () => {
  const u = mulberry32(5);
  const rows = draw(4_000, u);

  it("find the reference's own threshold, within its bin too", () => {
    for (const threshold of [0.5, 0.3, 0.337, 0.8125]) {
      const known = learn(rows, threshold);
      const score = estimate(estimatedAccuracy, known, rows.p);
      expect(score.extras?.["threshold"]).toBeCloseTo(threshold, 2);
      const own = accuracy.score(undefined, known.outcomes).value ?? 0;
      expect(Math.abs((score.value ?? 0) - own)).toBeLessThan(0.01);
      const share = precision.score(undefined, known.outcomes).value ?? 0;
      expect(Math.abs((estimate(estimatedPrecision, known, rows.p).value ?? 0) - share)).toBeLessThan(0.015);
    }
  });

  it("say why they say nothing", () => {
    const known = learn(rows);
    const { ref, outcomes } = known;
    const window = binsSection(ref.grid, rows.p);
    for (const [measure] of PAIRS) {
      expect(measure.score(ref, window)).toMatchObject({
        status: "no-reference",
        reason: "the reference has no labels",
      });
      expect(measure.score(ref, window, { outcomes: new Float64Array(OUTCOMES.length) })).toMatchObject({
        status: "undefined",
        reason: "the reference has no labels with a probability",
      });
      expect(
        measure.score(
          ref,
          window.map(() => 0),
          { outcomes },
        ),
      ).toMatchObject({ status: "no-data", n: 0 });
    }
    const few = learn({ p: rows.p.slice(0, 150), y: rows.y.slice(0, 150) });
    expect(estimate(estimatedAccuracy, few, rows.p)).toMatchObject({ status: "too-few" });
    const random = outcomesOf(rows, 0.5);
    for (const [row, score] of rows.p.entries()) {
      addOutcome(random, 0, { score, truth: rows.y[row], decision: Number(u() < 0.5) }, 1);
    }
    expect(estimatedAccuracy.score(ref, window, { outcomes: random })).toMatchObject({
      status: "undefined",
      reason: "decisions do not follow the score",
    });
  });

  it("expect few decisions to say little", () => {
    const low = { p: rows.p.map((score) => score * 0.49), y: rows.y };
    const known = learn(low);
    expect(estimate(estimatedPrecision, known, low.p)).toMatchObject({
      status: "undefined",
      reason: "no decisions for class 1 to be expected",
    });
    expect(estimate(estimatedRecall, known, low.p)).toMatchObject({ status: "ok", value: 0 });
  });

  it("are the reference's own of the reference's own scores", () => {
    const known = learn(rows);
    for (const [estimated, measure] of PAIRS) {
      const score = estimated.score(known.ref, known.ref.counts, { outcomes: known.outcomes });
      expect(score.effect).toBe(0);
      expect(score.value).toBe(score.extras?.["reference"]);
      const own = measure.score(undefined, known.outcomes).value ?? 0;
      expect(Math.abs((score.value ?? 0) - own)).toBeLessThan(0.005);
    }
  });
});
