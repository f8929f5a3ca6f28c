import { describe, expect, it } from "vitest";
import { DELAYS } from "../../src/counts/label-delays.ts";
import { buildGrid } from "../../src/counts/grid.ts";
import { buildOutcomeLayout } from "../../src/counts/outcome-layout.ts";
import { addLabel, labelledCount, rulerLength } from "../../src/counts/outcome-ruler.ts";
import { addValue, VALUES, valuesRuler } from "../../src/counts/values.ts";
import type { ValueOutcome } from "../../src/counts/values.ts";
import { errorsOf } from "../../src/statistics/value-errors.ts";
import { mulberry32 } from "../oracles/sample.ts";

const u = mulberry32(5);
const OUTCOMES: readonly ValueOutcome[] = Array.from({ length: 2_000 }, () => ({
  value: 1_000 * u(),
  truth: 1_000 * u(),
}));
const GRID = buildGrid(Float64Array.from(OUTCOMES, ({ value, truth }) => value - truth));
const RULER = valuesRuler(Math.max(-GRID.low, GRID.high), GRID);

function count(
  outcomes: Iterable<ValueOutcome>,
  sign: 1 | -1 = 1,
  into = new Float64Array(rulerLength(RULER)),
) {
  for (const { value, truth } of outcomes) {
    addLabel(into, 0, { ruler: RULER, label: { answer: value, decision: Number.NaN, truth }, sign });
  }
  return into;
}

describe("labels of numbers", () => {
  it("have the errors that their values have, to a step", () => {
    const errors = OUTCOMES.map(({ value, truth }) => value - truth);
    const mean = (of: (error: number) => number): number =>
      errors.reduce((sum, error) => sum + of(error), 0) / errors.length;
    const found = errorsOf(count(OUTCOMES), RULER.step);
    expect(found.n).toBe(2_000);
    expect(found.clipped).toBe(0);
    expect(Math.abs(found.mean - mean((error) => error))).toBeLessThan(RULER.step);
    expect(Math.abs(found.magnitude - mean(Math.abs))).toBeLessThan(RULER.step);
    expect(Math.sqrt(found.square)).toBeCloseTo(Math.sqrt(mean((error) => error ** 2)), 3);
  });

  it("are integers that every order gives, and that a revision undoes", () => {
    const whole = count(OUTCOMES);
    expect(whole.every(Number.isInteger)).toBe(true);
    expect(count(OUTCOMES.toReversed())).toEqual(whole);
    const revised = count(OUTCOMES.slice(0, 1_000), -1, count(OUTCOMES));
    expect(revised).toEqual(count(OUTCOMES.slice(1_000)));
  });

  it("count once each in the bins of the errors", () => {
    const bins = count(OUTCOMES).subarray(VALUES.length, VALUES.length + GRID.edges.length + 1);
    expect(bins.reduce((sum, one) => sum + one, 0)).toBe(2_000);
    expect(Math.max(...bins) - Math.min(...bins)).toBeLessThanOrEqual(2);
  });

  it("say of what has no number that it has none, and count what is beyond all bounds at the bound", () => {
    const section = count([
      { value: Number.NaN, truth: 1 },
      { value: 1, truth: Number.NaN },
      { value: Infinity, truth: Infinity },
      { value: Infinity, truth: 0 },
      { value: 0, truth: 1e300 },
      { value: 1, truth: 1 },
    ]);
    expect(section[VALUES.unscored]).toBe(3);
    expect(section[VALUES.n]).toBe(3);
    expect(section[VALUES.clipped]).toBe(2);
    // One of each sign.
    expect(section[VALUES.errors]).toBe(0);
    expect(section[VALUES.magnitudes]).toBe(2 ** 27);
    expect(labelledCount(RULER, section)).toBe(6);
  });

  it("stay exact where labels of the largest errors come by the million", () => {
    const section = new Float64Array(VALUES.length);
    const largest = { outcome: { value: 1e300, truth: 0 }, step: 1, sign: 1 } as const;
    for (let i = 0; i < 1_000; i += 1) addValue(section, 0, largest);
    expect(section[VALUES.squaresHigh]).toBe(1_000 * 2 ** 26);
    expect(Number.isSafeInteger(2 ** 26 * 2 ** 26)).toBe(true);
    expect(errorsOf(section, 1).square).toBe(2 ** 52);
  });
});

describe("the ruler of numbers", () => {
  it("has steps of a power of two, whatever the usual error", () => {
    for (const usual of [1e-280, 0.7, 1, 3, 1e12]) {
      const { step } = valuesRuler(usual);
      expect(Math.log2(step)).toBe(Math.round(Math.log2(step)));
      expect(step * 2 ** 16).toBeGreaterThanOrEqual(usual);
      expect(step * 2 ** 15).toBeLessThan(usual);
    }
    for (const none of [0, Number.NaN, Infinity]) expect(valuesRuler(none).step).toBe(2 ** -16);
  });

  it("gives another layout with other steps or bins", () => {
    const rulers = [
      valuesRuler(1),
      valuesRuler(2),
      valuesRuler(1, GRID),
      { kind: "binary", edges: GRID.edges } as const,
    ];
    const ids = rulers.map((ruler) => buildOutcomeLayout({ cohort: 1_000, ruler }).id);
    expect(new Set(ids).size).toBe(rulers.length);
    expect(buildOutcomeLayout({ cohort: 1_000, ruler: RULER }).sections).toMatchObject([
      { kind: "values", offset: 0, length: VALUES.length },
      { kind: "residuals", offset: VALUES.length },
      { kind: "delays", length: DELAYS.length },
    ]);
  });
});
