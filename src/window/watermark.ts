/** One partition of one of a model's inference streams, as its watermark sees it. */
export interface PartitionProgress {
  /** Committed event time, ms; -Infinity before the first commit, and for a partition that nobody here owns. */
  readonly watermark: number;
  /** Consumed to its end and silent for longer than `idleAfter`: it no longer holds the others back. */
  readonly idle: boolean;
  /** A bounded source has given its last record. */
  readonly ended: boolean;
}

/** Event times that a model's streams have reached, ms. */
export interface Reached {
  readonly events: number;
  readonly labels: number;
}

/**
 * The event time that all partitions of a model have passed: the least of their watermarks. Idle and ended partitions do
 * not hold it; a partition that nobody owns or that has not been read yet does. With all partitions ended it is +Infinity;
 * with all idle, just enough to close the pane of the highest event time seen, so that what is there can be judged.
 */
export function modelWatermark(
  partitions: readonly PartitionProgress[],
  model: { readonly pane: number; readonly lateness: number },
): number {
  let least = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  let held = false;
  let ended = partitions.length > 0;
  for (const partition of partitions) {
    highest = Math.max(highest, partition.watermark);
    if (!partition.ended) ended = false;
    if (partition.idle || partition.ended) continue;
    held = true;
    least = Math.min(least, partition.watermark);
  }
  if (held) return least;
  return ended ? Number.POSITIVE_INFINITY : highest + model.pane + model.lateness;
}
