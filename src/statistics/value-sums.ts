import type { BinsRef } from "../counts/ref.ts";
import { levelReach, unitsOf } from "../counts/sum-units.ts";
import type { SumUnits } from "../counts/sum-units.ts";
import { SQUARE_LIMB } from "../counts/sums.ts";
import { binsLength, SUM_LEVELS, SUMS_LEVEL, SUMS_SIDE } from "../counts/tails.ts";

/** The finite values of a section of the kind `sums`, by the parts of its column's units. */
export interface ValueSums {
  readonly units: SumUnits;
  /** Finite values, clipped ones included. */
  readonly n: number;
  readonly counts: Float64Array;
  /** By part: the sum of the values' distances from the part's base; below the lowest edge they are negative. */
  readonly distances: Float64Array;
  /** By part: the sum of the squared distances in spans; 0 for inner bins, which keep none. */
  readonly squares: Float64Array;
  /** Values beyond the last level, which count where that ends. */
  readonly clippedLow: number;
  readonly clippedHigh: number;
}

/** How far from the outermost edges clipped values count. */
export function clippedReach({ span }: SumUnits): number {
  return levelReach(span, SUM_LEVELS - 1);
}

const ofReferences = new WeakMap<BinsRef, ValueSums>();

/** The reference's own; undefined where it has none, or its column no units. */
export function referenceSums(ref: BinsRef): ValueSums | undefined {
  if (ref.sums === undefined) return undefined;
  const known = ofReferences.get(ref);
  if (known !== undefined) return known;
  const read = readSums(ref, ref.counts, ref.sums);
  if (read !== undefined) ofReferences.set(ref, read);
  return read;
}

/** Those of a window's section of the kind `sums`; of `shared` if it has them already. */
export function windowSums(
  ref: BinsRef,
  section: Float64Array,
  shared?: { sums?: ValueSums },
): ValueSums | undefined {
  const found = shared?.sums ?? readSums(ref, section, section.subarray(binsLength(ref.grid)));
  if (shared !== undefined && found !== undefined) shared.sums = found;
  return found;
}

/** `bins` begins with the counts of the bins; `sums` is what follows them in a section of the kind `sums`. */
function readSums({ grid }: BinsRef, bins: Float64Array, sums: Float64Array): ValueSums | undefined {
  const units = unitsOf(grid);
  if (units === undefined) return undefined;
  const { steps } = units;
  const counts = new Float64Array(steps.length);
  const distances = new Float64Array(steps.length);
  const squares = new Float64Array(steps.length);
  let n = 0;
  for (let bin = 1; bin < grid.edges.length; bin += 1) {
    const part = SUM_LEVELS + bin - 1;
    counts[part] = bins[bin];
    distances[part] = sums[bin - 1] * steps[part];
    n += bins[bin];
  }
  const low = sums.length - 2 * SUMS_SIDE.length;
  const high = low + SUMS_SIDE.length;
  for (let level = 0; level < SUM_LEVELS; level += 1) {
    const below = SUM_LEVELS - 1 - level;
    const above = steps.length - SUM_LEVELS + level;
    const belowAt = low + level * SUMS_LEVEL.length;
    const aboveAt = high + level * SUMS_LEVEL.length;
    counts[below] = sums[belowAt + SUMS_LEVEL.count];
    counts[above] = sums[aboveAt + SUMS_LEVEL.count];
    distances[below] = -sums[belowAt + SUMS_LEVEL.steps] * steps[below];
    distances[above] = sums[aboveAt + SUMS_LEVEL.steps] * steps[above];
    squares[below] = squaresAt(sums, belowAt) * (steps[below] / units.span) ** 2;
    squares[above] = squaresAt(sums, aboveAt) * (steps[above] / units.span) ** 2;
    n += counts[below] + counts[above];
  }
  const clippedLow = sums[low + SUMS_SIDE.clipped];
  const clippedHigh = sums[high + SUMS_SIDE.clipped];
  n += clippedLow + clippedHigh;
  return { units, n, counts, distances, squares, clippedLow, clippedHigh };
}

/** In squared steps, of the level that begins there. */
function squaresAt(sums: Float64Array, at: number): number {
  return sums[at + SUMS_LEVEL.squaresHigh] * SQUARE_LIMB + sums[at + SUMS_LEVEL.squaresLow];
}
