import type { Bounded } from "./bounded.ts";
import type { ValueSums } from "./value-sums.ts";

/**
 * The area between the distribution functions of two sums of one column: value is exact unless they cross inside a part,
 * lower and upper hold the exact distance in any case. Both have values. upper is infinite where values were clipped: moving
 * them nearer never makes the distance larger, so value and lower stand.
 */
export function transportDistance(reference: ValueSums, current: ValueSums): Bounded {
  const { widths, steps, shifts } = reference.units;
  const { n } = reference;
  const m = current.n;
  let before = reference.clippedLow;
  let beforeCurrent = current.clippedLow;
  let left = before / n - beforeCurrent / m;
  let value = 0;
  let upper = 0;
  let error = 0;
  for (let part = 0; part < widths.length; part += 1) {
    const count = reference.counts[part];
    const currentCount = current.counts[part];
    before += count;
    beforeCurrent += currentCount;
    const inside: Inside = {
      left,
      right: before / n - beforeCurrent / m,
      p: count / n,
      q: currentCount / m,
      width: widths[part],
      // The means over all values of what lies above the part's lower end.
      reference: (reference.distances[part] + shifts[part] * count) / n,
      current: (current.distances[part] + shifts[part] * currentCount) / m,
    };
    const area = Math.abs(signedArea(inside));
    value += area;
    upper += Math.max(area, greatestArea(inside));
    error += ((inside.p + inside.q) * steps[part]) / 2;
    left = inside.right;
  }
  const clipped = reference.clippedLow + reference.clippedHigh + current.clippedLow + current.clippedHigh;
  return {
    value: Math.min(Number.MAX_VALUE, value),
    lower: Math.max(0, Math.min(Number.MAX_VALUE, value) - error),
    upper: clipped > 0 ? Number.POSITIVE_INFINITY : upper + error,
  };
}

/** One part: F - G at its ends, the shares of both sides in it, and where they lie. */
interface Inside {
  readonly left: number;
  readonly right: number;
  readonly p: number;
  readonly q: number;
  readonly width: number;
  readonly reference: number;
  readonly current: number;
}

/** The integral of F - G. */
function signedArea({ right, width, reference, current }: Inside): number {
  return right * width + (current - reference);
}

/** The most that the integral of |F - G| can be. */
function greatestArea(inside: Inside): number {
  const { left, right, p, q, width, reference, current } = inside;
  const high = Math.min(left + p, right + q);
  const low = Math.max(left - q, right - p);
  const signed = signedArea(inside);
  if (low >= 0 || high <= 0) return Math.abs(signed);
  // F - G stays within [low, high]; with its mean fixed, |F - G| is greatest where it jumps between the two.
  const mean = Math.min(high, Math.max(low, signed / width));
  const share = (mean - low) / (high - low);
  const jumping = width * (share * high - (1 - share) * low);
  const fromLeft = Math.abs(left) * width + ((p + q) * width - reference - current);
  const fromRight = Math.abs(right) * width + reference + current;
  return Math.min(jumping, fromLeft, fromRight);
}
