import type { Grid } from "../counts/grid.ts";
import type { BinsRef } from "../counts/ref.ts";
import { sumOf } from "../counts/vector.ts";
import { groupsOf } from "./groups.ts";
import type { SharedGroups } from "./groups.ts";

/** Values in the bins of a section, infinite ones included. */
export function countOfBins(ref: BinsRef, section: Float64Array, shared?: SharedGroups): number {
  if (shared !== undefined) return groupsOf(ref, section, shared).m;
  return sumOf(section, 0, ref.grid.edges.length + 1);
}

/** A grid never changes. */
const pointsByGrid = new WeakMap<Grid, Uint8Array>();

/** By bin: 1 where it holds a single value, since no double lies between its edges. */
export function pointsOf(grid: Grid): Uint8Array {
  const known = pointsByGrid.get(grid);
  if (known !== undefined) return known;
  const points = Uint8Array.from({ length: grid.edges.length + 1 }, (_, bin) =>
    isPoint(grid.edges, bin) ? 1 : 0,
  );
  pointsByGrid.set(grid, points);
  return points;
}

function isPoint(edges: Float64Array, bin: number): boolean {
  if (bin === 0 || bin === edges.length) return false;
  const from = edges[bin - 1];
  const to = edges[bin];
  const middle = from + (to - from) / 2;
  return middle === from || middle === to;
}
