import { describe, expect, it } from "vitest";
import {
  createCells,
  expectAccuracy,
  expectAuc,
  expectPrecision,
  expectRecall,
} from "../../src/statistics/expected-outcomes.ts";
import type { ScoreCells } from "../../src/statistics/expected-outcomes.ts";
import { fitIsotonic } from "../../src/statistics/isotonic.ts";
import { readOracle } from "../oracles/sample.ts";

interface Rows {
  readonly p: readonly number[];
  readonly y: readonly number[];
  readonly pred: readonly number[];
}

type Estimated = Readonly<Record<"accuracy" | "roc_auc" | "precision" | "recall", { estimated: number }>>;

interface Case {
  readonly id: string;
  readonly ref: Rows;
  readonly analysis: Rows;
  readonly expect: {
    readonly needs_calibration: boolean;
    readonly chunks: readonly (Estimated & { start: number; end: number })[];
  };
}

const { cases } = readOracle<{ cases: readonly Case[] }>("cbpe");

/** Labels by distinct score: a row each, or several where scores are equal. */
function mapOf({ p, y }: Rows): ReturnType<typeof fitIsotonic> {
  const scores = Float64Array.from(new Set(p)).sort();
  const at = new Map(Array.from(scores, (score, knot) => [score, knot]));
  const positives = new Float64Array(scores.length);
  const totals = new Float64Array(scores.length);
  for (const [row, score] of p.entries()) {
    const knot = at.get(score) ?? 0;
    positives[knot] += y[row];
    totals[knot] += 1;
  }
  return fitIsotonic({ scores, positives, totals });
}

/** A cell per distinct score of the rows. */
function cellsOf(rows: Rows, chunk: { start: number; end: number }): { scores: number[]; weights: number[] } {
  const count = new Map<number, number>();
  for (let row = chunk.start; row < chunk.end; row += 1) {
    count.set(rows.p[row], (count.get(rows.p[row]) ?? 0) + 1);
  }
  const scores = [...count.keys()].toSorted((a, b) => a - b);
  return { scores, weights: scores.map((score) => count.get(score) ?? 0) };
}

describe.each(cases)("$id", ({ ref, analysis, expect: expected }) => {
  const map = mapOf(ref);

  it("agrees with NannyML, given every row's own score", () => {
    for (const chunk of expected.chunks) {
      const { scores, weights } = cellsOf(analysis, chunk);
      const decided = Uint8Array.from(scores, (score) => Number(score >= 0.5));
      const calibrated = createCells(map, Float64Array.from(scores), decided);
      // It leaves the scores alone where recalibration would not improve them.
      const cells: ScoreCells = expected.needs_calibration
        ? calibrated
        : { ...calibrated, probability: Float64Array.from(scores) };
      const digits = expected.needs_calibration ? 6 : 9;
      const rows = Float64Array.from(weights);
      expect(expectAccuracy(rows, cells).value).toBeCloseTo(chunk.accuracy.estimated, digits);
      expect(expectPrecision(rows, cells).value).toBeCloseTo(chunk.precision.estimated, digits);
      expect(expectRecall(rows, cells).value).toBeCloseTo(chunk.recall.estimated, digits);
      expect(expectAuc(rows, cells).value).toBeCloseTo(chunk.roc_auc.estimated, 6);
    }
  });
});
