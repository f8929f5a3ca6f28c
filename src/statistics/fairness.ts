import { studentCritical } from "./distributions.ts";
import type { GroupCounts, RateName } from "./group-counts.ts";
import { LEAST_VALUES, noData } from "./measure.ts";
import type { Score } from "./score.ts";
import { wilsonInterval } from "./wilson.ts";

export interface GroupRate {
  readonly group: string;
  /** The share that was selected, with Wilson's interval. */
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  /** Members that it is a share of. */
  readonly n: number;
}

const SHARES: Readonly<Record<RateName, (counts: GroupCounts) => [count: number, total: number]>> = {
  selectionRate: ({ selected, decisions }) => [selected, decisions],
  truePositiveRate: ({ truePositives, positives }) => [truePositives, positives],
  falsePositiveRate: ({ falsePositives, negatives }) => [falsePositives, negatives],
};

/** What a reason calls the members that a rate is a share of. */
const MEMBERS: Readonly<Record<RateName, string>> = {
  selectionRate: "decisions",
  truePositiveRate: "labels of class 1",
  falsePositiveRate: "labels of other classes",
};

const ERROR = 0.05;

/** What the documentation of every such measure says besides its own formula. */
export const CONTRAST_TERMS =
  `Groups with fewer than ${LEAST_VALUES} members of a rate are neither shown nor compared; extras.groups and extras.hidden say how many are and are not. ` +
  "lower and upper are a 95% interval of the true contrast of the groups that truly lie furthest apart: square-and-add of Wilson's intervals (Newcombe 1998; of ratios on logarithms, " +
  "Fagerland and Newcombe 2013) for every pair, at 5% over the number of pairs, and the worst of them. n is the number of members.";

/** The groups' rates; groups with fewer than `least` members of the rate are left out. `z` widens the intervals. */
export function ratesOf(
  groups: readonly GroupCounts[],
  rate: RateName,
  { least = LEAST_VALUES, z }: { readonly least?: number; readonly z?: number } = {},
): GroupRate[] {
  return groups.flatMap((counts) => {
    const [count, total] = SHARES[rate](counts);
    if (total === 0 || total < least) return [];
    return [{ group: counts.group, value: count / total, n: total, ...wilsonInterval(count, total, z) }];
  });
}

/** How a number is made of the rates of two groups, the first one's against the second's. */
interface Contrast {
  readonly value: (first: GroupRate, second: GroupRate) => number;
  readonly lower: (first: GroupRate, second: GroupRate) => number;
  readonly upper: (first: GroupRate, second: GroupRate) => number;
  /** Of the contrasts of all pairs, and of several rates: the one that counts. */
  readonly worst: (...contrasts: number[]) => number;
  readonly limits: readonly [least: number, most: number];
}

/** Newcombe's square-and-add (1998, method 10) of Wilson's intervals. */
export const DIFFERENCE: Contrast = {
  value: (a, b) => a.value - b.value,
  lower: (a, b) => a.value - b.value - Math.hypot(a.value - a.lower, b.upper - b.value),
  upper: (a, b) => a.value - b.value + Math.hypot(a.upper - a.value, b.value - b.lower),
  worst: Math.max,
  limits: [0, 1],
};

/** The same on logarithms (Fagerland and Newcombe 2013). Where one rate is 0 a bound is that of both intervals at once. */
export const RATIO: Contrast = {
  value: (a, b) => a.value / b.value,
  lower: (a, b) =>
    a.value === 0
      ? 0
      : (a.value / b.value) * Math.exp(-Math.hypot(Math.log(a.value / a.lower), Math.log(b.upper / b.value))),
  upper: (a, b) =>
    a.value === 0
      ? a.upper / b.lower
      : (a.value / b.value) * Math.exp(Math.hypot(Math.log(a.upper / a.value), Math.log(b.value / b.lower))),
  worst: Math.min,
  limits: [0, 1],
};

/**
 * The contrast of the two groups that lie furthest apart, in whichever of the rates that is most. The 95% interval is that
 * of the true contrast of the two groups that truly lie furthest apart: every pair has its own at 5% over the number of pairs
 * (Bonferroni), and the bounds are the worst of all pairs'. n counts the members of the groups shown; extras.groups says how
 * many those are, extras.hidden how many have fewer than `least` members in one of the rates.
 */
export function contrastGroups(
  groups: readonly GroupCounts[] | undefined,
  { contrast, rates, least = LEAST_VALUES }: ContrastTerms,
): Score {
  if (groups === undefined || groups.length === 0) return noData("no groups to compare");
  const pairs = rates
    .map((rate) => ratesOf(groups, rate, { least }).length)
    .reduce((sum, shown) => sum + (shown * (shown - 1)) / 2, 0);
  const z = studentCritical(ERROR / Math.max(1, pairs), Number.POSITIVE_INFINITY);
  const shown = rates.map((rate) => ratesOf(groups, rate, { least, z }));
  const smallest = Math.min(...shown.map(({ length }) => length));
  const n = shown.flat().reduce((sum, one) => sum + one.n, 0);
  const extras = { groups: smallest, hidden: groups.length - smallest };
  if (smallest < 2) {
    const scarce = rates[shown.findIndex(({ length }) => length < 2)];
    const reason = `fewer than two groups of ${least} ${MEMBERS[scarce]}`;
    return { status: "too-few", reason, n, extras, trust: "policy" };
  }
  const compared = shown.flatMap((ofRate) =>
    ofRate.flatMap((first) => ofRate.filter((second) => second !== first).map((second) => [first, second])),
  );
  // Nothing is a multiple of a rate of 0; where all are 0 there is no contrast at all.
  const usable = compared.filter(([, second]) => contrast !== RATIO || second.value > 0);
  if (usable.length === 0) return { status: "undefined", reason: "no group has any selected", n, extras };
  const over = (part: "value" | "lower" | "upper"): number => {
    const [low, high] = contrast.limits;
    const worst = contrast.worst(...usable.map(([first, second]) => contrast[part](first, second)));
    return Math.min(high, Math.max(low, worst));
  };
  const value = over("value");
  return {
    status: "ok",
    value,
    effect: value,
    n,
    lower: over("lower"),
    upper: over("upper"),
    trust: "policy",
    extras,
  };
}

export interface ContrastTerms {
  readonly contrast: Contrast;
  readonly rates: readonly RateName[];
  /** Members that a group needs in each of the rates. */
  readonly least?: number;
}
