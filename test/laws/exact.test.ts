import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildGrid } from "../../src/counts/grid.ts";
import { quantile } from "../../src/counts/quantile.ts";
import { ks } from "../../src/statistics/measures/ks.ts";
import { measureNamed } from "../../src/statistics/measures.ts";
import type { Score } from "../../src/statistics/score.ts";
import { samples } from "../counts/awkward.ts";
import { exactKs } from "../statistics/exact.ts";
import { binsRef, binsSection } from "../statistics/series.ts";

/*
 * What the measures make of counts, against the definition on the values themselves.
 */

interface Pair {
  readonly reference: Float64Array;
  readonly window: Float64Array;
}

const pair: fc.Arbitrary<Pair> = fc.tuple(samples, samples).map(([reference, window]) => ({
  reference: Float64Array.from(reference),
  window: Float64Array.from(window),
}));

function scoreOf(name: string, { reference, window }: Pair, bins = 240): Score {
  const measure = measureNamed(name);
  if (measure === undefined) throw new Error(`no measure ${name}`);
  const grid = buildGrid(reference.slice(), bins);
  return measure.score(binsRef(grid, reference), binsSection(grid, window));
}

/**
 * Counts between the distinct deciles of the finite reference values; where the last of them is two or more in one, what lies
 * above it is apart.
 */
function decileGroups({ reference, window }: Pair): { c: number[]; d: number[] } {
  const finite = reference.filter(Number.isFinite).sort();
  const deciles = Array.from({ length: 9 }, (_, k) => quantile(finite, (k + 1) / 10));
  const cuts = [...new Set(deciles)].filter(Number.isFinite);
  const [before, last] = deciles.slice(-2);
  const isApart = before === last && last < (finite.at(-1) ?? Number.NaN);
  const group = (x: number): number => cuts.filter((cut) => cut <= x).length + Number(isApart && x > last);
  const count = (values: Float64Array): number[] => {
    const counts = Array.from({ length: cuts.length + 1 + Number(isApart) }, () => 0);
    for (const x of values) counts[group(x)] += 1;
    return counts;
  };
  return { c: count(reference), d: count(window) };
}

const total = (counts: readonly number[]): number => counts.reduce((sum, one) => sum + one, 0);
const plain = (counts: readonly number[]): number[] => counts.map((one) => one / total(counts));
const smooth = (counts: readonly number[]): number[] =>
  counts.map((one) => (one + 0.5) / (total(counts) + counts.length / 2));
const weigh = (p: readonly number[], q: readonly number[], term: (p: number, q: number) => number): number =>
  p.reduce((sum, one, k) => sum + term(one, q[k]), 0);
const entropy = (share: number, other: number): number => (share > 0 ? share * Math.log2(share / other) : 0);

/** The two counts with all groups that expect fewer than 5 on a side in one. */
function pool(c: readonly number[], d: readonly number[]): [c: number, d: number][] {
  const [n, m] = [total(c), total(d)];
  const isSmall = (k: number): boolean => ((c[k] + d[k]) * Math.min(n, m)) / (n + m) < 5;
  const all = [...c.keys()];
  const large = all.filter((k) => !isSmall(k)).map((k): [number, number] => [c[k], d[k]]);
  const small = all.filter(isSmall);
  const rest: [number, number] = [total(small.map((k) => c[k])), total(small.map((k) => d[k]))];
  return rest[0] + rest[1] > 0 ? [...large, rest] : large;
}

type Definition = (c: readonly number[], d: readonly number[]) => number;

/** Of each measure of groups: the definition, by the counts of reference and window. */
const DEFINITIONS: Readonly<Record<string, Definition>> = {
  psi: (c, d) => weigh(smooth(c), smooth(d), (p, q) => (q - p) * Math.log(q / p)),
  kl: (c, d) => weigh(smooth(c), smooth(d), (p, q) => q * Math.log(q / p)),
  js: (c, d) => weigh(plain(c), plain(d), (p, q) => (entropy(p, (p + q) / 2) + entropy(q, (p + q) / 2)) / 2),
  hellinger: (c, d) => Math.sqrt(weigh(plain(c), plain(d), (p, q) => (Math.sqrt(p) - Math.sqrt(q)) ** 2) / 2),
  linf: (c, d) => Math.max(...plain(c).map((p, k) => Math.abs(plain(d)[k] - p))),
  chi2: (c, d) => {
    const share = total(d) / (total(c) + total(d));
    return pool(c, d).reduce((sum, [left, right]) => {
      const expected = (left + right) * share;
      return sum + (right - expected) ** 2 * (1 / expected + 1 / (left + right - expected));
    }, 0);
  },
  g: (c, d) => {
    const share = total(d) / (total(c) + total(d));
    const term = (count: number, expected: number): number =>
      count > 0 ? count * Math.log(count / expected) : 0;
    return pool(c, d).reduce((sum, [left, right]) => {
      const both = left + right;
      return sum + 2 * (term(right, both * share) + term(left, both * (1 - share)));
    }, 0);
  },
};

