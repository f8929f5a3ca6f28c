import { DAY } from "../config/quantity.ts";

const LEAST_DAYS = 10;
const WINDOWS_PER_BLOCK = 3;

/** Which block each usable window belongs to; -1 = an incomplete last one, which says nothing about blocks. */
export interface Blocks {
  readonly of: Int32Array;
  readonly count: number;
}

/** A day each if there are 10 of them, else three windows in a row. `usable` are positions in `windowStart`. */
export function blocksOf(
  { windowStart, windowSize }: { windowStart?: Float64Array; windowSize: number },
  usable: readonly number[],
): Blocks {
  // Without event time there are no blocks, and so no trust.
  if (windowStart === undefined) return { of: new Int32Array(usable.length).fill(-1), count: 0 };
  const days = dayBlocks(windowStart, windowSize, usable);
  if (days.count >= LEAST_DAYS) return days;
  const count = Math.floor(usable.length / WINDOWS_PER_BLOCK);
  const of = Int32Array.from(usable, (_, i) => {
    const block = Math.floor(i / WINDOWS_PER_BLOCK);
    return block < count ? block : -1;
  });
  return { of, count };
}

function dayBlocks(windowStart: Float64Array, windowSize: number, usable: readonly number[]): Blocks {
  const end = (windowStart.at(-1) ?? 0) + windowSize;
  const of = new Int32Array(usable.length).fill(-1);
  let count = 0;
  let previous = Number.NaN;
  for (const [i, w] of usable.entries()) {
    const day = Math.floor(windowStart[w] / DAY);
    if ((day + 1) * DAY > end) break;
    if (day !== previous) count += 1;
    of[i] = count - 1;
    previous = day;
  }
  return { of, count };
}

/**
 * What the signed roots z of a reference's windows, each standard normal if rows owed nothing to each other, say of their
 * dispersion (SIGNIFICANCE 1). At least two windows; `blocks` are of the same ones. deff and nu rest on the memory as it was
 * found, and `tau` is what it may well be: it decides what is promised.
 */
export function disperse(z: Float64Array, blocks: Blocks): { deff: number; nu: number; tau: number } {
  const k = z.length;
  const meanSquare = z.reduce((sum, one) => sum + one * one, 0) / k;
  const { found, upper } = memoryOf(z, meanSquare);
  return {
    deff: Math.max(1, meanSquare) / (1 - found / k),
    nu: Math.max(1, Math.min(freedomOf(z, blocks), k / found - 1)),
    tau: upper,
  };
}

/**
 * How many windows in a row say the same; 1 = none. Judged on runs of 1, 2, 4, ... windows, at most a fifth of all. Of few runs
 * the estimate is as often half the truth as not: where they differ more than chance allows, `upper` is the 90% bound. With it
 * in deff and nu as well, windows that do remember would hardly ever be news.
 */
function memoryOf(z: Float64Array, meanSquare: number): { found: number; upper: number } {
  if (meanSquare === 0) return { found: 1, upper: 1 };
  let found = 1;
  let upper = 1;
  for (let length = 1; length <= z.length / 5; length *= 2) {
    const runs = Math.floor(z.length / length);
    const means = new Float64Array(runs);
    for (let i = 0; i < runs * length; i += 1) means[Math.floor(i / length)] += z[i] / length;
    const excess = (length * varianceOf(means)) / meanSquare;
    const freedom = runs - 1;
    const isChance = excess <= 1 + 2 * Math.sqrt(2 / freedom);
    found = Math.max(found, excess);
    upper = Math.max(upper, isChance ? excess : (excess * freedom) / chi2LowerTenth(freedom));
  }
  const most = z.length / 2;
  return { found: Math.min(found, most), upper: Math.min(upper, most) };
}

/** The 10% quantile of a chi-square, after Wilson and Hilferty (1931): within 2% from 4 degrees of freedom on. */
function chi2LowerTenth(freedom: number): number {
  const part = 2 / (9 * freedom);
  return freedom * (1 - part - 1.281_551_6 * Math.sqrt(part)) ** 3;
}

/** How well deff is known, from how its blocks differ; at most K - 1. */
export function freedomOf(z: Float64Array, blocks: Blocks): number {
  const most = z.length - 1;
  if (blocks.count < 2) return Math.min(1, most);
  const sums = new Float64Array(blocks.count);
  for (let i = 0; i < z.length; i += 1) {
    if (blocks.of[i] >= 0) sums[blocks.of[i]] += z[i] * z[i];
  }
  const mean = sums.reduce((sum, one) => sum + one, 0) / blocks.count;
  const variance = varianceOf(sums);
  return variance === 0 ? most : Math.min((2 * blocks.count * mean * mean) / variance, most);
}

/** With n - 1. */
export function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  return values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1);
}
