import type { SourceBatch } from "../event/records.ts";
import type { DropReason } from "../event/reason.ts";
import type { Refusal } from "../event/refusal.ts";
import type { Server } from "../runtime/server.ts";
import type { RecordMark } from "./record-mark.ts";
import type { SentRequest } from "./sent-request.ts";

/** Where a partition is to be read from. */
export interface Position {
  readonly stream: string;
  readonly partition: number;
  /**
   * An offset, or where to begin when nothing is known of the partition. `committed` is the group's offset in Kafka, and
   * `latest` where there is none. A beginning is resolved once: until a number is answered, a rejoin starts there again.
   */
  readonly offset: number | "earliest" | "latest" | "committed" | { readonly time: number };
  /** Of the record at `offset` - 1 as it was read: where it is another one now, the topic was created anew. */
  readonly last?: RecordMark;
}

/** Records whose senders wait until they are durable, all of one stream. */
export interface Delivery {
  readonly stream: string;
  readonly requests: readonly SentRequest[];
  /** What had to be turned away unread, to be counted with the rest. */
  readonly unread: UnreadRecords;
  /** Told, before the delivery is answered, which records were not counted whole: their place among all, why, and if known what was wrong. */
  readonly dropped?: (record: number, reason: DropReason | Refusal, detail?: string) => void;
}

interface UnreadRecords {
  /** There was no room for them: rows that were dropped, one for each. */
  readonly overflow: number;
  readonly oversize: number;
}

/** What a source tells its owner. Every call is awaited before the next one for the same partition. */
export interface SourceListener {
  /**
   * These tasks (partition numbers) are ours from now on. Answers where each of their partitions is to be read from; no
   * record of them is delivered before that. Called again after every rejoin, with all tasks: earlier positions are void.
   */
  assigned(tasks: readonly number[]): Promise<readonly Position[]>;
  /**
   * These tasks are no longer ours; uncommitted work on them must be dropped. May come while `batch` is at work; no
   * further batch of them follows.
   */
  revoked(tasks: readonly number[]): void;
  /** Backpressure is the promise: no more of the partition is fetched until it settles. The batch is reused afterwards. */
  batch(batch: SourceBatch): Promise<void>;
  /**
   * Makes all of it durable; it is counted a moment later. Answers which of them are durable; of the others nothing will be
   * counted, since their task is not ours (yet, or any more): they may be delivered again. Rejects where the daemon cannot go on.
   */
  deliver(deliveries: readonly Delivery[]): Promise<readonly boolean[]>;
  /** A bounded source (a file) has given its last batch of this stream and partition. */
  ended(stream: string, partition: number): Promise<void>;
  /** The records before this offset are gone: it is above the position that was asked for. Reading goes on at `found`. */
  gap(stream: string, partition: number, expected: number, found: number): void;
  /** The topic is not the one that was read before; reading goes on at its beginning, `found`. */
  recreated(stream: string, partition: number, found: number): void;
  /** The source has failed for good; the daemon exits 70. */
  failed(error: Error): void;
}

/** A partition as last seen. */
interface SourcePartition {
  readonly stream: string;
  readonly partition: number;
  /** Offset after the last record; NaN where not known (yet). */
  readonly end: number;
  /** The offset that will be read next, also behind records that nobody sees (transaction markers); NaN where not ours. */
  readonly next: number;
  readonly assigned: boolean;
}

/** An ordered supply of records: Kafka, files, HTTP. */
export interface Source {
  /** Adds the routes of a source that is sent to; answers what they take, for people. Comes before `start`. */
  readonly register?: (server: Server) => readonly OpenRoute[];
  /** Resolves once consuming, or when stopped before that; rejects with a coded error if it cannot start. */
  start(listener: SourceListener): Promise<void>;
  /** Stops fetching, waits for the batch in hand, leaves the group. Safe without start, and twice. */
  stop(): Promise<void>;
  /** Holds a partition back (alignment of streams), or lets it go on. What was fetched before may still arrive. */
  pause(stream: string, partition: number): void;
  resume(stream: string, partition: number): void;
  /**
   * All positions are void: `assigned` is asked again for all tasks, as after a rejoin, and nothing is delivered before it
   * answers. Returns at once, and may be called from within the listener.
   */
  reload(): void;
  /**
   * Gives all tasks up (`revoked`), leaves the group and joins it anew, which decides whose they are. Returns at once, and may
   * be called from within the listener. Absent where there is no group: nobody else could have them.
   */
  readonly rejoin?: () => void;
  /** Tells Kafka's committed offsets, for lag tools only. Best effort. */
  reportCommitted(positions: readonly { stream: string; partition: number; offset: number }[]): Promise<void>;
  /** Every partition of every stream, assigned or not. It is consumed to its end where `next` >= `end`. */
  partitions(): readonly SourcePartition[];
  /**
   * Learns the ends of all partitions; answers whether `partitions` tells now of all records that were there when it was called.
   * Never rejects. Absent where it always does.
   */
  readonly refreshEnds?: () => Promise<boolean>;
  /** Wall-clock ms of the last sign of progress (a fetch, or an attempt to reach who is away), for /healthz. */
  lastProgress(): number;
  /** Why nothing can be read for now, in one sentence without its full stop; undefined where nothing is wrong. */
  outage(): string | undefined;
  /** Why nothing is read here, although nothing is wrong: others do; undefined where this process reads. */
  readonly standby?: () => string | undefined;
}

/** A route that takes events, and the streams that they go to. */
export interface OpenRoute {
  readonly method: string;
  readonly path: string;
  readonly streams: readonly string[];
}

/** What a source says of itself; pino's logger fits. */
export interface SourceLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
