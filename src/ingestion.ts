import { randomUUID } from "node:crypto";
import { CodedError } from "./config/coded-error.ts";
import { awakeAt } from "./config/tick.ts";
import { takeDeliveries } from "./delivery.ts";
import { partitionKey } from "./engine-tasks.ts";
import type { DecodedRecords } from "./event/batch.ts";
import type { SourceBatch } from "./event/records.ts";
import type { Clock } from "./runtime/clock.ts";
import type { Log } from "./runtime/log.ts";
import type { TaskId } from "./state/store.ts";
import { LossLog } from "./loss-log.ts";
import { OverflowLog } from "./overflow-log.ts";
import { FENCED, MISSING, REWOUND, sayBeginnings, sayGap, sayRecreated } from "./reading-log.ts";
import { tellLate } from "./late-drops.ts";
import type { Quarantine } from "./publish/quarantine.ts";
import { takeRecords } from "./store-answers.ts";
import { markBatch } from "./stream/record-mark.ts";
import type { Delivery, Position, SourceListener } from "./stream/source.ts";
import { TaskOwnership, type Claim, type OwnedTask, type OwnershipOptions } from "./task-ownership.ts";
import { WorkQueue } from "./work-queue.ts";

export interface IngestionOptions extends OwnershipOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly commitEvery: { readonly rows: number; readonly interval: number };
  /** Called after every batch. */
  readonly onBatch: () => void;
  /** Called after a commit, one call at a time: closed panes can be judged. */
  readonly afterCommit: () => Promise<void>;
  /**
   * Somebody else has a task of the group. Answers whether there is a consumer group to decide whose its tasks are, which is
   * then left and joined anew; where there is none, the daemon cannot go on.
   */
  readonly onFenced: (group: string) => boolean;
  /** The store is to be read again: judgement at once, and then, through `assigned`, every task. */
  readonly onReload: () => Promise<void>;
  /** Where what is dropped goes, before the offset of its record is committed. */
  readonly quarantine?: Pick<Quarantine, "add" | "addLate" | "room" | "isFull" | "flush">;
  /** The daemon cannot go on. */
  readonly onFailure: (error: Error) => void;
}

/** A commit covers many fetches: whichever comes first, in rows and ms (STREAMING 24). */
export const COMMIT_EVERY = { rows: 65_536, interval: 200 };

/** What is delivered is committed dozens of times a second, and judged less often, ms: panes last minutes. */
const JUDGE_EVERY = 200;

export interface CommittedPosition {
  readonly stream: string;
  readonly partition: number;
  /** Of the next record to read. */
  readonly offset: number;
}

interface Taken {
  readonly owned: OwnedTask;
  readonly decoded: DecodedRecords;
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
  private readonly overflow: OverflowLog;
  private readonly losses: LossLog;
  private readonly queue: WorkQueue;
  /** Wall clock when `afterCommit` was last called, ms. */
  private judgedAt = Number.NEGATIVE_INFINITY;
  private readonly unreported = new Map<string, CommittedPosition>();

  constructor(options: IngestionOptions) {
    this.options = options;
    this.tasks = new TaskOwnership(options);
    this.overflow = new OverflowLog(options);
    this.losses = new LossLog(options.log);
    this.queue = new WorkQueue(options.onFailure);
  }

  /** Claims the tasks of these groups, else of all, and brings them to where the store last knew them. */
  assigned(partitions: readonly number[], groups = this.groupNames()): Promise<readonly Position[]> {
    return this.exclusive(async () => {
      const isBack = partitions.length > 0 && groups.some((group) => this.tasks.standsBy(group));
      const claims: Claim[] = [];
      for (const group of groups) {
        // Not every topic has as many partitions as the largest.
        const count = this.options.engine.tasks.partitionsOf(group);
        const ours = partitions.filter((partition) => partition < count);
        this.tasks.assign(group, ours);
        for (const partition of ours) claims.push(await this.tasks.claim({ group, partition }));
      }
      const rewound = claims.find(({ isRewound }) => isRewound);
      if (rewound !== undefined) this.noteRewind(rewound.id, rewound.version);
      // Who stood by knows nothing of what was judged meanwhile.
      if (rewound !== undefined || isBack) {
        await this.reload();
        return [];
      }
      return this.open(claims);
    });
  }

  private async open(claims: readonly Claim[]): Promise<readonly Position[]> {
    const positions: Position[] = [];
    for (const claim of claims) {
      const begun = await this.tasks.open(claim);
      if (claim.isMissing) this.options.log.warn({ ...claim.id, positions: begun }, MISSING);
      positions.push(...begun);
    }
    sayBeginnings(positions, this.options.log);
    return positions;
  }

  revoked(partitions: readonly number[], groups = this.groupNames()): void {
    for (const group of groups) this.tasks.revoke(group, partitions);
  }

  private groupNames(): string[] {
    return this.options.engine.tasks.groups.map(({ name }) => name);
  }

  batch(batch: SourceBatch): Promise<void> {
    return this.exclusive(() => this.take(batch));
  }

  deliver(deliveries: readonly Delivery[]): Promise<readonly boolean[]> {
    return this.exclusive(() =>
      takeDeliveries(deliveries, {
        ownerOf: ({ stream, partition }) => this.tasks.of(stream, partition),
        takeIn: async (batch) => (await this.takeIn(batch))?.decoded,
        commit: async (owned) => this.tasks.holds(owned) && (await this.commit(owned, JUDGE_EVERY)),
        now: this.options.clock.tick().now,
      }),
    );
  }

