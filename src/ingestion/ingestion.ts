import { awakeAt } from "../config/tick.ts";
import type { DecodedRecords } from "../event/batch.ts";
import type { SourceBatch } from "../event/records.ts";
import { LossLog } from "./loss-log.ts";
import { OverflowLog } from "./overflow-log.ts";
import { MISSING, sayBeginnings, sayGap, sayRecreated } from "./reading-log.ts";
import { SentRecords } from "./sent-records.ts";
import { takeRecords } from "./store-answers.ts";
import { markBatch } from "../stream/record-mark.ts";
import type { Delivery, Position, SourceListener } from "../stream/source.ts";
import type { Fleet } from "./fleet.ts";
import { TaskCommits, type TaskCommitsOptions } from "./task-commits.ts";
import type { StreamProgress } from "../window/stream-progress.ts";
import { TaskOwnership, type Claim, type OwnedTask, type OwnershipOptions } from "./task-ownership.ts";
import { WorkQueue } from "./work-queue.ts";
import { UnknownModelLog, unknownModelsOf } from "./unknown-model-log.ts";
import type { UnknownModel } from "./unknown-model-log.ts";

export interface IngestionOptions extends OwnershipOptions, TaskCommitsOptions {
  readonly commitEvery: { readonly rows: number; readonly interval: number };
  /** Called after every batch. */
  readonly onBatch: () => void;
  /** Streams that are sent here, by name, in the order in which they are counted: there is nowhere to begin reading them. */
  readonly sent?: ReadonlySet<string>;
  /** Present where other daemons write to the store too. */
  readonly fleet?: Fleet;
  /** The daemon cannot go on. */
  readonly onFailure: (error: Error) => void;
}

/** A commit covers many fetches: whichever comes first, in rows and ms (STREAMING 24). */
export const COMMIT_EVERY = { rows: 65_536, interval: 200 };

/**
 * A commit is due, too, when so many panes have begun: open panes are far larger than committed ones, and rows of old records
 * may stand minutes or hours apart.
 */
const MOST_BEGUN = 64;

interface Taken {
  readonly owned: OwnedTask;
  readonly decoded: DecodedRecords;
}

/**
 * Leads records from a source through the engine into the store: decode, ask, ingest, commit, judge. One batch at a time,
 * whatever the source does in parallel, so that the engine is only ever in one place.
 */
export class Ingestion implements SourceListener {
  readonly commits: TaskCommits;
  private readonly options: IngestionOptions;
  private readonly tasks: TaskOwnership;
  private readonly overflow: OverflowLog;
  private readonly losses: LossLog;
  private readonly strangers: UnknownModelLog;
  private readonly queue: WorkQueue;
  private readonly sent: SentRecords;

