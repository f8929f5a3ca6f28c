import { partitionKey } from "../engine/tasks.ts";
import type { Engine } from "../engine/engine.ts";
import type { Decoder } from "../event/decoder.ts";
import type { Store, TaskId } from "../state/store.ts";
import type { Position } from "../stream/source.ts";
import { restorePanes } from "../window/task-panes.ts";
import type { Task } from "../window/task.ts";

/** A task as its owner holds it. */
export interface OwnedTask {
  readonly id: TaskId;
  readonly task: Task;
  /** Version in the store that this owner last read or wrote, and the id of the claim or commit that made it. */
  version: number;
  versionId: string;
  /** Whether the store has more of it than the claim. */
  hasRecord: boolean;
  /** Rows taken in since the last commit, and when the first of them came (wall clock, ms). */
  rows: number;
  since: number;
}

export interface OwnershipOptions {
  readonly engine: Engine;
  readonly store: Store;
  /** By stream. */
  readonly decoders: ReadonlyMap<string, Decoder>;
  /** Where a stream without stored offset begins. */
  readonly from: ReadonlyMap<string, Position["offset"]>;
}

/** A task that was claimed in the store, and not yet opened. */
export interface Claim {
  readonly id: TaskId;
  readonly version: number;
  readonly versionId: string;
  readonly state?: Uint8Array;
  /** The store knows less of the task than this process has seen in it: it went back. */
  readonly isRewound: boolean;
  /** The store had a record of the task, and has none any more. */
  readonly isMissing: boolean;
}

/** What this process has seen of a task in the store, whoever owned it then. */
interface Known {
  version: number;
  hasRecord: boolean;
}

/** Which tasks are ours: claimed in the store, and open in the engine as the store last knew them. */
export class TaskOwnership {
  private readonly options: OwnershipOptions;
  private readonly owned = new Map<string, OwnedTask>();
  private readonly known = new Map<string, Known>();
  /** By group, the tasks that a source last said are ours; absent before it has said anything. */
  private readonly told = new Map<string, ReadonlySet<number>>();

  constructor(options: OwnershipOptions) {
    this.options = options;
  }

  all(): Iterable<OwnedTask> {
    return this.owned.values();
  }

  /** The task that a stream's partition belongs to, if it is ours. */
  of(stream: string, partition: number): OwnedTask | undefined {
    const group = this.options.engine.tasks.groups.find(({ streams }) =>
      streams.some(({ name }) => name === stream),
    );
    return group === undefined ? undefined : this.owned.get(keyOf({ group: group.name, partition }));
  }

  /** Whether the task is still ours as it was taken: it may have been revoked, or taken anew, while something was awaited. */
  holds(owned: OwnedTask): boolean {
    return this.owned.get(keyOf(owned.id)) === owned;
  }

  /** A source says that of this group exactly these tasks are ours. */
  assign(group: string, partitions: readonly number[]): void {
    for (const { id } of this.owned.values()) if (id.group === group) this.giveUp(id);
    this.tell(group, partitions);
  }

  /** A source says that these tasks of the group are no longer ours. */
  revoke(group: string, partitions: readonly number[]): void {
    for (const partition of partitions) this.giveUp({ group, partition });
    const left = [...(this.told.get(group) ?? [])].filter((partition) => !partitions.includes(partition));
    this.tell(group, left);
  }

  /** Whether a source has said that somebody else reads, and judges, all of the group. */
  standsBy(group: string): boolean {
    return !this.options.store.isShared && this.told.get(group)?.size === 0;
  }

  /** Takes the task over in the store, so that a former owner's next commit is refused. */
  async claim(id: TaskId): Promise<Claim> {
    const { id: versionId, ...claimed } = await this.options.store.claim(id);
    const { version, hasRecord } = this.known.get(keyOf(id)) ?? { version: 0, hasRecord: false };
    const isMissing = claimed.state === undefined && hasRecord;
    this.note(id, { version: claimed.version, hasRecord: claimed.state !== undefined || hasRecord });
    return { id, versionId, ...claimed, isRewound: claimed.version <= version, isMissing };
  }

  /** Opens a claimed task where the store last knew it; answers where its partitions are to be read from. */
  async open({ id, version, versionId, state, isMissing }: Claim): Promise<Position[]> {
    const { engine, decoders, from } = this.options;
    const { group, partition } = id;
    const task = engine.openTask(group, partition, state);
    const isAdded = state === undefined && (await this.isAdded(group));
    // Without its record nobody knows which records its panes hold: they are counted anew.
    if (state !== undefined) await this.restorePanes(id, task);
    this.owned.set(keyOf(id), {
      id,
      task,
      version,
      versionId,
      hasRecord: state !== undefined,
      rows: 0,
      since: 0,
    });
    return [...task.streams.values()].map((progress) => {
      decoders.get(progress.name)?.restore(partition, progress.decoding);
      const beginning = from.get(progress.name) ?? "latest";
      const offset = progress.next ?? (isMissing || isAdded ? rebuildFrom(beginning) : beginning);
      const mark = progress.last === undefined ? {} : { last: progress.last };
      return { stream: progress.name, partition, offset, ...mark };
    });
  }

  /** Whether a task that the store knows nothing of is of partitions that were added: a first start commits all. */
  private async isAdded(group: string): Promise<boolean> {
    const { store } = this.options;
    // Of a store that is shared, others may have begun a moment ago.
    return !store.isShared && (await store.readTasks(group)).length > 0;
  }

  private async restorePanes(id: TaskId, task: Task): Promise<void> {
    const { engine, store } = this.options;
    const key = keyOf(id);
    await restorePanes(task, {
      versions: (model) => engine.admittedVersions(model),
      closedThrough: (model) => engine.closedThrough(model),
      read: async (layout, start) => {
        const panes = await store.readPanes({ layout, from: start, to: Number.POSITIVE_INFINITY });
        return panes.filter((pane) => pane.task !== undefined && keyOf(pane.task) === key);
      },
    });
  }

  /** The store has taken the task's commit. */
  committed(owned: OwnedTask, version: number, versionId: string): void {
    owned.version = version;
    owned.versionId = versionId;
    owned.hasRecord = true;
    owned.rows = 0;
    this.note(owned.id, { version, hasRecord: true });
  }

  /** Closes every task, and takes whatever the store says next for the truth. What is assigned stays assigned. */
  closeAll(): void {
    for (const { id } of this.owned.values()) this.giveUp(id);
    for (const known of this.known.values()) known.version = 0;
  }

  /** What was not committed of it is dropped. */
  private giveUp(id: TaskId): void {
    this.owned.delete(keyOf(id));
    this.options.engine.tasks.delete(id.group, id.partition);
  }

  private tell(group: string, partitions: readonly number[]): void {
    this.told.set(group, new Set(partitions));
    // In a fleet that says nothing of who judges.
    if (!this.options.store.isShared) this.options.engine.tasks.setElsewhere(group, partitions.length === 0);
  }

  private note(id: TaskId, known: Known): void {
    this.known.set(keyOf(id), known);
  }
}

/** All that is still kept, unless the configuration names a place that does not move. */
function rebuildFrom(beginning: Position["offset"]): Position["offset"] {
  return beginning === "latest" || beginning === "committed" ? "earliest" : beginning;
}

function keyOf({ group, partition }: TaskId): string {
  return partitionKey(group, partition);
}
