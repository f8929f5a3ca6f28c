import type { ValuesRuler } from "../counts/values.ts";
import { groupsOf } from "./groups.ts";
import { residualRef } from "./residual-score.ts";
import { wilsonInterval } from "./wilson.ts";

/**
 * The probability integral transform of a model of numbers, by its own past errors: where its errors, prediction less truth,
 * lie among the reference's. `usual` is the reference's share of a span, about a tenth, and `share` the window's, with Wilson's
 * 95% interval. A model that is as good as it was has the same of both.
 */
export interface PitRow {
  /** Errors from <= e < to; absent where there is no end. */
  readonly from?: number;
  readonly to?: number;
  readonly usual: number;
  readonly n: number;
  readonly share: number;
  readonly lower: number;
  readonly upper: number;
}

/** Both sections are of the kind `residuals`; empty where one of them has no labels. */
export function pitTable(ruler: ValuesRuler, reference: Float64Array, window: Float64Array): PitRow[] {
  const ref = residualRef(ruler, reference);
  if (ref === undefined) return [];
  const { size, reference: before, window: now, n, m } = groupsOf(ref, window);
  if (n === 0 || m === 0) return [];
  const { edges, deciles } = ref.grid;
  return Array.from({ length: size }, (_, group) => ({
    ...(group === 0 ? {} : { from: edges[deciles[group - 1]] }),
    ...(group === deciles.length ? {} : { to: edges[deciles[group]] }),
    usual: before[group] / n,
    n: now[group],
    share: now[group] / m,
    ...wilsonInterval(now[group], m),
  }));
}
