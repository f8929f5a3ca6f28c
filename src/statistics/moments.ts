import type { Bounded } from "./bounded.ts";
import { clippedReach } from "./value-sums.ts";
import type { ValueSums } from "./value-sums.ts";

/** The mean of the finite values, relative to the units' centre. At least one value. */
export function meanFromCenter(sums: ValueSums): Bounded {
  const { units, n, counts, distances, clippedLow, clippedHigh } = sums;
  const { bases, steps } = units;
  const ends = clippedPlaces(sums);
  let value = (clippedLow / n) * ends.low + (clippedHigh / n) * ends.high;
  let error = 0;
  for (let part = 0; part < counts.length; part += 1) {
    const share = counts[part] / n;
    value += share * bases[part] + distances[part] / n;
    error += (share * steps[part]) / 2;
  }
  return {
    value,
    lower: clippedLow > 0 ? Number.NEGATIVE_INFINITY : value - error,
    upper: clippedHigh > 0 ? Number.POSITIVE_INFINITY : value + error,
  };
}

/**
 * The standard deviation (ddof 0) of the finite values, at least one. Levels know their squares. Inside a bin of width w
 * values of mean m spread by between 0 and m (w - m), m from the bin's end; a third of that is taken, as if spread evenly.
 */
export function standardDeviation(sums: ValueSums): Bounded {
  const { units, n, counts, distances, squares, clippedLow, clippedHigh } = sums;
  const { bases, shifts, widths, steps, span } = units;
  const mean = meanFromCenter(sums).value / span;
  const ends = clippedPlaces(sums);
  const least =
    (clippedLow / n) * (ends.low / span - mean) ** 2 + (clippedHigh / n) * (ends.high / span - mean) ** 2;
  let between = least;
  let inside = 0;
  let error = 0;
  for (let part = 0; part < counts.length; part += 1) {
    const count = counts[part];
    if (count === 0) continue;
    const own = distances[part] / count;
    between += (count / n) * ((bases[part] + own) / span - mean) ** 2;
    error += (count / n) * (steps[part] / span / 2) ** 2;
    if (squares[part] > 0) {
      between += Math.max(0, squares[part] - count * (own / span) ** 2) / n;
    } else {
      const width = widths[part] / span;
      const place = Math.min(width, Math.max(0, (own + shifts[part]) / span));
      // One value, or values at an end of the bin, do not spread.
      if (count > 1) inside += (count / n) * place * (width - place);
    }
  }
  const slack = Math.sqrt(error) * span;
  return {
    value: Math.sqrt(between + inside / 3) * span,
    lower: Math.max(0, Math.sqrt(between) * span - slack),
    upper:
      clippedLow + clippedHigh > 0 ? Number.POSITIVE_INFINITY : Math.sqrt(between + inside) * span + slack,
  };
}

/** Where clipped values count, relative to the centre. */
function clippedPlaces({ units }: ValueSums): { low: number; high: number } {
  const { bases } = units;
  const reach = clippedReach(units);
  return { low: bases[0] - reach, high: bases[bases.length - 1] + reach };
}

/** A reference's sums never change. */
const deviations = new WeakMap<ValueSums, number>();
const means = new WeakMap<ValueSums, number>();

export function referenceDeviation(reference: ValueSums): number {
  const value = deviations.get(reference) ?? standardDeviation(reference).value;
  deviations.set(reference, value);
  return value;
}

/** Relative to the units' centre. */
export function referenceMean(reference: ValueSums): number {
  const value = means.get(reference) ?? meanFromCenter(reference).value;
  means.set(reference, value);
  return value;
}

/** The reference's standard deviation, by which effects are measured; of a constant its size, of the constant 0 one. */
export function effectUnit(reference: ValueSums): number {
  return referenceDeviation(reference) || Math.abs(reference.units.center) || 1;
}
