import type { Grid } from "../counts/grid.ts";

/** The scores that a bin holds, within 0 to 1. */
export interface ScoreSpan {
  readonly bin: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The bins of a score's grid as spans of probabilities. The outer ones end at the reference's least and greatest score; where
 * it has none beyond the edge, whatever a window brings lies somewhere up to 0 or 1.
 */
export function scoreSpans({ edges, minimum, maximum }: Grid): ScoreSpan[] {
  return Array.from({ length: edges.length + 1 }, (_, bin) => {
    const lower = bin === 0 ? (minimum < edges[0] ? minimum : 0) : edges[bin - 1];
    const upper = bin < edges.length ? edges[bin] : maximum >= lower ? maximum : 1;
    const from = Math.min(1, Math.max(0, lower));
    return { bin, from, to: Math.min(1, Math.max(from, upper)) };
  });
}
