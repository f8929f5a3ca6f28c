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

  it("decides at one half where the model did not", () => {
    const { perBin } = OUTCOMES;
    const correctOf = (label: Outcome): number =>
      sectionOf([label])[Math.min(119, Math.floor(label.score * 120)) * perBin.length + perBin.correct];
    expect(correctOf({ score: 0.5, truth: 1, decision: Number.NaN })).toBe(1);
    expect(correctOf({ score: 0.49, truth: 1, decision: Number.NaN })).toBe(0);
    expect(correctOf({ score: 0.49, truth: 1, decision: 1 })).toBe(1);
  });
});
