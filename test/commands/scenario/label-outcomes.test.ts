import { describe, expect, test } from "vitest";
import { labelOutcomes, type LabelOutcome } from "../../../src/commands/scenario/label-outcomes.ts";
import type { TestReferenceSection } from "../../../src/config/generated/rule-test.ts";
import type { FittedModel } from "../../../src/rules/fitted-model.ts";
import { fitted } from "./scenario-project.ts";

function learnt({ counting, reference }: FittedModel) {
  if (counting.outcomes === undefined || reference.outcome === undefined) throw new Error("no labels");
  return { ruler: counting.outcomes.ruler, counts: reference.outcome.counts };
}

function mean(outcomes: readonly LabelOutcome[], of: (outcome: LabelOutcome) => number): number {
  return outcomes.reduce((sum, outcome) => sum + outcome.share * of(outcome), 0);
}

describe("labels of a score", () => {
  const { ruler, counts } = learnt(fitted());
  const calm = labelOutcomes(ruler, counts, []);
  const truth = ({ label }: LabelOutcome): number => label.truth;
  const score = ({ label }: LabelOutcome): number => label.answer;

  test("say as often yes as the reference's, at every score", () => {
    expect(mean(calm, () => 1)).toBeCloseTo(1, 9);
    expect(mean(calm, score)).toBeCloseTo(0.2, 2);
    expect(Math.abs(mean(calm, truth) - mean(calm, score))).toBeLessThan(0.01);
    const high = calm.filter(({ label }) => label.answer > 0.4);
    const share = mean(high, () => 1);
    expect(Math.abs(mean(high, truth) / share - mean(high, score) / share)).toBeLessThan(0.03);
  });

  test("flip", () => {
    const flipped = labelOutcomes(ruler, counts, [{ kind: "labelFlip", share: 1 }]);
    expect(mean(flipped, truth)).toBeCloseTo(1 - mean(calm, truth), 6);
    const half = labelOutcomes(ruler, counts, [{ kind: "labelFlip", share: 0.5 }]);
    expect(mean(half, truth)).toBeCloseTo(0.5, 6);
  });

  test("come oftener than the score says, and the score stays", () => {
    const moved = labelOutcomes(ruler, counts, [{ kind: "miscalibrate", slope: 1, offset: 0.5 }]);
    expect(mean(moved, score)).toBeCloseTo(mean(calm, score), 6);
    expect(mean(moved, truth) - mean(calm, truth)).toBeGreaterThan(0.05);
  });
});

describe("labels of a number", () => {
  const reference: TestReferenceSection = {
    rows: 20_000,
    columns: { amount: { normal: [100, 20] }, "prediction.value": { normal: [50, 10] } },
    labels: { delay: "1h", error: { normal: [0, 4] } },
  };
  const rules = `version: 1
model: m
references: { default: { file: m.arrow } }
rules:
  - { alert: Worse, measure: rmse, above: 6 }
`;
  const { ruler, counts } = learnt(fitted({ rules, reference }));
  const error = ({ label }: LabelOutcome): number => label.answer - label.truth;

  test("err as the reference's do", () => {
    const calm = labelOutcomes(ruler, counts, []);
    expect(Math.abs(mean(calm, error))).toBeLessThan(0.15);
    expect(Math.sqrt(mean(calm, (outcome) => error(outcome) ** 2)) / 4).toBeCloseTo(1, 1);
  });

  test("err more", () => {
    const moved = labelOutcomes(ruler, counts, [{ kind: "error", scale: 2, shift: 3 }]);
    expect(mean(moved, error)).toBeCloseTo(3, 0);
    expect(Math.sqrt(mean(moved, (outcome) => (error(outcome) - 3) ** 2)) / 8).toBeCloseTo(1, 1);
  });
});

describe("labels of many classes", () => {
  const reference: TestReferenceSection = {
    rows: 20_000,
    columns: {
      amount: { normal: [100, 20] },
      "prediction.decision": { categories: { cat: 0.5, dog: 0.3, bird: 0.2 } },
    },
    labels: { delay: "1h", accuracy: 0.9 },
  };
  const rules = `version: 1
model: m
references: { default: { file: m.arrow } }
rules:
  - { alert: Worse, measure: accuracy, below: 0.8 }
`;
  const { ruler, counts } = learnt(fitted({ rules, reference }));
  const isRight = ({ label }: LabelOutcome): number => Number(label.truth === label.decision);

  test("are right as often as the reference's", () => {
    expect(mean(labelOutcomes(ruler, counts, []), isRight)).toBeCloseTo(0.9, 1);
  });

  test("flip to any other class", () => {
    const flipped = labelOutcomes(ruler, counts, [{ kind: "labelFlip", share: 0.5 }]);
    expect(mean(flipped, isRight)).toBeCloseTo(0.45 + 0.1 * 0.25, 1);
    expect(mean(flipped, () => 1)).toBeCloseTo(1, 9);
  });
});
