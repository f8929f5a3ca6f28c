import type { DropReason } from "../event/reason.ts";

/** A row that waited, of a record read earlier, and is dropped now: what it waited for did not come. */
export interface LateDrop {
  /** The stream that brought it, and the offset of its record there. */
  readonly stream: string;
  readonly offset: number;
  /** The record's own time, ms since the epoch. */
  readonly recordTime: number;
  readonly reason: DropReason;
  readonly model: string;
}