  ended(stream: string, partition: number): Promise<void> {
    return this.exclusive(async () => {
      const owned = this.tasks.of(stream, partition);
      if (owned === undefined) return;
      owned.task.progressOf(stream).ended = true;
      owned.task.changed = true;
      owned.task.expireAtEnd();
      await this.commit(owned);
    });
  }

  gap(stream: string, partition: number, expected: number, found: number): void {
    sayGap({ stream, partition, expected, found }, this.options.log);
  }

  recreated(stream: string, partition: number, found: number): void {
    sayRecreated({ stream, partition, found }, this.options.log);
  }

  failed(error: Error): void {
    this.queue.fail(error);
  }

  /** Commits what is older than the interval; called on a schedule, and with `all` before the end. */
  async flush(all = false): Promise<void> {
    // What cannot be committed was told already.
    if (this.queue.failure !== undefined) return;
    await this.exclusive(async () => {
      const { engine, clock } = this.options;
      const now = awakeAt(clock.tick());
      for (const owned of this.tasks.all()) {
        engine.expireHalves(owned.task);
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
    return this.queue.run(work);
  }

  private async take(batch: SourceBatch): Promise<void> {
    const taken = await this.takeIn(batch);
    if (taken === undefined) return;
    const { rows, since } = taken.owned;
    const { commitEvery, clock } = this.options;
    const isDue = rows >= commitEvery.rows || awakeAt(clock.tick()) - since >= commitEvery.interval;
    if (isDue) await this.commit(taken.owned);
  }

  /** All but the commit; undefined where there is nothing to take in, or the task is not ours. */
  private async takeIn(batch: SourceBatch): Promise<Taken | undefined> {
    const { options } = this;
    const { decoders, clock } = options;
    const owned = this.tasks.of(batch.stream, batch.partition);
    const decoder = decoders.get(batch.stream);
    // Revoked while it waited: whoever owns the task now reads it again.
    if (owned === undefined || decoder === undefined || batch.count === 0) return undefined;
    const tick = clock.tick();
    const decoded = batch.kind === "records" ? decoder.decode(batch, tick) : decoder.decodeTable(batch, tick);
    if (!(await takeRecords(options, { ...owned, isHeld: () => this.tasks.holds(owned) }, decoded)))
      return undefined;
    options.quarantine?.add(decoded, batch);
    for (const { plan } of decoded.batches) this.overflow.look(plan.model);
    const progress = owned.task.progressOf(batch.stream);
    this.losses.look(batch.stream, progress.ledger);
    progress.decoding = decoder.clock(batch.partition);
    progress.idle = false;
    progress.last = markBatch(batch, progress.last);
    if (owned.rows === 0) owned.since = awakeAt(tick);
    owned.rows += Math.max(batch.count, decoded.rows);
    options.onBatch();
    if (options.quarantine?.isFull() === true) await options.quarantine.flush();
    return { owned, decoded };
  }

  /** Answers whether it is durable; the task is not ours any more where it is not. Judges not again within `pause` ms. */
  private async commit(owned: OwnedTask, pause = 0): Promise<boolean> {
    const { engine, store } = this.options;
    // Before the offsets: after a crash in between the same records are read, and written, again.
    await tellLate(this.options, owned);
    await this.options.quarantine?.flush();
    if (!this.tasks.holds(owned)) return false;
    const delta = engine.delta(owned.task);
    const { id: task, version: expected, versionId: expectedId } = owned;
    const commitId = randomUUID();
    const commit = { task, expected, expectedId, commitId, ...delta };
    const outcome = await store.commit(commit).catch((error: unknown) => {
      this.commits.failed += 1;
      throw error;
    });
    if (outcome.status === "fenced") {
      this.yieldTask(owned, outcome.stored);
      return false;
    }
    if (outcome.status === "rewound") {
      this.noteRewind(owned.id, outcome.stored);
      await this.reload();
      return false;
    }
    this.tasks.committed(owned, outcome.version, commitId);
    this.commits.committed += 1;
    for (const { name: stream, next } of owned.task.streams.values()) {
      const { partition } = owned.id;
      if (next !== undefined)
        this.unreported.set(partitionKey(stream, partition), { stream, partition, offset: next });
    }
    engine.committed(owned.task);
    const now = awakeAt(this.options.clock.tick());
    if (now - this.judgedAt >= pause) {
      this.judgedAt = now;
      await this.options.afterCommit();
    }
    return true;
  }

  /** We are a zombie. Who was revoked while the commit was under way knows it already. */
  private yieldTask(owned: OwnedTask, stored: number): void {
    this.commits.fenced += 1;
    if (!this.tasks.holds(owned)) return;
    const { group, partition } = owned.id;
    this.tasks.revoke(group, [partition]);
    if (!this.options.onFenced(group)) {
      throw new CodedError(
        "STATE_FAILED",
        `Another daemon has taken over partition ${partition} of ${group}: its state is at version ${stored}, ours at ` +
          `${owned.version}. This one stops; nothing is lost.`,
      );
    }
    this.options.log.warn({ group, partition, stored, ours: owned.version }, FENCED);
  }

  private noteRewind({ group, partition }: TaskId, stored: number): void {
    this.commits.rewound += 1;
    this.options.log.warn({ group, partition, stored }, REWOUND);
  }

  /** The store is the truth: everything begins again where it says, as after a crash. */
  private async reload(): Promise<void> {
    this.tasks.closeAll();
    this.unreported.clear();
    await this.options.onReload();
  }
}
