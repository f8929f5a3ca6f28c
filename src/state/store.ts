import type { EntryBlock, FoundEntries, IdList, IndexEntries } from "../join/entries.ts";
import type { PaneValue } from "../window/pane.ts";

/**
 * What the daemon remembers. A task is partition k of all topics that belong together: the unit of ownership, state and
 * fencing. Everything a task changes is committed in one transaction under a version that fences former owners.
 */
export interface Store {
  /** Takes the task over: bumps its version, so that a former owner's next commit is refused. */
  claim(task: TaskId): Promise<ClaimedTask>;
  /**
   * All or nothing. `expected` is the version this owner last read or wrote; it becomes expected + 1. Sent again with the
   * same commit id it is answered, not repeated. Rejects with a coded error if the store cannot write; then nothing of it
   * was written. Stores copy what they keep.
   */
  commit(commit: TaskCommit): Promise<CommitOutcome>;
  /** The entries of `index` whose key is among `ids`, by position in `ids`. Reads committed state only. */
  find(task: TaskId, index: string, ids: IdList): Promise<FoundEntries>;
  /**
   * All entries of `index` that do not expire before `since` (ms), in blocks, the oldest first; also those that younger ones
   * have replaced, and some that had expired. Committed state only, and no commit may come in between. Absent where a store
   * cannot list them: what waited there too long is told as a number.
   */
  list?(task: TaskId, index: string, since: number): AsyncIterable<EntryBlock>;
  /** Every stored pane of a layout with from <= start < to, over all tasks, by start. What it returns must not be changed. */
  readPanes(range: PaneRange): Promise<readonly StoredPane[]>;
  /**
   * Writes the absolute values of panes that belong to no task, since they are added up over all: all of them or none, in
   * place of what was there. Only the evaluator calls it; a store that daemons share refuses one that has lost its lease.
   */
  writePanes(panes: readonly PaneValue[]): Promise<void>;
  /** Every layout that panes were ever stored of. */
  readLayouts(): Promise<readonly string[]>;
  /** What every task last committed of itself, so that the evaluator sees all watermarks. */
  readTasks(group: string): Promise<readonly { task: TaskId; state: Uint8Array }[]>;
  /** The versions admitted for a model, in order of first sight, after trying to add these; never more than `keep`. */
  admitVersions(model: string, versions: readonly string[], keep: number): Promise<readonly string[]>;
  /**
   * Registers what decides the counts of the daemon that starts, as text, and answers what was registered last before it;
   * undefined where nothing was. In a store that daemons share what is registered last owns: tasks go only to its members.
   */
  registerCounting(counting: string): Promise<string | undefined>;
  /** Named blobs of the evaluator (alert states, outbox, idle declarations), written together. */
  readJudgement(): Promise<ReadonlyMap<string, Uint8Array>>;
  writeJudgement(changes: ReadonlyMap<string, Uint8Array | null>): Promise<void>;
  /** Deletes panes of the layout that start before `before`, and entries of runs that expired. */
  prune(retention: Retention): Promise<void>;
  /** Bytes used, for metrics and `check`. */
  size(): Promise<number>;
  close(): Promise<void>;
}

/** `group` names the streams that belong together; `partition` is k. */
export interface TaskId {
  readonly group: string;
  readonly partition: number;
}

interface ClaimedTask {
  readonly version: number;
  /** The task's own record as last committed (offsets, watermarks, ledger, open panes); undefined at first sight. */
  readonly state?: Uint8Array;
}

export interface TaskCommit {
  readonly task: TaskId;
  readonly expected: number;
  /** Random; after a timeout, stored id = mine means that the commit succeeded. */
  readonly commitId: string;
  readonly state: Uint8Array;
  /** The absolute values of the panes that changed: never an increment. */
  readonly panes: readonly PaneValue[];
  /**
   * Entries added to sorted-run indexes: predictions awaiting labels, labels seen, early labels. All of one index have the
   * same width, and expire the later the later they are committed.
   */
  readonly entries: readonly IndexEntries[];
}

export type CommitOutcome =
  | { readonly status: "committed"; readonly version: number }
  /** Somebody else owns the task now. */
  | { readonly status: "fenced"; readonly stored: number }
  /** The store went back in time: reload and seek. */
  | { readonly status: "rewound"; readonly stored: number };

export interface StoredPane extends PaneValue {
  /** Whose commit brought it; absent where `writePanes` did. */
  readonly task?: TaskId;
}

export interface PaneRange {
  readonly layout: string;
  readonly from: number;
  readonly to: number;
}

export interface Retention {
  readonly panes: readonly { readonly layout: string; readonly before: number }[];
  /**
   * Runs whose `expires` is before this are dropped whole. Merged runs go with their youngest part, so an entry may be
   * found for up to a quarter of its time to live longer: whoever must know looks at a field of it.
   */
  readonly expiredBefore: number;
}
