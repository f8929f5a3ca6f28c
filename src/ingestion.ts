import { randomUUID } from "node:crypto";
import { CodedError } from "./config/coded-error.ts";
import type { DecodedRecords, EventBatch } from "./event/batch.ts";
import type { SourceBatch } from "./event/records.ts";
import type { FoundEntries } from "./join/entries.ts";
import type { Clock } from "./runtime/clock.ts";
import type { Log } from "./runtime/log.ts";
import type { TaskId } from "./state/store.ts";
import { markRecord } from "./stream/record-mark.ts";
import type { Position, SourceListener } from "./stream/source.ts";
import { TaskOwnership, type OwnedTask, type OwnershipOptions } from "./task-ownership.ts";

export interface IngestionOptions extends OwnershipOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly commitEvery: { readonly rows: number; readonly interval: number };
  /** Called after every batch. */
  readonly onBatch: () => void;
  /** Called after every commit, one call at a time: closed panes can be judged. */
  readonly afterCommit: () => Promise<void>;
  /** The daemon cannot go on. */
  readonly onFailure: (error: Error) => void;
}

/** A commit covers many fetches: whichever comes first, in rows and ms (STREAMING 24). */
export const COMMIT_EVERY = { rows: 65_536, interval: 200 };

export interface CommittedPosition {
  readonly stream: string;
  readonly partition: number;
  /** Of the next record to read. */
  readonly offset: number;
}

/** Counts of what the store said to commits, for metrics. */
export interface CommitCounts {
  committed: number;
  fenced: number;
  rewound: number;
  failed: number;
}

/**
 * Leads records from a source through the engine into the store: decode, ask, ingest, commit, judge. One batch at a time,
 * whatever the source does in parallel, so that the engine is only ever in one place.
 */
export class Ingestion implements SourceListener {
  readonly commits: CommitCounts = { committed: 0, fenced: 0, rewound: 0, failed: 0 };
  private readonly options: IngestionOptions;
  private readonly tasks: TaskOwnership;
  private queue: Promise<unknown> = Promise.resolve();
  private failure: Error | undefined;
  private readonly unreported = new Map<string, CommittedPosition>();

  constructor(options: IngestionOptions) {
    this.options = options;
    this.tasks = new TaskOwnership(options);
  }

  /** Claims the tasks of these groups, else of all, and brings them to where the store last knew them. */
  assigned(partitions: readonly number[], groups = this.groupNames()): Promise<readonly Position[]> {
    return this.exclusive(async () => {
      const positions: Position[] = [];
      for (const { id } of this.tasks.all()) if (groups.includes(id.group)) this.tasks.giveUp(id);
      for (const group of groups) {
        const count = this.options.engine.partitionsOf(group);
        for (const partition of partitions) {
          // Not every topic has as many partitions as the largest.
          if (partition < count) positions.push(...(await this.tasks.take({ group, partition })));
        }
      }
      this.sayBeginnings(positions);
      return positions;
    });
  }

  revoked(partitions: readonly number[], groups = this.groupNames()): void {
    for (const group of groups) for (const partition of partitions) this.tasks.giveUp({ group, partition });
  }

  /** A store that was lost looks like a first start: whoever reads the log can tell. */
  private sayBeginnings(positions: readonly Position[]): void {
    for (const stream of new Set(positions.map((position) => position.stream))) {
      const blank = positions.filter(
        (position) => position.stream === stream && typeof position.offset !== "number",
      );
      if (blank.length === 0) continue;
      const partitions = blank.map(({ partition }) => partition);
      this.options.log.info(
        { stream, partitions, from: blank[0].offset },
        "nothing is stored of these partitions; reading begins where `from` says",
      );
    }
  }

  private groupNames(): string[] {
    return this.options.engine.groups.map(({ name }) => name);
  }

  batch(batch: SourceBatch): Promise<void> {
    return this.exclusive(() => this.take(batch));
  }

  ended(stream: string, partition: number): Promise<void> {
    return this.exclusive(async () => {
      const owned = this.tasks.of(stream, partition);
      if (owned === undefined) return;
      owned.task.progressOf(stream).ended = true;
      owned.task.changed = true;
      owned.task.expireEarlyAtEnd();
      await this.commit(owned);
    });
  }

  gap(stream: string, partition: number, expected: number, found: number): void {
    this.options.log.warn(
      { stream, partition, expected, found },
      "records are gone before they could be read: retention is shorter than the daemon's absence",
    );
  }

