import { describe, expect, it } from "vitest";
import { allotBudget, consecutiveLooks } from "../../src/verdict/budget.ts";
import type { BudgetedRule } from "../../src/verdict/budget.ts";

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const month = { falseAlarms: 1, per: 30 * DAY };

function rule(known: number, options: Partial<BudgetedRule> = {}): BudgetedRule {
  return {
    alert: "FeatureDrift",
    measure: "psi",
    known,
    most: 5_000,
    every: MINUTE,
    for: 10 * MINUTE,
    ...options,
  };
}

describe("allotBudget", () => {
  it("has the levels that the promise was worked out for", () => {
    const [twenty] = allotBudget([rule(20)], month);
    expect(twenty).toMatchObject({ looks: 43_200, consecutive: 11 });
    expect(twenty.alpha).toBeCloseTo(1.02e-5, 7);
    const [many] = allotBudget([rule(3_000)], month);
    expect(many.alpha).toBeCloseTo(6.79e-8, 10);
  });

  it("spends at most the budget, over all rules and all slots", () => {
    const rules = [
      rule(20, { most: 200 }),
      rule(31, { most: 31, every: 5 * MINUTE, for: 0 }),
      rule(0, { most: 7, every: 60 * MINUTE, for: 120 * MINUTE }),
    ];
    const allotted = allotBudget(rules, { falseAlarms: 3, per: 30 * DAY });
    const total = allotted.reduce((sum, { expected }) => sum + expected, 0);
    expect(total).toBeCloseTo(3, 12);
    for (const [i, { alpha, alphaOfNew, looks, consecutive, expected }] of allotted.entries()) {
      const { known, most } = rules[i];
      const perSeries = looks / consecutive;
      const spent =
        (known > 0 ? known * alpha * perSeries : 0) +
        (most > known ? (most - known) * alphaOfNew * perSeries : 0);
      expect(spent).toBeCloseTo(expected, 12);
    }
  });

  it("gives known series four fifths, in equal parts whatever their rule", () => {
    const [a, b] = allotBudget([rule(10, { most: 10 }), rule(30, { most: 40 })], month);
    expect(a.alpha).toBe(b.alpha);
    expect(a.expected).toBeCloseTo(0.2, 12);
    expect(a.alphaOfNew).toBeNaN();
    expect(b.expected).toBeCloseTo(0.6 + 0.2, 12);
  });

  it("gives a level to new series where the reference knows none", () => {
    const [only] = allotBudget([rule(0, { most: 10 })], month);
    expect(only.alpha).toBeNaN();
    expect(only.alphaOfNew).toBeCloseTo((0.2 / 10) * (11 / 43_200), 15);
  });

  it("never promises more than one alarm's worth for a rule that looks once", () => {
    const [rare] = allotBudget([rule(1, { most: 1, every: 60 * DAY, for: 0 })], { falseAlarms: 5, per: DAY });
    expect(rare.alpha).toBe(1);
    const [slow] = allotBudget([rule(1, { most: 1, every: DAY, for: 60 * DAY })], month);
    expect(slow.alpha).toBeCloseTo(0.8, 12);
  });
});

describe("consecutiveLooks", () => {
  it("counts both ends of the wait", () => {
    expect(consecutiveLooks(0, MINUTE)).toBe(1);
    expect(consecutiveLooks(10 * MINUTE, MINUTE)).toBe(11);
    expect(consecutiveLooks(10 * MINUTE, 4 * MINUTE)).toBe(4);
  });
});