  constructor(options: IngestionOptions) {
    this.options = options;
    this.tasks = new TaskOwnership(options);
    this.commits = new TaskCommits(options, this.tasks);
    this.overflow = new OverflowLog(options);
    this.losses = new LossLog(options.log);
    this.strangers = new UnknownModelLog(options.log);
    this.queue = new WorkQueue(options.onFailure);
    this.sent = new SentRecords({
      ...options,
      tasks: this.tasks,
      journal: options.store.journal,
      streams: options.sent ?? new Set(),
      takeIn: async (batch) => (await this.takeIn(batch))?.decoded,
      commitIfDue: (owned) => this.commitIfDue(owned),
      exclusive: (work) => this.exclusive(work),
      onFailure: (error) => this.queue.fail(error),
    });
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
      if (rewound !== undefined) this.commits.noteRewind(rewound.id, rewound.version);
      // Whoever had the tasks may have met versions, and panes may have been closed, that are not known here yet.
      await this.options.fleet?.look();
      // Who stood by knows nothing of what was judged meanwhile.
      if (rewound !== undefined || isBack) {
        await this.commits.reload();
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
    const { sent, log } = this.options;
    await this.sent.replay(
      positions.flatMap(({ stream, partition }) => (sent?.has(stream) && partition === 0 ? [stream] : [])),
    );
    sayBeginnings(
      positions.filter(({ stream }) => sent?.has(stream) !== true),
      log,
    );
    return positions;
  }

  revoked(partitions: readonly number[], groups = this.groupNames()): void {
    for (const group of groups) this.tasks.revoke(group, partitions);
  }

  /** Sees what the other members have committed, and whether any task of ours is no longer as this process knows it. */
  async lookAround(): Promise<void> {
    await this.exclusive(async () => {
      const { fleet } = this.options;
      if (fleet === undefined) return;
      await fleet.look();
      const { taken, rewound } = fleet.takeSighting([...this.tasks.all()]);
      for (const { owned, stored } of taken) this.commits.yieldTask(owned, stored);
      if (rewound === undefined) return;
      this.commits.noteRewind(rewound.task, rewound.stored);
      await this.commits.reload();
    });
  }

  private groupNames(): string[] {
    return this.options.engine.tasks.groups.map(({ name }) => name);
  }

  batch(batch: SourceBatch): Promise<void> {
    return this.exclusive(() => this.take(batch));
  }

  deliver(deliveries: readonly Delivery[]): Promise<readonly boolean[]> {
    return this.sent.deliver(deliveries);
  }

  ended(stream: string, partition: number): Promise<void> {
    return this.exclusive(async () => {
      const owned = this.tasks.of(stream, partition);
      if (owned === undefined) return;
      owned.task.progressOf(stream).ended = true;
      owned.task.changed = true;
      owned.task.expireAtEnd();
      await this.commits.commit(owned);
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
      await this.sent.take();
      const now = awakeAt(clock.tick());
      for (const owned of this.tasks.all()) {
        engine.expireHalves(owned.task);
        if (owned.task.changed && (all || now - owned.since >= this.options.commitEvery.interval))
          await this.commits.commit(owned);
      }
      this.sent.release();
    });
  }

  /**
   * Commits what is in hand and closes every task, has `change` made, and begins again where the store says: what `change` makes
   * of the engine and the decoders holds from the next record on.
   */
  restart(change: () => void): Promise<void> {
    return this.exclusive(async () => {
      await this.sent.take();
      for (const owned of this.tasks.all()) if (owned.task.changed) await this.commits.commit(owned);
      this.tasks.closeAll();
      change();
      await this.options.onReload();
    });
  }

  /** By stream: models that events came to this process of, and that no rule file describes. */
  unknownModels(): Record<string, readonly UnknownModel[]> {
    const found = [...this.options.decoders].map(
      ([name, decoder]) => [name, unknownModelsOf(decoder)] as const,
    );
    return Object.fromEntries(found.filter(([, models]) => models.length > 0));
  }

  /** Runs `work` when nothing else touches the engine. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.queue.run(work);
  }

  private async take(batch: SourceBatch): Promise<void> {
    const taken = await this.takeIn(batch);
    if (taken !== undefined) await this.commitIfDue(taken.owned);
  }

  private async commitIfDue(owned: OwnedTask): Promise<void> {
    const { rows, since, task } = owned;
    const { commitEvery, clock } = this.options;
    const isDue =
      rows >= commitEvery.rows ||
      awakeAt(clock.tick()) - since >= commitEvery.interval ||
      [...task.models.values()].some(({ intake }) => intake.panes.begun >= MOST_BEGUN);
    if (isDue) await this.commits.commit(owned);
  }

  /**
   * Whoever judges in another process may be about to close panes without a partition that was idle: it must know better
   * before any row is counted. Answers whether the task is still ours.
   */
  private async awaken(owned: OwnedTask, progress: StreamProgress): Promise<boolean> {
    if (this.options.fleet === undefined || !progress.committed.idle) return true;
    progress.idle = false;
    return this.commits.commit(owned);
  }

  /** All but the commit; undefined where there is nothing to take in, or the task is not ours. */
  private async takeIn(batch: SourceBatch): Promise<Taken | undefined> {
    const { options } = this;
    const { decoders, clock } = options;
    const owned = this.tasks.of(batch.stream, batch.partition);
    const decoder = decoders.get(batch.stream);
    // Revoked while it waited: whoever owns the task now reads it again.
    if (owned === undefined || decoder === undefined || batch.count === 0) return undefined;
    const progress = owned.task.progressOf(batch.stream);
    if (!(await this.awaken(owned, progress))) return undefined;
    const tick = clock.tick();
    const decoded = batch.kind === "records" ? decoder.decode(batch, tick) : decoder.decodeTable(batch, tick);
    if (!(await takeRecords(options, { ...owned, isHeld: () => this.tasks.holds(owned) }, decoded)))
      return undefined;
    options.quarantine?.add(decoded, batch);
    for (const { plan } of decoded.batches) this.overflow.look(plan.model);
    this.losses.look(batch.stream, progress.ledger);
    this.strangers.look(decoder);
    progress.decoding = decoder.clock(batch.partition);
    progress.idle = false;
    progress.last = markBatch(batch, progress.last);
    if (owned.rows === 0) owned.since = awakeAt(tick);
    owned.rows += Math.max(batch.count, decoded.rows);
    options.onBatch();
    if (options.quarantine?.isFull() === true) await options.quarantine.flush(options.afterCommit);
    return { owned, decoded };
  }
}
