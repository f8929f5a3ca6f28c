import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DELAYS } from "../../src/counts/label-delays.ts";
import { OUTCOMES } from "../../src/counts/outcomes.ts";
import {
  addToBand,
  BAND,
  bandCount,
  bandOf,
  bandStart,
  NO_EDGES,
  outcomesLength,
} from "../../src/counts/score-bands.ts";
import { buildOutcomeLayout } from "../../src/counts/outcome-layout.ts";
import { sectionOf } from "../statistics/labels.ts";

const EDGES = Float64Array.of(0.1, 0.25, 0.5, 0.9);
const label = fc.record({
  score: fc.double({ min: 0, max: 1, noNaN: true }),
  truth: fc.integer({ min: 0, max: 1 }),
});

describe("bands of the score", () => {
  it("end below their edge", () => {
    expect([0, 0.09, 0.1, 0.3, 0.5, 0.89, 0.9, 1].map((score) => bandOf(EDGES, score))).toEqual([
      0, 0, 1, 2, 3, 3, 4, 4,
    ]);
    expect(bandOf(NO_EDGES, 0.5)).toBe(0);
  });

  it("hold the same labels as the equal-width bins, in any order", () => {
    const property = fc.property(fc.array(label), (labels) => {
      const section = sectionOf(EDGES, labels);
      expect(sectionOf(EDGES, labels.toReversed())).toEqual(section);
      const { perBin } = OUTCOMES;
      const inBins = (field: number): number =>
        Array.from({ length: OUTCOMES.bins }, (_, bin) => section[bin * perBin.length + field]).reduce(
          (sum, one) => sum + one,
        );
      const inBands = (field: number): number =>
        Array.from({ length: bandCount(section) }, (_, band) => section[bandStart(band) + field]).reduce(
          (sum, one) => sum + one,
        );
      for (const field of ["n", "positives", "probability", "variance", "squaredError"] as const) {
        expect(inBands(BAND[field])).toBe(inBins(perBin[field]));
      }
    });
    expect(() => fc.assert(property)).not.toThrow();
  });

  it("forget a label that is revised", () => {
    const outcome = { score: 0.3, truth: 1, decision: Number.NaN };
    const section = sectionOf(EDGES, [outcome, { score: 0.4, truth: 0 }]);
    addToBand(section, bandStart(0), { edges: EDGES, outcome, sign: -1 });
    addToBand(section, bandStart(0), { edges: EDGES, outcome: { ...outcome, truth: 0 }, sign: 1 });
    const twice = sectionOf(EDGES, [
      { score: 0.3, truth: 0 },
      { score: 0.4, truth: 0 },
    ]);
    expect(section.subarray(bandStart(0))).toEqual(twice.subarray(bandStart(0)));
  });

  it("leave out what has no probability, or no truth of 0 or 1", () => {
    const labels = [Number.NaN, -0.1, 1.1].map((score) => ({ score, truth: 1 }));
    const section = sectionOf(EDGES, [...labels, { score: 0.5, truth: 2 }]);
    expect(section.subarray(bandStart(0)).every((one) => one === 0)).toBe(true);
  });
});

function idOf({ cohort, edges }: { cohort: number; edges: Float64Array }): string {
  return buildOutcomeLayout({ cohort, ruler: { kind: "binary", edges } }).id;
}

describe("the layout of cohorts", () => {
  it("is another one with other edges or another length", () => {
    const ids = [
      { cohort: 1000, edges: EDGES },
      { cohort: 2000, edges: EDGES },
      { cohort: 1000, edges: EDGES.subarray(1) },
      { cohort: 1000, edges: NO_EDGES },
    ].map(idOf);
    expect(new Set(ids).size).toBe(ids.length);
    expect(idOf({ cohort: 1000, edges: EDGES })).toBe(ids[0]);
    const ruler = { kind: "binary", edges: EDGES } as const;
    expect(buildOutcomeLayout({ cohort: 1000, ruler }).stride).toBe(outcomesLength(EDGES) + DELAYS.length);
  });
});
