import type { BinsRef } from "../counts/ref.ts";
import type { Bounded } from "./bounded.ts";
import type { SharedGroups } from "./groups.ts";
import { countOfBins, pointsOf } from "./numeric-bins.ts";

/**
 * Type-7 quantiles (numpy's default) of the values that a section counts, infinite ones included, in one pass: linear between
 * the two order statistics around (m - 1) q, for `shares` q from 0 to 1, ascending. Inside a bin values are taken as evenly
 * spread; beyond the outermost edges they stay between the edge and the reference's least or greatest value, and a bound is infinite. Exact where
 * every value has a bin of its own; NaN of nothing, and on a grid without edges.
 */
export function quantilesOfBins(
  ref: BinsRef,
  section: Float64Array,
  { shares, shared }: { readonly shares: readonly number[]; readonly shared?: SharedGroups | undefined },
): Bounded[] {
  const m = countOfBins(ref, section, shared);
  if (m === 0) return shares.map(() => NOWHERE);
  const quantiles: Bounded[] = [];
  let bin = 0;
  let before = 0;
  for (const q of shares) {
    const position = (m - 1) * q;
    const rank = Math.floor(position);
    while (before + section[bin] <= rank) {
      before += section[bin];
      bin += 1;
    }
    const below = valueAt(ref, section, { bin, before, rank });
    quantiles.push(position === rank ? below : towardsNext(ref, section, { bin, before, below, position }));
  }
  return quantiles;
}

/** Between the order statistic below a position and the one after it. */
function towardsNext(
  ref: BinsRef,
  section: Float64Array,
  at: {
    readonly bin: number;
    readonly before: number;
    readonly below: Bounded;
    readonly position: number;
  },
): Bounded {
  const { below, position } = at;
  const rank = Math.floor(position);
  let { bin, before } = at;
  while (before + section[bin] <= rank + 1) {
    before += section[bin];
    bin += 1;
  }
  const above = valueAt(ref, section, { bin, before, rank: rank + 1 });
  return {
    value: between(below.value, above.value, position - rank),
    lower: between(below.lower, above.lower, position - rank),
    upper: between(below.upper, above.upper, position - rank),
  };
}

const NOWHERE: Bounded = { value: Number.NaN, lower: Number.NaN, upper: Number.NaN };

/** The reference's quartiles. They never change. */
export interface Quartiles {
  readonly median: number;
  /** Half of third less first quartile, since the difference of two doubles may be beyond them. */
  readonly halfRange: number;
}

const ofReferences = new WeakMap<BinsRef, Quartiles>();

export function quartilesOf(ref: BinsRef): Quartiles {
  const known = ofReferences.get(ref);
  if (known !== undefined) return known;
  const [first, median, third] = quantilesOfBins(ref, ref.counts, { shares: [0.25, 0.5, 0.75] });
  const quartiles = { median: median.value, halfRange: third.value / 2 - first.value / 2 };
  ofReferences.set(ref, quartiles);
  return quartiles;
}

interface Place {
  readonly bin: number;
  /** Values in the bins below. */
  readonly before: number;
  /** Values that stand before the one in question. */
  readonly rank: number;
}

function valueAt({ grid }: BinsRef, section: Float64Array, { bin, before, rank }: Place): Bounded {
  const { edges, minimum, maximum } = grid;
  const lower = bin > 0 ? edges[bin - 1] : Number.NEGATIVE_INFINITY;
  if (pointsOf(grid)[bin] === 1) return { value: lower, lower, upper: lower };
  const upper = bin < edges.length ? edges[bin] : Number.POSITIVE_INFINITY;
  const from = bin > 0 ? lower : Math.max(-Number.MAX_VALUE, Math.min(minimum, upper));
  const to = bin < edges.length ? upper : Math.min(Number.MAX_VALUE, Math.max(maximum, lower));
  const share = (rank - before + 0.5) / section[bin];
  return { value: Math.min(to, Math.max(from, from * (1 - share) + to * share)), lower, upper };
}

/** Equal ones first: the distance of two infinite bounds would be none. */
function between(low: number, high: number, share: number): number {
  return low === high ? low : low * (1 - share) + high * share;
}
