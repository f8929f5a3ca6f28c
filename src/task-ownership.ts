import type { Engine } from "./engine.ts";
import type { Decoder } from "./event/decoder.ts";
import type { Store, TaskId } from "./state/store.ts";
import type { Position } from "./stream/source.ts";
import { restorePanes } from "./window/task-panes.ts";
import type { Task } from "./window/task.ts";

/** A task as its owner holds it. */
export interface OwnedTask {
  readonly id: TaskId;
  readonly task: Task;
  /** Version in the store that this owner last read or wrote. */
  version: number;
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

/** Which tasks are ours: claimed in the store, and open in the engine as the store last knew them. */
export class TaskOwnership {
  private readonly options: OwnershipOptions;
  private readonly owned = new Map<string, OwnedTask>();

  constructor(options: OwnershipOptions) {
    this.options = options;
  }

  all(): Iterable<OwnedTask> {
    return this.owned.values();
  }

  /** The task that a stream's partition belongs to, if it is ours. */
  of(stream: string, partition: number): OwnedTask | undefined {
    const group = this.options.engine.groups.find(({ streams }) =>
      streams.some(({ name }) => name === stream),
    );
    return group === undefined ? undefined : this.owned.get(keyOf({ group: group.name, partition }));
  }

  /** Claims a task and brings it to where the store last knew it; answers where its partitions are to be read from. */
  async take(id: TaskId): Promise<Position[]> {
    const { engine, store, decoders, from } = this.options;
    const { group, partition } = id;
    const claimed = await store.claim(id);
    const task = engine.openTask(group, partition, claimed.state);
    await restorePanes(task, {
      versions: (model) => engine.admittedVersions(model),
      closedThrough: (model) => engine.closedThrough(model),
      read: async (layout, start) => {
        const panes = await store.readPanes({ layout, from: start, to: Number.POSITIVE_INFINITY });
        return panes.filter((pane) => pane.task?.group === group && pane.task.partition === partition);
      },
    });
    this.owned.set(keyOf(id), { id, task, version: claimed.version, rows: 0, since: 0 });
    return [...task.streams.values()].map((progress) => {
      decoders.get(progress.name)?.restore(partition, progress.decoding);
      const offset = progress.next ?? from.get(progress.name) ?? "latest";
      const mark = progress.last === undefined ? {} : { last: progress.last };
      return { stream: progress.name, partition, offset, ...mark };
    });
  }

  /** What was not committed of it is dropped. */
  giveUp(id: TaskId): void {
    this.owned.delete(keyOf(id));
    this.options.engine.closeTask(id.group, id.partition);
  }
}

function keyOf({ group, partition }: TaskId): string {
  return `${partition}/${group}`;
}
