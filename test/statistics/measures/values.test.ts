import { describe, expect, it } from "vitest";
import { buildGrid } from "../../../src/counts/grid.ts";
import { valuesRuler } from "../../../src/counts/values.ts";
import { psi } from "../../../src/statistics/measures/psi.ts";
import { bias } from "../../../src/statistics/measures/bias.ts";
import { mae } from "../../../src/statistics/measures/mae.ts";
import { residualKs } from "../../../src/statistics/measures/residual-ks.ts";
import { residualPsi } from "../../../src/statistics/measures/residual-psi.ts";
import { rmse } from "../../../src/statistics/measures/rmse.ts";
import { rmseRatio } from "../../../src/statistics/measures/rmse-ratio.ts";
import { mulberry32 } from "../../oracles/sample.ts";
import { valueSections } from "../labels.ts";
import { binsRef, binsSection } from "../series.ts";

/** Truths around which answers scatter: `by` too high, errors `wide` times as wide. */
function labels(seed: number, { by = 0, wide = 1, count = 4_000 } = {}) {
  const u = mulberry32(seed);
  return Array.from({ length: count }, () => {
    const truth = 100 * u();
    return { truth, value: truth + by + wide * (u() + u() + u() - 1.5) };
  });
}

const REFERENCE = labels(1);
const GRID = buildGrid(
  Float64Array.from(REFERENCE, ({ value, truth }) => value - truth),
  60,
);
const RULER = valuesRuler(Math.max(-GRID.low, GRID.high), GRID);
const known = valueSections(RULER, REFERENCE);

function scoresOf(outcomes: ReturnType<typeof labels>) {
  const { values, residuals } = valueSections(RULER, outcomes);
  const errors = { outcomes: known.values, values: RULER };
  const spread = { outcomes: known.residuals, values: RULER };
  return {
    bias: bias.score(undefined, values, errors),
    mae: mae.score(undefined, values, errors),
    rmse: rmse.score(undefined, values, errors),
    ratio: rmseRatio.score(undefined, values, errors),
    psi: residualPsi.score(undefined, residuals, spread),
    ks: residualKs.score(undefined, residuals, spread),
  };
}

describe("errors of numbers", () => {
  it("are those of scikit-learn on six labels", () => {
    // mean_absolute_error 0.75 and mean_squared_error 0.75 of [3, -0.5, 2, 7, 1, 2.5] against [2.5, 0, 2, 8, 2, 1].
    const truths = [2.5, 0, 2, 8, 2, 1];
    const outcomes = [3, -0.5, 2, 7, 1, 2.5].map((value, i) => ({ value, truth: truths[i] }));
    const found = scoresOf(outcomes);
    expect(found.mae.value).toBeCloseTo(0.75, 4);
    expect(found.rmse.value).toBeCloseTo(Math.sqrt(4.75 / 6), 4);
    expect(found.bias.value).toBeCloseTo(-0.5 / 6, 4);
    expect(found.mae).toMatchObject({ status: "too-few", n: 6, trust: "policy" });
  });

  it("have their numbers up to the largest that there are", () => {
    const huge = REFERENCE.map(({ value, truth }) => ({ value: value * 1e305, truth: truth * 1e305 }));
    const errors = Float64Array.from(huge, ({ value, truth }) => value - truth);
    const grid = buildGrid(errors, 60);
    const ruler = valuesRuler(Math.max(-grid.low, grid.high), grid);
    const { values } = valueSections(ruler, huge);
    const context = { outcomes: values, values: ruler };
    const plain = scoresOf(REFERENCE);
    const scale = (score: { value?: number }) => (score.value ?? Number.NaN) / 1e305;
    expect(scale(rmse.score(undefined, values, context))).toBeCloseTo(plain.rmse.value ?? 0, 3);
    expect(scale(mae.score(undefined, values, context))).toBeCloseTo(plain.mae.value ?? 0, 3);
    expect(rmseRatio.score(undefined, values, context).value).toBe(1);
    expect(bias.score(undefined, values, context)).not.toHaveProperty("lower");
    const beyond = valuesRuler(Number.MAX_VALUE);
    expect(Number.isFinite(beyond.step)).toBe(true);
  });

  it("are as ever where nothing changed", () => {
    const { ratio, psi: drift, ks, bias: mean } = scoresOf(labels(2));
    expect(ratio.value).toBeCloseTo(1, 1);
    expect(drift.value).toBeLessThan(0.02);
    expect(ks.value).toBeLessThan(0.05);
    expect(mean.lower).toBeLessThan(0);
    expect(mean.upper).toBeGreaterThan(0);
  });

  it("show a model that says too much by their mean, and one that scatters by their size", () => {
    const high = scoresOf(labels(3, { by: 0.25 }));
    expect(high.bias.value).toBeCloseTo(0.25, 1);
    expect(high.bias.lower).toBeGreaterThan(0.2);
    expect(high.bias.extras?.["reference"]).toBeCloseTo(0, 1);
    expect(high.psi.value).toBeGreaterThan(0.1);
    const wide = scoresOf(labels(4, { wide: 1.5 }));
    expect(wide.ratio.value).toBeCloseTo(1.5, 1);
    expect(wide.bias.effect).toBeLessThan(0.05);
    expect(wide.psi.value).toBeGreaterThan(0.1);
    expect(wide.ks.upper).toBeGreaterThanOrEqual(wide.ks.lower ?? 1);
  });

  it("drift as psi has it of the errors themselves", () => {
    const outcomes = labels(5, { by: 0.3 });
    const errorsOf = (of: typeof outcomes): number[] => of.map(({ value, truth }) => value - truth);
    const plain = psi.score(binsRef(GRID, errorsOf(REFERENCE)), binsSection(GRID, errorsOf(outcomes)));
    expect(scoresOf(outcomes).psi.value).toBe(plain.value);
  });

  it("are held against nothing where the reference has no labels", () => {
    const ruler = valuesRuler(1);
    const { values } = valueSections(ruler, labels(6));
    expect(rmse.score(undefined, values, { values: ruler })).toMatchObject({ status: "ok", n: 4_000 });
    expect(rmse.score(undefined, values, { values: ruler }).extras).toEqual({});
    expect(rmseRatio.score(undefined, values, { values: ruler }).status).toBe("no-reference");
    expect(residualPsi.score(undefined, new Float64Array(0), { values: ruler }).status).toBe("no-reference");
  });

  it("are no ratio of a reference without any error", () => {
    const { values } = valueSections(RULER, labels(6));
    const perfect = valueSections(RULER, [{ value: 1, truth: 1 }]).values;
    const score = rmseRatio.score(undefined, values, { values: RULER, outcomes: perfect });
    expect(score).toMatchObject({ status: "undefined", reason: "the reference's predictions have no error" });
  });

  it("that were cut off are counted, since the numbers are then too small", () => {
    const outcomes = [...labels(7), { value: 1e9, truth: 0 }];
    expect(scoresOf(outcomes).rmse.extras?.["clipped"]).toBe(1);
  });
});