  recreated(stream: string, partition: number, found: number): void {
    this.options.log.warn(
      { stream, partition, found },
      "the topic was created anew, or the file replaced; reading it from its beginning",
    );
  }

  failed(error: Error): void {
    this.fail(error);
  }

  /** Commits what is older than the interval; called on a schedule, and with `all` before the end. */
  async flush(all = false): Promise<void> {
    // What cannot be committed was told already.
    if (this.failure !== undefined) return;
    await this.exclusive(async () => {
      const { now } = this.options.clock.tick();
      for (const owned of this.tasks.all()) {
        if (owned.task.changed && (all || now - owned.since >= this.options.commitEvery.interval))
          await this.commit(owned);
      }
    });
  }

  /** How far each partition was committed since the last call: for Kafka's own offsets, which lag tools read. */
  takeCommitted(): CommittedPosition[] {
    const positions = [...this.unreported.values()];
    this.unreported.clear();
    return positions;
  }

  /** Runs `work` when nothing else touches the engine. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(() => {
      if (this.failure !== undefined) throw this.failure;
      return work();
    });
    // The queue itself never rejects: whoever asked for the work hears of its failure.
    this.queue = result.then(
      () => undefined,
      () => undefined,
    );
    return result.catch((error: unknown) => {
      this.fail(error instanceof Error ? error : new Error(String(error)));
      throw error;
    });
  }

  private async take(batch: SourceBatch): Promise<void> {
    const { engine, decoders, clock } = this.options;
    const owned = this.tasks.of(batch.stream, batch.partition);
    const decoder = decoders.get(batch.stream);
    if (batch.count === 0) return;
    // Revoked while it waited: whoever owns the task now reads it again.
    if (owned === undefined || decoder === undefined || batch.count === 0) return;
    const tick = clock.tick();
    const decoded = batch.kind === "records" ? decoder.decode(batch, tick) : decoder.decodeTable(batch, tick);
    await this.admitVersions(decoded);
    engine.ingest(owned.task, decoded, await this.ask(owned.id, decoded));
    const progress = owned.task.progressOf(batch.stream);
    progress.decoding = decoder.clock(batch.partition);
    progress.idle = false;
    if (batch.kind === "records" && batch.count > 0) progress.last = markRecord(batch, batch.count - 1);
    if (owned.rows === 0) owned.since = tick.now;
    owned.rows += batch.count;
    const { rows, interval } = this.options.commitEvery;
    this.options.onBatch();
    if (owned.rows >= rows || tick.now - owned.since >= interval) await this.commit(owned);
  }

  private async admitVersions(decoded: DecodedRecords): Promise<void> {
    const { engine, store } = this.options;
    for (const { model, names, keep } of engine.newVersions(decoded)) {
      engine.setVersions(model, await store.admitVersions(model, names, keep));
    }
  }

  private async ask(task: TaskId, decoded: DecodedRecords): Promise<Map<EventBatch, FoundEntries>> {
    const answers = new Map<EventBatch, FoundEntries>();
    for (const { index, ids, batch } of this.options.engine.questions(decoded)) {
      answers.set(batch, await this.options.store.find(task, index, ids));
    }
    return answers;
  }

  private async commit(owned: OwnedTask): Promise<void> {
    const { engine, store } = this.options;
    const delta = engine.delta(owned.task);
    const outcome = await store.commit({
      task: owned.id,
      expected: owned.version,
      commitId: randomUUID(),
      ...delta,
    });
    if (outcome.status !== "committed") {
      this.commits[outcome.status] += 1;
      throw new CodedError(
        "STATE_FAILED",
        `Another daemon has taken over partition ${owned.id.partition} of ${owned.id.group}: its state is at version ` +
          `${outcome.stored}, ours at ${owned.version}. This one stops; nothing is lost.`,
      );
    }
    owned.version = outcome.version;
    owned.rows = 0;
    this.commits.committed += 1;
    for (const { name: stream, next } of owned.task.streams.values()) {
      const { partition } = owned.id;
      if (next !== undefined)
        this.unreported.set(keyOf(stream, partition), { stream, partition, offset: next });
    }
    engine.committed(owned.task);
    await this.options.afterCommit();
  }

  private fail(error: Error): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.options.onFailure(error);
  }
}

function keyOf(name: string, partition: number): string {
  return `${partition}/${name}`;
}
