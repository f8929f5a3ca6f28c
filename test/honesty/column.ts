import { nextUp } from "../../src/counts/grid.ts";
import type { Grid } from "../../src/counts/grid.ts";
import { BINS_TAIL, CATEGORIES_TAIL } from "../../src/counts/tails.ts";
import type { ReferenceColumn } from "../../src/reference/reference.ts";

/** A column whose windows are drawn as counts of cells; rows never exist. */
export interface SimulatedColumn {
  readonly described: ReferenceColumn;
  /** The chance of each cell while nothing moves; the cells come first in a section. */
  readonly shares: Float64Array;
  /** Length of a section: cells and their tail. */
  readonly length: number;
}

const COMMON = { role: "feature", pii: false } as const;

/** Standard normal values on a grid of `bins` equally likely bins, of which every `groups`-th part is a direction's edge. */
export function normalColumn(name: string, bins = 10, groups = 10): SimulatedColumn {
  const edges = Float64Array.from({ length: bins - 1 }, (_, i) => normalQuantile((i + 1) / bins));
  const deciles = Int32Array.from({ length: groups - 1 }, (_, i) => ((i + 1) * bins) / groups - 1);
  return numberColumn(name, gridOf(edges, deciles), new Float64Array(bins).fill(1 / bins));
}

/** Zero with the given chance, .7 or .95, else a positive number. */
export function zeroInflatedColumn(name: string, zeros: 0.7 | 0.95): SimulatedColumn {
  const atom = [0, nextUp(0)];
  if (zeros === 0.95) {
    return numberColumn(
      name,
      gridOf(Float64Array.from(atom), Int32Array.of(0)),
      Float64Array.of(0, 0.95, 0.05),
    );
  }
  const grid = gridOf(Float64Array.of(...atom, 1, 2), Int32Array.of(0, 2, 3));
  return numberColumn(name, grid, Float64Array.of(0, 0.7, 0.1, 0.1, 0.1));
}

/** Categories with these chances. */
export function categoryColumn(name: string, shares: readonly number[]): SimulatedColumn {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const categories = shares.map((_, code) => `c${code}`);
  return {
    described: { ...COMMON, name, type: "category", categories },
    shares: Float64Array.from(shares, (share) => share / total),
    length: shares.length + CATEGORIES_TAIL.length,
  };
}

function numberColumn(name: string, grid: Grid, shares: Float64Array): SimulatedColumn {
  return {
    described: { ...COMMON, name, type: "number", grid, categories: [] },
    shares,
    length: shares.length + BINS_TAIL.length,
  };
}

function gridOf(edges: Float64Array, deciles: Int32Array): Grid {
  const low = Number.NEGATIVE_INFINITY;
  const high = Number.POSITIVE_INFINITY;
  return { edges, deciles, minimum: low, maximum: high, low, high };
}

/** Phi in steps of 1/512 from -10 to 10, by the trapezoid rule: its error is the same for reference and window. */
const STEPS = 512;
const REACH = 10;
const CUMULATIVE = cumulate();

function cumulate(): Float64Array {
  const table = new Float64Array(2 * REACH * STEPS + 2);
  const density = (i: number): number => Math.exp(-((i / STEPS - REACH) ** 2) / 2) / Math.sqrt(2 * Math.PI);
  for (let i = 1; i < table.length; i += 1) {
    table[i] = table[i - 1] + (density(i - 1) + density(i)) / 2 / STEPS;
  }
  return table;
}

/** Phi(x). */
export function normalBelow(x: number): number {
  const place = (x + REACH) * STEPS;
  if (place <= 0) return 0;
  if (place >= CUMULATIVE.length - 2) return 1;
  const i = Math.floor(place);
  return CUMULATIVE[i] + (place - i) * (CUMULATIVE[i + 1] - CUMULATIVE[i]);
}

function normalQuantile(p: number): number {
  let low = -REACH;
  let high = REACH;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
