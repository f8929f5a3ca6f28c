import type { EntryBlock, FoundEntries } from "./entries.ts";
import { HALF } from "./half-cells.ts";
import type { Side } from "./half-plans.ts";
import type { Meetings } from "./meetings.ts";

/** Where the record of a half stood, and which of its rows it was. */
export interface HalfPlace {
  /** Event time, ms. */
  readonly time: number;
  readonly offset: number;
  readonly row: number;
  /** The record's own time, ms. */
  readonly recordTime: number;
}

/** @param cells of the half, from `at` on */
export function placeOf(time: number, cells: Float64Array, at = 0): HalfPlace {
  const [offset, row, recordTime] = [HALF.offset, HALF.row, HALF.recordTime].map(
    (field) => cells[at + field],
  );
  return { time, offset, row, recordTime };
}

/** Which halves are looked for. */
export interface OrphanSearch {
  readonly side: Side;
  /** Whether halves of this event time were given up. */
  readonly isGone: (time: number) => boolean;
  readonly most: number;
  /** Gets them, in no order. */
  readonly found: HalfPlace[];
}

/** Finds those that were taken since the last commit. */
export function findNewOrphans(meetings: Meetings, { side, isGone, most, found }: OrphanSearch): void {
  meetings.forEachHeld(side, (time, cells) => {
    if (found.length < most && isGone(time)) found.push(placeOf(time, cells));
  });
}

/** Finds those in a block of the side's cells; `stored` is what the store knows of the block's ids. */
export function findStoredOrphans(
  meetings: Meetings,
  { side, isGone, most, found }: OrphanSearch,
  { block, stored }: { readonly block: EntryBlock; readonly stored: FoundEntries },
): void {
  for (let i = 0; i < block.count && found.length < most; i++) {
    const time = meetings.waitsSince(side, { ids: block, stored, at: i });
    if (time !== undefined && isGone(time)) found.push(placeOf(time, block.fields, i * block.width));
  }
}
