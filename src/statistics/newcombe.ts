import { wilsonInterval, type Interval } from "./wilson.ts";

/** A share: so many of so many, `total` > 0. */
export interface Share {
  readonly count: number;
  readonly total: number;
}

/**
 * The 95% interval of the difference of two shares, first less second, as if rows were independent: Newcombe, Interval
 * estimation for the difference between independent proportions (1998), method 10, of two Wilson intervals.
 */
export function differenceInterval(first: Share, second: Share): Interval {
  const [a, b] = [first, second].map(({ count, total }) => ({
    share: count / total,
    ...wilsonInterval(count, total),
  }));
  const difference = a.share - b.share;
  return {
    lower: difference - Math.hypot(a.share - a.lower, b.upper - b.share),
    upper: difference + Math.hypot(a.upper - a.share, b.share - b.lower),
  };
}
