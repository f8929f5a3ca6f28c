export const NORMAL_975 = 1.959963984540054;

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** Wilson's score interval (1927) for a share of `count` in `total` > 0, two-sided 95%, as if rows were independent. */
export function wilsonInterval(count: number, total: number, z = NORMAL_975): Interval {
  const share = count / total;
  const square = (z * z) / total;
  const middle = share + square / 2;
  const half = z * Math.sqrt((share * (1 - share)) / total + square / (4 * total));
  return {
    lower: count === 0 ? 0 : (middle - half) / (1 + square),
    upper: count === total ? 1 : (middle + half) / (1 + square),
  };
}
