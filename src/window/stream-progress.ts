import type { DecodingClock } from "../event/clock.ts";
import { createStreamLedger, type StreamLedger } from "../event/ledger.ts";
import { createPartitionClock, type PartitionClock } from "./partition-clock.ts";

export interface TaskStream {
  readonly name: string;
  readonly role: "inference" | "inputs" | "outputs" | "labels";
  /** The models that its events may belong to, in the decoder's order. */
  readonly models: readonly string[];
  /** A file: all that will ever come stands in it already, however old. */
  readonly bounded?: boolean;
}

/** What a task has committed of one of its streams, as whoever does not own it sees it too. Times are ms since the epoch. */
export interface CommittedProgress {
  readonly watermark: number;
  /** -Infinity before the first record, as above. */
  readonly recordTime: number;
  readonly next: number | undefined;
  readonly ended: boolean;
  readonly idle: boolean;
  /** While it is idle: the offset up to which it is read, behind records that nobody sees, too; undefined where that is not known. */
  readonly idleAt: number | undefined;
  readonly ledger: StreamLedger;
}

/** How far one stream of the task has been read. */
export interface StreamProgress extends TaskStream {
  readonly clock: PartitionClock;
  readonly ledger: StreamLedger;
  /** Offset of the next record to read; undefined before the first. */
  next: number | undefined;
  /** Where the decoder's own clock stands. */
  decoding: DecodingClock | undefined;
  /** Timestamp and CRC of the last record, so that a recreated topic is noticed. */
  last: { readonly timestamp: number; readonly crc: number } | undefined;
  /** Of the last commit: only what is durable may close panes, or be told to have been received. */
  committed: CommittedProgress;
  /** A bounded source has given its last record. */
  ended: boolean;
  /** By model, the version that the last row named which is counted one by one: garbage behind it counts as its. */
  readonly lastVersion: Record<string, string>;
  /** Declared idle: silent for long, and consumed to its end. */
  idle: boolean;
  /** As above. */
  idleAt: number | undefined;
}

/** Of a stream that nothing has been read of. */
const NOTHING_COMMITTED: CommittedProgress = {
  watermark: Number.NEGATIVE_INFINITY,
  recordTime: Number.NEGATIVE_INFINITY,
  next: undefined,
  ended: false,
  idle: false,
  idleAt: undefined,
  ledger: createStreamLedger(),
};

/** A stream that nothing has been read of. */
export function createProgress(stream: TaskStream): StreamProgress {
  return {
    ...stream,
    clock: createPartitionClock(),
    ledger: createStreamLedger(),
    next: undefined,
    decoding: undefined,
    last: undefined,
    committed: NOTHING_COMMITTED,
    ended: false,
    lastVersion: {},
    idle: false,
    idleAt: undefined,
  };
}

/** All that the stream has reached is what the store knows. */
export function markCommitted(progress: StreamProgress): void {
  const { clock, next, ended, idle, idleAt, ledger } = progress;
  const kept = { ...ledger, dropped: { ...ledger.dropped } };
  progress.committed = {
    watermark: clock.watermark,
    recordTime: clock.recordTime,
    next,
    ended,
    idle,
    idleAt,
    ledger: kept,
  };
}
