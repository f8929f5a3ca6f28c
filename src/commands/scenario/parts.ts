import type { BinsRef, SeriesRef } from "../../counts/ref.ts";
import { BINS_TAIL, CATEGORIES_TAIL, SUM_LEVELS } from "../../counts/tails.ts";
import { referenceSums } from "../../statistics/value-sums.ts";

/**
 * A piece of how a column's values lie, on no grid: so that it can be moved, and counted on any. `share` is of the rows, and
 * the shares of all parts add up to 1.
 */
export type Part = Span | Category | Fault;

/** Numbers that lie evenly from `from` to below `to`; all at `from` where both are the same. */
export interface Span {
  readonly kind: "span";
  readonly share: number;
  readonly from: number;
  readonly to: number;
  /** Where they lie on average: in the outermost spans not the middle. */
  readonly mean: number;
}

interface Category {
  readonly kind: "category";
  readonly share: number;
  /** Absent: one that the reference has never seen. */
  readonly name?: string;
}

interface Fault {
  readonly kind: "missing" | "nan" | "invalid";
  readonly share: number;
}

/**
 * How the values of a series lie in the reference. `counts` are those of its segment, on the grid or list of `ref`; [] where
 * the reference has no rows of it.
 */
export function partsOf(ref: SeriesRef, counts: Float64Array): Part[] {
  const found = ref.kind === "bins" ? partsOfNumbers(ref, counts) : partsOfCategories(ref, counts);
  return normalise(found);
}

/** Leaves out what has no share, and makes the rest add up to 1. */
export function normalise(parts: readonly Part[]): Part[] {
  const total = parts.reduce((sum, { share }) => sum + share, 0);
  return total > 0
    ? parts.filter(({ share }) => share > 0).map((part) => ({ ...part, share: part.share / total }))
    : [];
}

function partsOfCategories(
  { categories }: { readonly categories: readonly string[] },
  counts: Float64Array,
): Part[] {
  const tail = categories.length;
  return [
    ...categories.map((name, position): Part => ({ kind: "category", name, share: counts[position] })),
    { kind: "category", share: counts[tail + CATEGORIES_TAIL.unseen] },
    { kind: "missing", share: counts[tail + CATEGORIES_TAIL.missing] },
    { kind: "invalid", share: counts[tail + CATEGORIES_TAIL.invalid] },
  ];
}

function partsOfNumbers(ref: BinsRef, counts: Float64Array): Part[] {
  const { edges } = ref.grid;
  const tail = edges.length + 1;
  const spans: Part[] = [];
  for (let bin = 0; bin < tail; bin += 1) {
    if (bin > 0 && bin < edges.length) spans.push(evenSpan(edges[bin - 1], edges[bin], counts[bin]));
    else spans.push(...outerSpans(ref, counts, bin));
  }
  return [
    ...spans,
    { kind: "missing", share: counts[tail + BINS_TAIL.missing] },
    { kind: "nan", share: counts[tail + BINS_TAIL.nan] },
    { kind: "invalid", share: counts[tail + BINS_TAIL.invalid] },
  ];
}

/** Around its middle; where doubles leave no room for that, at its begin. */
export function evenSpan(from: number, to: number, share: number): Span {
  const middle = from + (to - from) / 2;
  return { kind: "span", share, from, to, mean: middle < to ? middle : from };
}

/**
 * The outermost bins reach to the least and the greatest value of the reference, and are split where novel values begin, so
 * that those keep their share too.
 */
function outerSpans({ grid, ...ref }: BinsRef, counts: Float64Array, bin: number): Span[] {
  const { edges, minimum, maximum, low, high } = grid;
  const isLow = bin === 0 && edges.length > 0;
  const from = isLow || edges.length === 0 ? Math.min(minimum, edges[0] ?? minimum) : edges[bin - 1];
  const to = isLow ? edges[0] : Math.max(maximum, from);
  const share = counts[bin];
  if (share === 0 || Number.isNaN(from)) return [];
  const cut = isLow ? low : high;
  const beyond = Math.min(share, counts[edges.length + 1 + (isLow ? BINS_TAIL.low : BINS_TAIL.high)]);
  if (!(cut > from && cut < to)) return [evenSpan(from, to, share)];
  const near = isLow ? evenSpan(cut, to, share - beyond) : evenSpan(from, cut, share - beyond);
  const far = isLow ? evenSpan(from, cut, beyond) : evenSpan(cut, to, beyond);
  const mean = outerMean({ ...ref, grid }, isLow);
  if (mean === undefined || beyond === 0) return [near, far];
  const wanted = (mean * share - near.mean * near.share) / beyond;
  return [near, { ...far, mean: Math.min(Math.max(wanted, far.from), far.to) }];
}

/** The mean of the reference's values beyond an outermost edge; undefined where nobody summed. */
function outerMean(ref: BinsRef, isLow: boolean): number | undefined {
  const sums = referenceSums(ref);
  if (sums === undefined) return undefined;
  const { units, counts, distances } = sums;
  const first = isLow ? 0 : counts.length - SUM_LEVELS;
  let n = 0;
  let sum = 0;
  for (let part = first; part < first + SUM_LEVELS; part += 1) {
    n += counts[part];
    sum += counts[part] * (units.bases[part] + units.center) + distances[part];
  }
  return n === 0 ? undefined : sum / n;
}

/** Mean and standard deviation of the numbers among the parts; NaN where there are none. */
export function momentsOf(parts: readonly Part[]): { readonly mean: number; readonly sd: number } {
  let total = 0;
  let first = 0;
  let second = 0;
  for (const part of parts) {
    if (part.kind !== "span") continue;
    const { share, from, to, mean } = part;
    total += share;
    first += share * mean;
    second += share * (mean * mean + (to - from) ** 2 / 12);
  }
  const mean = first / total;
  return { mean, sd: Math.sqrt(Math.max(0, second / total - mean * mean)) };
}
