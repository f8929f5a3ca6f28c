import type { BinsRef } from "../counts/ref.ts";

/** Values in the bins of a section, infinite ones included. */
export function countOfBins(ref: BinsRef, section: Float64Array): number {
  let sum = 0;
  for (let bin = 0; bin <= ref.grid.edges.length; bin += 1) sum += section[bin];
  return sum;
}

/** Whether a bin holds a single value: no double lies between its edges, so their middle is one of them. */
export function isPoint(edges: Float64Array, bin: number): boolean {
  if (bin === 0 || bin === edges.length) return false;
  const from = edges[bin - 1];
  const to = edges[bin];
  const middle = from + (to - from) / 2;
  return middle === from || middle === to;
}
