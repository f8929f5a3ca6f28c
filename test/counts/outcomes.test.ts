import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addOutcome, OUTCOMES } from "../../src/counts/outcomes.ts";
import type { Outcome } from "../../src/counts/outcomes.ts";

const outcome: fc.Arbitrary<Outcome> = fc.record({
  score: fc.oneof(fc.double(), fc.double({ min: 0, max: 1 })),
  truth: fc.integer({ min: 0, max: 3 }),
  decision: fc.constantFrom(0, 1, 2, Number.NaN),
});

function sectionOf(labels: readonly Outcome[]): Float64Array {
  const section = new Float64Array(OUTCOMES.length);
  for (const label of labels) addOutcome(section, 0, label, 1);
  return section;
}

describe("addOutcome", () => {
  it("holds integers only, the same in any order", () => {
    const property = fc.property(fc.array(outcome), (labels) => {
      const section = sectionOf(labels);
      expect(sectionOf(labels.toReversed())).toEqual(section);
      return section.every((one) => Number.isInteger(one) && one >= 0);
    });
    expect(() => fc.assert(property)).not.toThrow();
  });

  it("is undone by its own revision", () => {
    const property = fc.property(fc.array(outcome), outcome, (labels, wrong) => {
      const section = sectionOf([wrong, ...labels]);
      addOutcome(section, 0, wrong, -1);
      expect(section).toEqual(sectionOf(labels));
    });
    expect(() => fc.assert(property)).not.toThrow();
  });

  it("counts every label once, scored or not", () => {
    const property = fc.property(fc.array(outcome), (labels) => {
      const section = sectionOf(labels);
      let n = section[OUTCOMES.unscored];
      for (let bin = 0; bin < OUTCOMES.bins; bin += 1) n += section[bin * OUTCOMES.perBin.length];
      return n === labels.length;
    });
    expect(() => fc.assert(property)).not.toThrow();
  });

  it("writes from its offset on", () => {
    const section = new Float64Array(OUTCOMES.length + 10);
    addOutcome(section, 10, { score: 1, truth: 1, decision: 1 }, 1);
    const { bins, perBin, scale } = OUTCOMES;
    const last = 10 + (bins - 1) * perBin.length;
    expect([...section.subarray(last, last + perBin.length)]).toEqual([1, 1, 1, scale, 0, 0, 0]);
    expect(section.subarray(0, 10).every((one) => one === 0)).toBe(true);
  });

  it("counts class 1 against all others, by the decision or else by the score", () => {
    const confusionOf = (label: Outcome): number[] => {
      const section = sectionOf([label]);
      const { truePositives, falsePositives, falseNegatives } = OUTCOMES;
      return [section[truePositives], section[falsePositives], section[falseNegatives]];
    };
    const none = Number.NaN;
    expect(confusionOf({ score: 0.5, truth: 1, decision: none })).toEqual([1, 0, 0]);
    expect(confusionOf({ score: 0.4, truth: 0, decision: 1 })).toEqual([0, 1, 0]);
    expect(confusionOf({ score: 0.9, truth: 1, decision: 2 })).toEqual([0, 0, 1]);
    expect(confusionOf({ score: none, truth: 3, decision: 1 })).toEqual([0, 1, 0]);
    expect(confusionOf({ score: none, truth: 3, decision: 2 })).toEqual([0, 0, 0]);
    expect(confusionOf({ score: none, truth: 1, decision: none })).toEqual([0, 0, 0]);
  });

  it("adds up the log loss, clipped", () => {
    const lossOf = (score: number, truth: number): number =>
      sectionOf([{ score, truth, decision: Number.NaN }])[OUTCOMES.logLoss] / OUTCOMES.scale;
    expect(lossOf(0.25, 1)).toBeCloseTo(Math.log(4), 8);
    expect(lossOf(0.25, 0)).toBeCloseTo(Math.log(4 / 3), 8);
    expect(lossOf(0, 1)).toBeCloseTo(-Math.log(1e-15), 8);
    expect(lossOf(1.5, 1)).toBe(0);
  });

  it("decides at one half where the model did not", () => {
    const { perBin } = OUTCOMES;
    const correctOf = (label: Outcome): number =>
      sectionOf([label])[Math.min(119, Math.floor(label.score * 120)) * perBin.length + perBin.correct];
    expect(correctOf({ score: 0.5, truth: 1, decision: Number.NaN })).toBe(1);
    expect(correctOf({ score: 0.49, truth: 1, decision: Number.NaN })).toBe(0);
    expect(correctOf({ score: 0.49, truth: 1, decision: 1 })).toBe(1);
  });
});
