/**
 * Event time as one partition of one stream has seen it. Its watermark is the highest event time accepted so far: the
 * records of the partition are judged late against it alone, in offset order, so that the same log always gives the same
 * panes.
 */
export interface PartitionClock {
  /** Highest accepted event time, ms; -Infinity before the first. */
  watermark: number;
  /** Highest record time read, ms. */
  recordTime: number;
}

export function createPartitionClock(): PartitionClock {
  return { watermark: Number.NEGATIVE_INFINITY, recordTime: Number.NEGATIVE_INFINITY };
}

/** Start of the pane that holds `time`; both in ms since the epoch. */
export function paneStart(time: number, pane: number): number {
  return Math.floor(time / pane) * pane;
}