/** The two-sample statistic, equal values as one step. */
function exactCvm({ reference, window }: Pair): number {
  const all = [...reference, ...window];
  const [n, m] = [reference.length, window.length];
  const below = (values: Float64Array, x: number): number => values.filter((value) => value <= x).length;
  const squares = new Map<number, number>();
  for (const x of new Set(all)) squares.set(x, (below(reference, x) / n - below(window, x) / m) ** 2);
  return ((n * m) / (n + m) ** 2) * all.reduce((sum, x) => sum + (squares.get(x) ?? 0), 0);
}

const holds = (check: (pair: Pair) => boolean, runs = 60): void =>
  fc.assert(fc.property(pair, check), { numRuns: runs });

describe.each(Object.entries(DEFINITIONS))("%s", (name, definition) => {
  it("is its definition on the counts between the reference's deciles", () => {
    const same = (given: Pair): boolean => {
      const { c, d } = decileGroups(given);
      const { value } = scoreOf(name, given);
      if (value === undefined) return c.length === 1 || pool(c, d).length < 2;
      return Math.abs(value - definition(c, d)) <= 1e-9 * (1 + Math.abs(value));
    };
    expect(() => holds(same)).not.toThrow();
  });
});

describe("certified bounds", () => {
  it.each([24, 60, 240])("of ks hold the distance of the sorted values, at %i bins", (bins) => {
    const held = (given: Pair): boolean => {
      const { lower = 1, upper = 0 } = scoreOf("ks", given, bins);
      const exact = exactKs(given.reference, given.window);
      return lower <= exact + 1e-12 && exact <= upper + 1e-12;
    };
    expect(() => holds(held, 100)).not.toThrow();
  });

  it.each([24, 240])("of cvm hold the statistic of the values, at %i bins", (bins) => {
    const held = (given: Pair): boolean => {
      const { lower = 1, upper = 0, value = Number.NaN } = scoreOf("cvm", given, bins);
      const exact = exactCvm(given);
      const slack = 1e-9 * (1 + exact);
      return lower <= exact + slack && exact <= upper + slack && lower <= value && value <= upper;
    };
    expect(() => holds(held)).not.toThrow();
  });

  it("of ks only widen with fewer bins", () => {
    const nested = (given: Pair): boolean => {
      const coarse = scoreOf("ks", given, 24);
      const fine = scoreOf("ks", given, 240);
      return (coarse.lower ?? 1) <= (fine.lower ?? 0) + 1e-12;
    };
    expect(() => holds(nested)).not.toThrow();
  });
});

describe("metamorphic laws", () => {
  const integers = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 600 });
  const names = [...Object.keys(DEFINITIONS), "ks", "cvm"];

  it.each(names)("%s does not change where both sides are stretched and moved", (name) => {
    const invariant = (reference: number[], window: number[]): boolean => {
      const given = { reference: Float64Array.from(reference), window: Float64Array.from(window) };
      const moved = {
        reference: given.reference.map((x) => 3 * x + 1),
        window: given.window.map((x) => 3 * x + 1),
      };
      const { value: before = -1 } = scoreOf(name, given);
      const { value: after = -1 } = scoreOf(name, moved);
      return Math.abs(before - after) <= 1e-9 * (1 + Math.abs(before));
    };
    expect(() => fc.assert(fc.property(integers, integers, invariant), { numRuns: 30 })).not.toThrow();
  });

  it.each(["ks", "js", "hellinger", "linf", "chi2", "g", "cvm"])(
    "%s is nothing of the same shares, however many rows",
    (name) => {
      const nothing = ({ reference }: Pair): boolean => {
        const window = Float64Array.from([...reference, ...reference, ...reference]);
        return (scoreOf(name, { reference, window }).value ?? 0) <= 1e-7;
      };
      expect(() => holds(nothing, 30)).not.toThrow();
    },
  );

  it("of psi and kl: the two directions of kl add up to psi", () => {
    const adds = (given: Pair): boolean => {
      const { value: forward = 0, extras } = scoreOf("kl", given);
      const { value: both = 0 } = scoreOf("psi", given);
      return Math.abs(forward + (extras?.["reverse"] ?? 0) - both) <= 1e-9 * (1 + both);
    };
    expect(() => holds(adds)).not.toThrow();
  });

  it.each(["ks", "js", "hellinger", "linf"])("%s lies between 0 and 1", (name) => {
    const bounded = (given: Pair): boolean => {
      const { value = 0 } = scoreOf(name, given);
      return value >= 0 && value <= 1;
    };
    expect(() => holds(bounded)).not.toThrow();
  });

  it("ks is 1 where the window lies above everything", () => {
    const reference = Float64Array.from({ length: 1_000 }, (_, k) => k);
    const window = Float64Array.from({ length: 200 }, (_, k) => 5_000 + k);
    const grid = buildGrid(reference.slice());
    const { upper } = ks.score(binsRef(grid, reference), binsSection(grid, window));
    expect(upper).toBe(1);
  });
});
