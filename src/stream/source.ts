import type { SourceBatch } from "../event/records.ts";

/** Where a partition is to be read from. */
export interface Position {
  readonly stream: string;
  readonly partition: number;
  /** An offset, or where to begin when nothing is known of the partition. */
  readonly offset: number | "earliest" | "latest" | "committed" | { readonly time: number };
}

/** What a source tells its owner. Every call is awaited before the next one for the same partition. */
export interface SourceListener {
  /**
   * These tasks (partition numbers) are ours from now on. Answers where each of their partitions is to be read from; no
   * record of them is delivered before that. Called again after every rejoin, with all tasks: earlier positions are void.
   */
  assigned(tasks: readonly number[]): Promise<readonly Position[]>;
  /** These tasks are no longer ours; uncommitted work on them must be dropped. */
  revoked(tasks: readonly number[]): void;
  /** Backpressure is the promise: no more of the partition is fetched until it settles. */
  batch(batch: SourceBatch): Promise<void>;
  /** A bounded source (a file) has given its last batch of this stream and partition. */
  ended(stream: string, partition: number): Promise<void>;
  /** The records before this offset are gone: it is above the position that was asked for. */
  gap(stream: string, partition: number, expected: number, found: number): void;
  /** The source has failed for good; the daemon exits 70. */
  failed(error: Error): void;
}

/** An ordered supply of records: Kafka, files, later HTTP. */
export interface Source {
  /** Resolves once consuming; rejects with a coded error if it cannot start. */
  start(listener: SourceListener): Promise<void>;
  /** Stops fetching, waits for the batch in hand, leaves the group. Safe without start, and twice. */
  stop(): Promise<void>;
  /** Holds a partition back (alignment of streams), or lets it go on. */
  pause(stream: string, partition: number): void;
  resume(stream: string, partition: number): void;
  /** Tells Kafka's committed offsets, for lag tools only. Best effort. */
  reportCommitted(positions: readonly { stream: string; partition: number; offset: number }[]): Promise<void>;
  /** Every partition of every stream, with its end offset as last seen; assigned or not. */
  partitions(): readonly { stream: string; partition: number; end: number; assigned: boolean }[];
  /** Wall-clock ms of the last sign of progress (fetch or heartbeat), for /healthz. */
  lastProgress(): number;
}
