import { describe, expect, test } from "vitest";
import { openCohorts } from "../../../src/commands/scenario/cohorts.ts";
import { drawnSegments } from "../../../src/commands/scenario/drawn-segments.ts";
import { createRandom } from "../../../src/commands/scenario/random.ts";
import type { Change, Synthetic } from "../../../src/commands/scenario/scenario.ts";
import type { TestReferenceSection } from "../../../src/config/generated/rule-test.ts";
import { rulerLength } from "../../../src/counts/outcome-ruler.ts";
import { unpackInto } from "../../../src/counts/packed.ts";
import { scoredPart } from "../../../src/reference/label-ruler.ts";
import type { FittedModel } from "../../../src/rules/fitted-model.ts";
import { bandsOfSection } from "../../../src/statistics/band-sums.ts";
import { prepareResiduals, residualsOf } from "../../../src/statistics/residuals.ts";
import { fitted } from "./scenario-project.ts";

const COHORTS = 300;
const ROWS = 2000;
const START = Date.UTC(2026, 0, 5);

/** A model whose reference says so of its cohorts. */
function restless(
  { deff, tau = 1, k = 60 }: { deff: number; tau?: number; k?: number },
  model: FittedModel = fitted(),
): FittedModel {
  const segments = model.reference.segments.map((segment) => {
    if (segment.outcome === undefined) throw new Error("no labels");
    const { calibration } = segment.outcome;
    const all = (value: number): Float64Array => calibration.share.deff.map(() => value);
    const share = { deff: all(deff), tau: all(tau), nu: all(1) };
    const known = { ...calibration, k, meanRows: ROWS, share, logit: share };
    return { ...segment, outcome: { ...segment.outcome, calibration: known } };
  });
  return { ...model, reference: { ...model.reference, independent: false, segments } };
}

/** By cohort: the mean residual of its labels, in standard errors that labels without anything in common would have. */
function drawResiduals(model: FittedModel, changes: readonly Change[] = [], seed = 1): number[] {
  const { outcomes } = model.counting;
  const { outcome, columns } = model.reference;
  const story: Synthetic = { lasts: 1, start: START, seed, version: "v1", changes };
  const cohorts = openCohorts({ fitted: model, story, random: createRandom(seed) });
  if (outcomes === undefined || outcome === undefined || cohorts === undefined) throw new Error("no labels");
  const ruler = prepareResiduals(scoredPart(columns, outcome.counts));
  const { size } = ruler.bands;
  const usual = ruler.residuals.sum[size] / ruler.residuals.n[size];
  const [segment] = drawnSegments({ ...model, model: { ...model.model, rules: [] } }, []);
  if (segment === undefined) throw new Error("no segment");
  for (let cohort = 0; cohort < COHORTS; cohort += 1) {
    const drawn = { segment, version: "v1", rows: ROWS, changes: [...changes.keys()] };
    cohorts.add(START + cohort * outcomes.cohort, [drawn]);
  }
  const vector = new Float64Array(outcomes.layout.stride);
  return cohorts.takeEnded(Number.POSITIVE_INFINITY).map(({ packed }) => {
    vector.fill(0);
    unpackInto(packed, vector, 1);
    const { n, sum } = residualsOf(
      ruler,
      bandsOfSection(scoredPart(columns, vector.subarray(0, rulerLength(outcomes.ruler)))),
    );
    return (sum[size] / n[size] - usual) / Math.sqrt(ruler.squares[size] / n[size]);
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const variance = (values: readonly number[]): number =>
  mean(values.map((one) => one ** 2)) - mean(values) ** 2;

describe("labels that are drawn", () => {
  test("vary by chance alone where nobody knows better", () => {
    for (const model of [fitted(), restless({ deff: 9, k: 29 }), restless({ deff: 1 })]) {
      const residuals = drawResiduals(model);
      expect(residuals).toHaveLength(COHORTS);
      expect(variance(residuals)).toBeGreaterThan(0.8);
      expect(variance(residuals)).toBeLessThan(1.25);
    }
  });

  test("vary as the reference's own cohorts did, around the same", () => {
    const residuals = drawResiduals(restless({ deff: 9 }));
    expect(variance(residuals)).toBeGreaterThan(7);
    expect(variance(residuals)).toBeLessThan(11.5);
    expect(Math.abs(mean(residuals))).toBeLessThan(3 * Math.sqrt(9 / COHORTS));
    expect(drawResiduals(restless({ deff: 9 }))).toEqual(residuals);
    expect(drawResiduals(restless({ deff: 9 }), [], 2)).not.toEqual(residuals);
  });

  test("remember the last cohort as far as the reference's did", () => {
    const lag = (tau: number): number => {
      const residuals = drawResiduals(restless({ deff: 30, tau }));
      return mean(residuals.slice(1).map((one, i) => one * (residuals[i] ?? 0))) / variance(residuals);
    };
    expect(Math.abs(lag(1))).toBeLessThan(0.2);
    expect(lag(4)).toBeGreaterThan(0.4);
  });

  test("are changed on top of that", () => {
    const effect = { kind: "miscalibrate", slope: 1, offset: 0.5 } as const;
    const change = { at: 0, until: Number.POSITIVE_INFINITY, effect };
    expect(mean(drawResiduals(restless({ deff: 9 }), [change]))).toBeGreaterThan(5);
  });

  test("of many classes are right now more often and now less", () => {
    const reference: TestReferenceSection = {
      rows: 20_000,
      columns: {
        amount: { normal: [100, 20] },
        "prediction.decision": { categories: { cat: 0.5, dog: 0.3, bird: 0.2 } },
        "prediction.score": { beta: [8, 2] },
      },
      labels: { delay: "1h", accuracy: 0.8 },
    };
    const rules =
      "version: 1\nmodel: m\nreferences: { default: { file: m.arrow } }\nrules:\n  - { alert: Worse, measure: accuracy, below: 0.8 }\n";
    const model = fitted({ rules, reference });
    expect(variance(drawResiduals(model))).toBeLessThan(1.3);
    const residuals = drawResiduals(restless({ deff: 9 }, model));
    expect(variance(residuals)).toBeGreaterThan(6.5);
    expect(variance(residuals)).toBeLessThan(12);
    expect(Math.abs(mean(residuals))).toBeLessThan(3 * Math.sqrt(9 / COHORTS) + 0.3);
  });
});
