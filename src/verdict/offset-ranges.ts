import { spanOffset, type FieldSummary } from "../counts/fields.ts";
import { unpackFields } from "../counts/fields-packed.ts";
import type { PaneValue } from "../window/pane.ts";

/** By stream and partition (`flights/0`): the first and the last offset. */
export type OffsetRanges = Readonly<Record<string, readonly [first: number, last: number]>>;

/** Between which offsets the records of some panes stand. `panes` are those of their fields. */
export function offsetsOfPanes(panes: readonly PaneValue[]): OffsetRanges {
  return rangesOf(panes.map(({ packed }) => unpackFields(packed)));
}

export function rangesOf(summaries: readonly Pick<FieldSummary, "offsets">[]): OffsetRanges {
  const sum = { offsets: new Map() };
  for (const { offsets } of summaries) for (const [place, span] of offsets) spanOffset(sum, place, span);
  return Object.fromEntries(
    [...sum.offsets]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([place, { first, last }]): [string, readonly [number, number]] => [place, [first, last]]),
  );
}
