import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contrastGroups, DIFFERENCE, RATIO, ratesOf } from "../../src/statistics/fairness.ts";
import type { ContrastTerms } from "../../src/statistics/fairness.ts";
import { emptyGroup } from "../../src/statistics/group-counts.ts";
import type { GroupCounts } from "../../src/statistics/group-counts.ts";
import { mulberry32, readOracle } from "../oracles/sample.ts";

const PARITY: ContrastTerms = { contrast: DIFFERENCE, rates: ["selectionRate"] };
const PARITY_RATIO: ContrastTerms = { contrast: RATIO, rates: ["selectionRate"] };
const OPPORTUNITY: ContrastTerms = { contrast: DIFFERENCE, rates: ["truePositiveRate"] };
const ODDS: ContrastTerms = { contrast: DIFFERENCE, rates: ["truePositiveRate", "falsePositiveRate"] };

interface Case {
  readonly id: string;
  readonly rows: { readonly group: string[]; readonly y_true: number[]; readonly y_pred: number[] };
  readonly expect: {
    readonly groups: Readonly<
      Record<string, { n: number; selection_rate: number; tpr: number | null; fpr: number | null }>
    >;
    readonly demographic_parity_difference: number;
    readonly demographic_parity_ratio: number | null;
    readonly equal_opportunity_difference: number | null;
    readonly equalized_odds_difference: number | null;
  };
}

function countGroups({ group, y_true: truth, y_pred: decided }: Case["rows"]): GroupCounts[] {
  return [...new Set(group)].map((name) => {
    const rows = [...group.keys()].filter((row) => group[row] === name);
    const count = (holds: (row: number) => boolean): number => rows.filter(holds).length;
    return {
      group: name,
      decisions: rows.length,
      selected: count((row) => decided[row] === 1),
      positives: count((row) => truth[row] === 1),
      truePositives: count((row) => truth[row] === 1 && decided[row] === 1),
      negatives: count((row) => truth[row] === 0),
      falsePositives: count((row) => truth[row] === 0 && decided[row] === 1),
    };
  });
}

const { cases } = readOracle<{ cases: readonly Case[] }>("fairness");

describe.each(cases)("$id", ({ rows, expect: expected }) => {
  const groups = countGroups(rows);
  const least = 1;

  it("agrees with fairlearn", () => {
    for (const { group, value, n } of ratesOf(groups, "selectionRate", { least })) {
      expect(value).toBeCloseTo(expected.groups[group]?.selection_rate ?? Number.NaN, 12);
      expect(n).toBe(expected.groups[group]?.n);
    }
    for (const { group, value } of ratesOf(groups, "truePositiveRate", { least })) {
      expect(value).toBeCloseTo(expected.groups[group]?.tpr ?? Number.NaN, 12);
    }
    for (const { group, value } of ratesOf(groups, "falsePositiveRate", { least })) {
      expect(value).toBeCloseTo(expected.groups[group]?.fpr ?? Number.NaN, 12);
    }
    const known = [
      [PARITY, expected.demographic_parity_difference],
      [PARITY_RATIO, expected.demographic_parity_ratio],
      [OPPORTUNITY, expected.equal_opportunity_difference],
      [ODDS, expected.equalized_odds_difference],
    ] as const;
    for (const [terms, value] of known) {
      // Without labels of class 1 in a group it has no answer; that group is left out here.
      if (value === null) continue;
      const score = contrastGroups(groups, { ...terms, least });
      expect(score.value).toBeCloseTo(value, 12);
      expect(score.lower ?? 1).toBeLessThanOrEqual(value);
      expect(score.upper ?? 0).toBeGreaterThanOrEqual(value);
    }
  });
});

function group(name: string, of: Partial<GroupCounts>): GroupCounts {
  return { ...emptyGroup(name), ...of };
}

