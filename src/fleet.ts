import { partitionKey, type OtherTask } from "./engine-tasks.ts";
import type { Engine } from "./engine.ts";
import { readClosing, closingName } from "./closing.ts";
import type { FittedModel } from "./rules/fitted-model.ts";
import type { Store, StoredTask, TaskId } from "./state/store.ts";
import type { OwnedTask } from "./task-ownership.ts";
import { readCommittedTask, type CommittedTask } from "./window/committed-task.ts";

/** What became of this member's own tasks. */
export interface Sighting {
  /** Somebody else has claimed them since. */
  readonly taken: readonly { readonly owned: OwnedTask; readonly stored: number }[];
  /** A task, of whomever, that the store knows less of than this process has seen in it: the store went back. */
  readonly rewound?: { readonly task: TaskId; readonly stored: number };
}

interface Seen {
  readonly id: TaskId;
  readonly version: number;
  readonly versionId: string;
  readonly task: CommittedTask;
}

/** What the members of a fleet know of each other, through the store that they share. */
export class Fleet {
  private readonly engine: Engine;
  private readonly models: readonly FittedModel[];
  private readonly store: Store;
  private seen = new Map<string, Seen>();

  constructor(options: { engine: Engine; models: readonly FittedModel[]; store: Store }) {
    this.engine = options.engine;
    this.models = options.models;
    this.store = options.store;
  }

  /** Forgets what was seen: the store is the truth, whatever it says next. */
  forget(): void {
    this.seen.clear();
  }

  /** Reads what has been committed of every task, and tells the engine. */
  async look(own: readonly OwnedTask[] = []): Promise<Sighting> {
    const stored = new Map<string, StoredTask>();
    for (const { name } of this.engine.tasks.groups) {
      for (const task of await this.store.readTasks(name)) stored.set(keyOf(task.task), task);
    }
    const sighting = this.compare(stored, own);
    this.tell([...stored.values()]);
    // After the tasks: whatever versions their panes are of have been admitted before.
    await this.readVersions();
    await this.readClosing();
    return sighting;
  }

  /** What whoever judges has announced, for those who do not. */
  async readClosing(): Promise<void> {
    const names = this.models.map(({ model }) => closingName(model.name));
    const blobs = await this.store.readJudgement(names);
    for (const { model } of this.models) {
      const blob = blobs.get(closingName(model.name));
      if (blob !== undefined) this.engine.setClosing(model.name, readClosing(blob));
    }
  }

  /** The versions that are counted one by one, whichever member met them first. */
  async readVersions(): Promise<void> {
    for (const { model } of this.models) {
      const names = await this.store.admitVersions(model.name, [], model.versions.keep);
      if (names.length !== this.engine.admittedVersions(model.name).length)
        this.engine.setVersions(model.name, names);
    }
  }

  private compare(stored: ReadonlyMap<string, StoredTask>, own: readonly OwnedTask[]): Sighting {
    const taken = own.flatMap((owned) => {
      const found = stored.get(keyOf(owned.id));
      if (found === undefined || found.version < owned.version) return [];
      const isMine = found.version === owned.version && found.id === owned.versionId;
      return isMine ? [] : [{ owned, stored: found.version }];
    });
    const known = [...this.seen.values(), ...own.filter(({ hasRecord }) => hasRecord)];
    for (const { id, version } of known) {
      const found = stored.get(keyOf(id))?.version ?? 0;
      if (found < version) return { taken, rewound: { task: id, stored: found } };
    }
    return { taken };
  }

  private tell(stored: readonly StoredTask[]): void {
    const seen = new Map<string, Seen>();
    const others: OtherTask[] = [];
    for (const { task: id, version, id: versionId, state } of stored) {
      const before = this.seen.get(keyOf(id));
      const isSame = before?.version === version && before.versionId === versionId;
      const task = isSame ? before.task : readCommittedTask(state);
      seen.set(keyOf(id), { id, version, versionId, task });
      others.push({ ...id, task });
    }
    this.seen = seen;
    this.engine.tasks.setOthers(others);
  }
}

function keyOf({ group, partition }: TaskId): string {
  return partitionKey(group, partition);
}
