import { randomUUID } from "node:crypto";
import { CodedError } from "../config/coded-error.ts";
import { partitionKey } from "../engine/tasks.ts";
import type { Engine } from "../engine/engine.ts";
import { addLedger, createStreamLedger, type StreamLedger } from "../event/ledger.ts";
import { tellLate } from "./late-drops.ts";
import type { Quarantine } from "../publish/quarantine.ts";
import { FENCED, REWOUND } from "./reading-log.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Store, TaskId } from "../state/store.ts";
import type { OwnedTask, TaskOwnership } from "./task-ownership.ts";

export interface TaskCommitsOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Called after a commit, one call at a time: closed panes can be judged. */
  readonly afterCommit: () => Promise<void>;
  /** Called after a commit that says of an idle partition that it is idle no more, before any row of it is counted. */
  readonly onAwake?: () => Promise<void>;
  /**
   * Somebody else has a task of the group. Answers whether there is a consumer group to decide whose its tasks are, which is
   * then left and joined anew; where there is none, the daemon cannot go on.
   */
  readonly onFenced: (group: string) => boolean;
  /** The store is to be read again: judgement at once, and then, through `assigned`, every task. */
  readonly onReload: () => Promise<void>;
  /** Where what is dropped goes, before the offset of its record is committed. */
  readonly quarantine?: Pick<Quarantine, "add" | "addLate" | "room" | "isFull" | "flush">;
}

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

/** Commits what tasks have taken in, and does what the store's answer asks for. */
export class TaskCommits {
  /** What the store said to commits. */
  readonly counts: CommitCounts = { committed: 0, fenced: 0, rewound: 0, failed: 0 };
  /** By stream: what this process has committed since it began. */
  readonly ledgers = new Map<string, StreamLedger>();
  private readonly options: TaskCommitsOptions;
  private readonly tasks: TaskOwnership;
  private readonly unreported = new Map<string, CommittedPosition>();

  constructor(options: TaskCommitsOptions, tasks: TaskOwnership) {
    this.options = options;
    this.tasks = tasks;
  }

  /** Answers whether it is durable; the task is not ours any more where it is not. */
  async commit(owned: OwnedTask): Promise<boolean> {
    const { engine, store } = this.options;
    // Before the offsets: after a crash in between the same records are read, and written, again.
    await tellLate(this.options, owned);
    // Nothing is read meanwhile, which the clock alone can tell.
    await this.options.quarantine?.flush(this.options.afterCommit);
    if (!this.tasks.holds(owned)) return false;
    const delta = engine.delta(owned.task);
    const { id: task, version: expected, versionId: expectedId } = owned;
    const commitId = randomUUID();
    const commit = { task, expected, expectedId, commitId, ...delta };
    const outcome = await store.commit(commit).catch((error: unknown) => {
      this.counts.failed += 1;
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
    this.counts.committed += 1;
    const isAwake = this.settle(owned);
    if (isAwake) await this.options.onAwake?.();
    await this.options.afterCommit();
    return true;
  }

  /** How far each partition was committed since the last call: for Kafka's own offsets, which lag tools read. */
  takeCommitted(): CommittedPosition[] {
    const positions = [...this.unreported.values()];
    this.unreported.clear();
    return positions;
  }

  /** We are a zombie. Who was revoked while the commit was under way knows it already. */
  yieldTask(owned: OwnedTask, stored: number): void {
    this.counts.fenced += 1;
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

  noteRewind({ group, partition }: TaskId, stored: number): void {
    this.counts.rewound += 1;
    this.options.log.warn({ group, partition, stored }, REWOUND);
  }

  /** The store is the truth: everything begins again where it says, as after a crash. */
  async reload(): Promise<void> {
    this.tasks.closeAll();
    this.unreported.clear();
    await this.options.onReload();
  }

  /** What was taken in is durable. Answers whether a partition is idle no more. */
  private settle({ id, task }: OwnedTask): boolean {
    const before = [...task.streams.values()].map(({ committed }) => committed);
    this.options.engine.committed(task);
    const after = [...task.streams.values()];
    for (const [i, { name: stream, next, committed }] of after.entries()) {
      const { partition } = id;
      if (next !== undefined)
        this.unreported.set(partitionKey(stream, partition), { stream, partition, offset: next });
      const ledger = this.ledgers.get(stream) ?? createStreamLedger();
      addLedger(ledger, committed.ledger);
      addLedger(ledger, before[i].ledger, -1);
      this.ledgers.set(stream, ledger);
    }
    return after.some(({ committed }, i) => before[i].idle && !committed.idle);
  }
}