describe("groups", () => {
  const eu = group("eu", { decisions: 1_000, selected: 500 });
  const us = group("us", { decisions: 400, selected: 100 });
  const small = group("is", { decisions: 99, selected: 0 });

  it("below the floor are neither shown nor compared", () => {
    expect(ratesOf([eu, us, small], "selectionRate").map(({ group: name }) => name)).toEqual(["eu", "us"]);
    expect(contrastGroups([eu, us, small], PARITY)).toMatchObject({
      status: "ok",
      value: 0.25,
      n: 1_400,
      extras: { groups: 2, hidden: 1 },
    });
    const odds = { positives: 300, truePositives: 200, negatives: 100, falsePositives: 10 };
    const both = contrastGroups([group("a", odds), group("b", { ...odds, falsePositives: 60 })], ODDS);
    expect(both).toMatchObject({ status: "ok", value: 0.5, n: 800 });
    expect(contrastGroups([eu, small], PARITY)).toMatchObject({
      status: "too-few",
      reason: "fewer than two groups of 100 decisions",
    });
    expect(contrastGroups([eu, us], ODDS)).toMatchObject({
      status: "too-few",
      reason: "fewer than two groups of 100 labels of class 1",
    });
  });

  it("have Newcombe's interval where they are two", () => {
    // Newcombe (1998), table II, case a: 56 of 70 against 48 of 80, method 10.
    const a = group("a", { decisions: 70, selected: 56 });
    const b = group("b", { decisions: 80, selected: 48 });
    const { lower, upper } = contrastGroups([a, b], { ...PARITY, least: 1 });
    expect(lower).toBeCloseTo(0.0524, 4);
    expect(upper).toBeCloseTo(0.3339, 4);
  });

  it("of which some or all select nobody have a ratio of 0, or none", () => {
    const none = group("none", { decisions: 200 });
    const score = contrastGroups([eu, none], PARITY_RATIO);
    expect(score).toMatchObject({ status: "ok", value: 0, lower: 0 });
    expect(score.upper).toBeLessThan(0.1);
    expect(contrastGroups([none, { ...none, group: "other" }], PARITY_RATIO)).toMatchObject({
      status: "undefined",
      reason: "no group has any selected",
    });
    expect(contrastGroups([none, { ...none, group: "other" }], PARITY)).toMatchObject({ value: 0, lower: 0 });
  });

  it("are nothing to compare where there are none", () => {
    expect(contrastGroups([], PARITY)).toMatchObject({ status: "no-data", n: 0 });
    expect(contrastGroups(undefined, PARITY)).toMatchObject({ status: "no-data", n: 0 });
  });
});

const counted: fc.Arbitrary<GroupCounts> = fc
  .tuple(fc.string(), fc.array(fc.nat(5_000), { minLength: 4, maxLength: 4 }))
  .map(([name, [hits, misses, alarms, rejections]]) => ({
    group: name,
    decisions: hits + misses + alarms + rejections,
    selected: hits + alarms,
    positives: hits + misses,
    truePositives: hits,
    negatives: alarms + rejections,
    falsePositives: alarms,
  }));

it("lie within their interval and between 0 and 1, in any order", () => {
  const isSound = (groups: readonly GroupCounts[]): boolean =>
    [PARITY, PARITY_RATIO, OPPORTUNITY, ODDS].every((terms) => {
      const score = contrastGroups(groups, terms);
      const { value, lower, upper } = score;
      const turned = contrastGroups(groups.toReversed(), terms);
      if (turned.value !== value || turned.lower !== lower || turned.upper !== upper) return false;
      if (value === undefined || lower === undefined || upper === undefined) return score.status !== "ok";
      return 0 <= lower && lower <= value + 1e-12 && value <= upper + 1e-12 && upper <= 1;
    });
  expect(() => fc.assert(fc.property(fc.array(counted, { maxLength: 8 }), isSound))).not.toThrow();
});

it("hold the true contrast of the groups furthest apart at least 95 times in 100", () => {
  const u = mulberry32(17);
  const sizes = [300, 150, 800, 120];
  const binomial = (n: number, share: number): number => {
    let count = 0;
    for (let row = 0; row < n; row += 1) if (u() < share) count += 1;
    return count;
  };
  for (const shares of [
    [0.3, 0.3, 0.3, 0.3],
    [0.1, 0.4, 0.2, 0.2],
  ]) {
    const difference = Math.max(...shares) - Math.min(...shares);
    const ratio = Math.min(...shares) / Math.max(...shares);
    const runs = 400;
    const missed = [0, 0];
    for (let run = 0; run < runs; run += 1) {
      const groups = sizes.map((n, g) => group(`g${g}`, { decisions: n, selected: binomial(n, shares[g]) }));
      for (const [k, terms, truth] of [
        [0, PARITY, difference],
        [1, PARITY_RATIO, ratio],
      ] as const) {
        const { lower = 1, upper = 0 } = contrastGroups(groups, terms);
        if (truth < lower || truth > upper) missed[k] += 1;
      }
    }
    // 5% of 400 are 20; 33 would be three standard deviations more.
    expect(Math.max(...missed)).toBeLessThan(33);
  }
});
