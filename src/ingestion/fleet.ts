import { partitionKey } from "../engine/tasks.ts";
import type { Engine } from "../engine/engine.ts";
import { readClosing, closingName } from "./closing.ts";
import type { Store, TaskId } from "../state/store.ts";
import type { OwnedTask } from "./task-ownership.ts";
import { readCommittedTask, type CommittedTask } from "../window/committed-task.ts";

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
  private readonly store: Store;
  private seen = new Map<string, Seen>();
  /** Found by a look, and not told yet. */
  private rewound: Sighting["rewound"] | undefined;

  constructor(options: { engine: Engine; store: Store }) {
    this.engine = options.engine;
    this.store = options.store;
  }

  /** Forgets what was seen: the store is the truth, whatever it says next. */
  forget(): void {
    this.seen.clear();
    this.rewound = undefined;
  }

  /** Reads what has been committed of every task, and tells the engine. */
  async look(): Promise<void> {
    const seen = new Map<string, Seen>();
    let isChanged = false;
    for (const { name } of this.engine.tasks.groups) {
      for (const { task: id, version, id: versionId, state } of await this.store.readTasks(name)) {
        const before = this.seen.get(keyOf(id));
        const isSame = before?.version === version && before.versionId === versionId;
        isChanged ||= !isSame;
        seen.set(keyOf(id), {
          id,
          version,
          versionId,
          task: isSame ? before.task : readCommittedTask(state),
        });
      }
    }
    this.rewound ??= findRewound(this.seen.values(), seen);
    this.seen = seen;
    this.engine.tasks.setOthers([...seen.values()].map(({ id, task }) => ({ ...id, task })));
    // After the tasks: whatever versions their panes are of have been admitted before. And only then does a new one matter.
    if (isChanged) await this.readVersions();
    await this.readClosing();
  }

  /** What the looks since the last call have found of this member's own tasks, and of the store. */
  takeSighting(own: readonly OwnedTask[]): Sighting {
    const taken = own.flatMap((owned) => {
      const found = this.seen.get(keyOf(owned.id));
      if (found === undefined || found.version < owned.version) return [];
      const isMine = found.version === owned.version && found.versionId === owned.versionId;
      return isMine ? [] : [{ owned, stored: found.version }];
    });
    const recorded = own.filter(({ hasRecord }) => hasRecord);
    const rewound = this.rewound ?? findRewound(recorded, this.seen);
    this.rewound = undefined;
    return { taken, ...(rewound && { rewound }) };
  }

  /** What whoever judges has announced, for those who do not. */
  async readClosing(): Promise<void> {
    const models = this.engine.models.filter(({ model }) => this.engine.standsBy(model.name));
    // Who judges all of them has announced it itself.
    if (models.length === 0) return;
    const blobs = await this.store.readJudgement(models.map(({ model }) => closingName(model.name)));
    for (const { model } of models) {
      const blob = blobs.get(closingName(model.name));
      if (blob !== undefined) this.engine.setClosing(model.name, readClosing(blob));
    }
  }

  /** The versions that are counted one by one, whichever member met them first. */
  async readVersions(): Promise<void> {
    for (const { model } of this.engine.models) {
      const names = await this.store.admitVersions(model.name, [], model.versions.keep);
      if (names.length !== this.engine.admittedVersions(model.name).length)
        this.engine.setVersions(model.name, names);
    }
  }
}

/** The first of the tasks that the store knows less of than was known before. */
function findRewound(
  known: Iterable<{ readonly id: TaskId; readonly version: number }>,
  stored: ReadonlyMap<string, { readonly version: number }>,
): Sighting["rewound"] | undefined {
  for (const { id, version } of known) {
    const found = stored.get(keyOf(id))?.version ?? 0;
    if (found < version) return { task: id, stored: found };
  }
  return undefined;
}

function keyOf({ group, partition }: TaskId): string {
  return partitionKey(group, partition);
}
