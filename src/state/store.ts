import type { EntryBlock, FoundEntries, IdList, IndexEntries } from "../join/entries.ts";
import type { PaneValue } from "../window/pane.ts";
import type { Journal } from "./journal.ts";

/**
 * What the daemon remembers. A task is partition k of all topics that belong together: the unit of ownership, state and
 * fencing. Everything a task changes is committed in one transaction under a version that fences former owners.
 */
export interface Store {
  /** Whether other daemons write to it too. */
  readonly isShared: boolean;
  /** Takes the task over: bumps its version, under a new id, so that a former owner's next commit is refused. */
  claim(task: TaskId): Promise<ClaimedTask>;
  /**
   * All or nothing. `expected` is the version this owner last read or wrote; it becomes expected + 1. Sent again with the
   * same commit id it is answered, not repeated. Of a store that went back, and was written to since by somebody else, the
   * version may be the expected one again: `expectedId` then tells that it is not. Rejects with a coded error if the store cannot write; then nothing of it
   * was written. Stores copy what they keep.
   */
  commit(commit: TaskCommit): Promise<CommitOutcome>;
  /** The entries of `index` whose key is among `ids`, by position in `ids`. Reads committed state only. */
  find(task: TaskId, index: string, ids: IdList): Promise<FoundEntries>;
  /**
   * All entries of `index` that do not expire before `since` (ms), in blocks, the oldest first; also those that younger ones
   * have replaced, and some that had expired. Committed state only, and no commit may come in between.
   */
  list(task: TaskId, index: string, since: number): AsyncIterable<EntryBlock>;
  /** Every stored pane of a layout with from <= start < to, over all tasks, by start. What it returns must not be changed. */
  readPanes(range: PaneRange): Promise<readonly StoredPane[]>;
  /**
   * Writes the absolute values of panes that belong to no task, since they are added up over all: all of them or none, in
   * place of what was there. Only who leads may: false, and nothing is written, where somebody else does by now.
   */
  writePanes(panes: readonly PaneValue[]): Promise<boolean>;
  /** Every layout that panes were ever stored of. */
  readLayouts(): Promise<readonly string[]>;
  /** What every task last committed of itself, so that the evaluator sees all watermarks. */
  readTasks(group: string): Promise<readonly StoredTask[]>;
  /** The versions admitted for a model, in order of first sight, after trying to add these; never more than `keep`. */
  admitVersions(model: string, versions: readonly string[], keep: number): Promise<readonly string[]>;
  /**
   * Registers what decides the counts of the daemon that starts, as text, and answers what was registered last before it;
   * undefined where nothing was. `order` is when it was first seen: in a store that daemons share the newest that is present
   * owns, and tasks go only to its members.
   */
  registerCounting(counting: string): Promise<{ readonly last: string | undefined; readonly order: number }>;
  /** Keeps a value that all who share the store must have in common; answers the one that was kept first. */
  keepFirst(name: string, value: Uint8Array): Promise<Uint8Array>;
  /**
   * Takes the lead, or goes on with it: whether this process judges, and nobody else does until `giveUpLead` or until it
   * has been silent for longer than the lease. Who lost it is answered false once at least, also where it is free again: what
   * others have judged meanwhile must be read first. A store of one process answers true.
   */
  takeLead(): Promise<boolean>;
  giveUpLead(): Promise<void>;
  /**
   * Named blobs of who leads (alert states, outbox, what is closed), all of them or those that are asked for; written
   * together: false, and nothing is written, as above.
   */
  readJudgement(names?: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  writeJudgement(changes: ReadonlyMap<string, Uint8Array | null>): Promise<boolean>;
  /** Why the store cannot be reached at this moment, in a sentence's end; absent or undefined: it can. */
  outage?(): string | undefined;
  /** Deletes panes of the layout that start before `before`, and entries of runs that expired. */
  prune(retention: Retention): Promise<void>;
  /** For records that are acknowledged before they are counted; absent where daemons share the store: none are sent to those. */
  readonly journal?: Journal;
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
  /** Random: names this claim, as a commit's id names the commit. */
  readonly id: string;
  /** The task's own record as last committed (offsets, watermarks, ledger, open panes); undefined at first sight. */
  readonly state?: Uint8Array;
}

/** A task as it was last committed. */
export interface StoredTask {
  readonly task: TaskId;
  readonly version: number;
  /** Of the last commit or claim. */
  readonly id: string;
  readonly state: Uint8Array;
}

export interface TaskCommit {
  readonly task: TaskId;
  readonly expected: number;
  /** Id of the claim or commit that this owner last made; absent: whoever made the expected version may have. */
  readonly expectedId?: string;
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
