import type { SeriesRef } from "../../counts/ref.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import { changeParts, mixParts } from "./change-parts.ts";
import { touchedShare } from "./drawn-segments.ts";
import type { DrawnSegment } from "./drawn-segments.ts";
import { partsOf } from "./parts.ts";
import type { Part } from "./parts.ts";
import type { Change, ColumnEffect } from "./scenario.ts";

/** Whether a change is of a column's values. */
export function touchesColumn({ effect }: Change, column: string): boolean {
  if (effect.kind === "swap") return effect.columns.includes(column);
  return effect.kind === "column" && effect.column === column;
}

/** How a column's values lie in a segment under all of these changes, whether they are of it or not. */
export function partsUnder(of: {
  fitted: FittedModel;
  segment: DrawnSegment;
  column: { readonly name: string; readonly ref: SeriesRef; readonly position: number };
  changes: readonly Change[];
}): Part[] {
  const { segment, column, changes } = of;
  return changes
    .filter((change) => touchesColumn(change, column.name))
    .reduce(
      (parts, change) => changedParts({ ...of, parts, change }),
      partsOf(column.ref, segment.counts[column.position]),
    );
}

/** How they lie once one more change has come. */
function changedParts(of: {
  fitted: FittedModel;
  segment: DrawnSegment;
  column: { readonly name: string; readonly ref: SeriesRef };
  parts: readonly Part[];
  change: Change;
}): Part[] {
  const { fitted, segment, column, parts, change } = of;
  const { effect } = change;
  const touched = touchedShare(fitted, segment, change);
  if (touched === 0) return [...parts];
  if (effect.kind === "swap") {
    const other = effect.columns.find((name) => name !== column.name);
    const position = fitted.counting.columns.findIndex(({ ref }) => ref.column === other);
    if (position < 0) return [...parts];
    return mixParts(parts, partsOf(fitted.counting.columns[position].ref, segment.counts[position]), touched);
  }
  if (effect.kind !== "column") return [...parts];
  // Rows of a segment keep the value that it is told by: their number changes instead.
  if (segment.keys.includes(column.name)) return keyParts(parts, segment, effect.effect);
  return mixParts(parts, changeParts(parts, effect.effect), touched);
}

/** The column that a segment is told by: only in `other` is anything to be seen of what has no segment of its own. */
function keyParts(parts: readonly Part[], segment: DrawnSegment, effect: ColumnEffect): Part[] {
  if (segment.values !== undefined || !("share" in effect)) return [...parts];
  const { share } = effect;
  return changeParts(parts, { ...effect, share: share / (segment.share * (1 - share) + share) });
}
