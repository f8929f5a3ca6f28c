import type { FieldSummary } from "../counts/fields.ts";
import { FIELD_SLOTS } from "../event/field-slots.ts";

/** What the records of one closed pane held, of all tasks together. */
export interface FieldPane {
  readonly start: number;
  readonly summary: FieldSummary;
}

/** Fewer records say nothing, however large their share is. */
export const LEAST_RECORDS = 16;

/** The last panes that hold `least` sampled records, if there are so many. */
export function recentPanes(panes: readonly FieldPane[], least = LEAST_RECORDS): readonly FieldPane[] {
  let sampled = 0;
  let first = panes.length;
  while (first > 0 && sampled < least) sampled += panes[--first].summary.sampled;
  return panes.slice(first);
}

export function sampledIn(panes: readonly FieldPane[]): number {
  return panes.reduce((sum, { summary }) => sum + summary.sampled, 0);
}

export function valuesIn(panes: readonly FieldPane[], field: string): number {
  return sumOf(countsIn(panes, field));
}

export function countsIn(panes: readonly FieldPane[], field: string): number[] {
  const sum = FIELD_SLOTS.map(() => 0);
  for (const { summary } of panes) {
    const counts = summary.fields.get(field);
    if (counts !== undefined) for (let slot = 0; slot < sum.length; slot += 1) sum[slot] += counts[slot];
  }
  return sum;
}

export function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
