import { BINS_TAIL } from "../../counts/tails.ts";
import { nextUp } from "../../counts/grid.ts";
import type { BinsRef } from "../../counts/ref.ts";
import { countOfBins, pointsOf } from "../numeric-bins.ts";

/** Values beyond the reference's least and greatest one. */
export interface Outside {
  readonly below: number;
  readonly above: number;
  /** Whether the bins tell; else they are estimated. */
  readonly isExact: boolean;
}

/**
 * Where the outermost bins reach into the reference's range, as many values are taken to lie inside of it as lie beyond the
 * reference's .001 and .999 quantiles there.
 */
export function countOutside(ref: BinsRef, section: Float64Array): Outside {
  const { edges, minimum, maximum } = ref.grid;
  const last = edges.length;
  const scale = ref.total === 0 ? 0 : countOfBins(ref, section) / ref.total;
  const beyond = (bin: number, slot: number): number => {
    const news = section[last + 1 + slot] - scale * ref.counts[last + 1 + slot];
    return Math.min(section[bin], Math.max(0, Math.round(news)));
  };
  const isLowClear = edges[0] === minimum;
  const isHighClear = edges[last - 1] === nextUp(maximum);
  return {
    below: isLowClear ? section[0] : beyond(0, BINS_TAIL.low),
    above: isHighClear ? section[last] : beyond(last, BINS_TAIL.high),
    isExact: (isLowClear || section[0] === 0) && (isHighClear || section[last] === 0),
  };
}

/** Where a bin's values lie: the outermost bins end at the reference's least and greatest value. */
function spanOf({ grid }: BinsRef, bin: number): { from: number; to: number } {
  const { edges, minimum, maximum } = grid;
  const from = bin > 0 ? edges[bin - 1] : minimum;
  const to = bin < edges.length ? edges[bin] : Math.max(from, maximum);
  return pointsOf(grid)[bin] === 1 ? { from, to: from } : { from: Math.min(from, to), to };
}

/**
 * The section's values in `size` bins of equal width over the reference's range, the last one closed (numpy's histogram).
 * Values inside a bin of the grid are taken as evenly spread over it; those outside of the range are left out.
 */
export function regroup(ref: BinsRef, section: Float64Array, size: number): Float64Array {
  const { minimum, maximum, edges } = ref.grid;
  const into = new Float64Array(size);
  const { below, above } = countOutside(ref, section);
  const width = (maximum - minimum) / size;
  for (let bin = 0; bin <= edges.length; bin += 1) {
    const outside = (bin === 0 ? below : 0) + (bin === edges.length ? above : 0);
    const count = section[bin] - outside;
    if (count <= 0) continue;
    const { from, to } = spanOf(ref, bin);
    const first = cellOf(from, minimum, maximum, size);
    const last = Math.max(first, cellOf(to, minimum, maximum, size));
    if (to <= from || first === last) {
      into[first] += count;
      continue;
    }
    for (let cell = first; cell <= last; cell += 1) {
      const left = Math.max(from, minimum + cell * width);
      const right = cell === last ? to : Math.min(to, minimum + (cell + 1) * width);
      into[cell] += (count * Math.max(0, right - left)) / (to - from);
    }
  }
  return into;
}

function cellOf(x: number, minimum: number, maximum: number, size: number): number {
  if (!(maximum > minimum)) return 0;
  return Math.max(0, Math.min(size - 1, Math.floor(((x - minimum) / (maximum - minimum)) * size)));
}

/** The reference's standard deviation (over N) and skewness, values inside a bin taken as evenly spread. */
export function momentsOf(ref: BinsRef): { sd: number; skewness: number } {
  const { counts, total, grid } = ref;
  let sum = 0;
  for (let bin = 0; bin <= grid.edges.length; bin += 1) sum += counts[bin] * middleOf(ref, bin);
  const mean = sum / total;
  let squares = 0;
  let cubes = 0;
  for (let bin = 0; bin <= grid.edges.length; bin += 1) {
    const { from, to } = spanOf(ref, bin);
    const distance = middleOf(ref, bin) - mean;
    const spread = (to - from) ** 2;
    squares += counts[bin] * (distance ** 2 + spread / 12);
    cubes += counts[bin] * (distance ** 3 + (distance * spread) / 4);
  }
  const sd = Math.sqrt(squares / total);
  return { sd, skewness: cubes / total / sd ** 3 };
}

function middleOf(ref: BinsRef, bin: number): number {
  const { from, to } = spanOf(ref, bin);
  return from / 2 + to / 2;
}

/**
 * The area between the two distribution functions over the reference's range, which run straight inside a bin: the first
 * Wasserstein distance, of values that lie outside as if they lay at the range's end.
 */
export function areaBetween(ref: BinsRef, section: Float64Array): number {
  const { counts, total, grid } = ref;
  const bins = grid.edges.length + 1;
  const m = countOfBins(ref, section);
  const { below, above } = countOutside(ref, section);
  let area = 0;
  let left = -below / m;
  for (let bin = 0; bin < bins; bin += 1) {
    const { from, to } = spanOf(ref, bin);
    const outside = (bin === 0 ? below : 0) + (bin === bins - 1 ? above : 0);
    const right = left + counts[bin] / total - (section[bin] - outside) / m;
    area += (to - from) * meanSize(left, right);
    left = right;
  }
  return area;
}

/** The mean size of a difference that runs straight from one value to the other. */
function meanSize(left: number, right: number): number {
  if (left * right >= 0) return Math.abs(left + right) / 2;
  return (left * left + right * right) / (2 * Math.abs(left - right));
}
