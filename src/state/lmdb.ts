import { randomUUID } from "node:crypto";
import type { EntryBlock, FoundEntries, IdList } from "../join/entries.ts";
import type { Clock } from "../runtime/clock.ts";
import type { PaneValue } from "../window/pane.ts";
import { tryDisk } from "./disk.ts";
import { admitInOrder } from "./admission.ts";
import { judgeCommit } from "./fence.ts";
import { applyChange, openIndex, writeChange } from "./lmdb-blocks.ts";
import type { LmdbIndex } from "./lmdb-blocks.ts";
import { endOf, judgementKey, judgementName, lastNumber, rowKey } from "./lmdb-keys.ts";
import type { LmdbRows } from "./lmdb-rows.ts";
import { openLmdbFile } from "./lmdb-file.ts";
import { putPane, readPanes, removePanes } from "./lmdb-panes.ts";
import type { Names } from "./names.ts";
import type { OwnerRow } from "./owner.ts";
import { appendEntries, expireRuns } from "./run-index.ts";
import { scanRuns } from "./run-scan.ts";
import { findEntries } from "./run-search.ts";
import { viewBlock } from "./run.ts";
import { damaged, placeOf, readJson, seal, unseal, writeJson } from "./sealed.ts";
import type { CommitOutcome, Retention, Store, StoredTask, TaskCommit, TaskId } from "./store.ts";
import { UNKNOWN_TASK, packTask, unpackTask } from "./task-row.ts";
import type { TaskRow } from "./task-row.ts";

/**
 * The embedded store, in one LMDB file under `path`, for one process at a time. LMDB is synchronous, and so is every
 * method up to the promise it returns: a commit's promise resolves once the commit is on the disk. Throws STATE_LOCKED,
 * STATE_DAMAGED, STATE_NEWER, STATE_FULL or STATE_FAILED.
 */
export async function openLmdbStore(options: {
  path: string;
  clock: Clock;
  /** Of this process: named to whoever finds the store in use. */
  pid?: number;
}): Promise<Store> {
  const { path } = options;
  const { rows, owner, names, journal, close } = await openLmdbFile(options);
  const file: LmdbFile = { rows, owner, names, indexes: new Map() };
  return {
    isShared: false,
    claim: async (task) => claim(file, task),
    commit: async (commit) => commitTask(file, commit),
    find: async (task, index, ids) => tryDisk(path, () => find(file, { task, index, ids })),
    list: (task, index, since) => list(file, { path, task, index, since }),
    readPanes: async (range) => tryDisk(path, () => readPanes(file, range)),
    writePanes: async (panes) => writePanes(file, panes),
    readLayouts: async () =>
      Array.from(names.numbersOf("layout"), (number) => String(names.nameOf(number)[1])),
    readTasks: async (group) => tryDisk(path, () => readTasks(file, group)),
    admitVersions: async (model, seen, keep) => admitVersions(file, { model, seen, keep }),
    registerCounting: async (counting) => registerCounting(file, counting),
    keepFirst: async (name, value) => keepFirst(file, name, value),
    // The file is one process's own.
    takeLead: async () => true,
    giveUpLead: async () => undefined,
    readJudgement: async (names) => tryDisk(path, () => readJudgement(file, names)),
    writeJudgement: async (changes) => writeJudgement(file, changes),
    prune: async (retention) => prune(file, retention),
    journal,
    size: async () => rows.size() + journal.size(),
    close,
  };
}

interface LmdbFile {
  readonly rows: LmdbRows;
  readonly owner: OwnerRow;
  readonly names: Names;
  /** By number, opened when first used. */
  readonly indexes: Map<number, LmdbIndex>;
}

const NO_BLOCKS = { read: () => viewBlock(new Uint8Array(0), 0) };

function transact<T>(file: LmdbFile, work: () => T): T {
  let written = false;
  try {
    const result = file.rows.transact(() => {
      file.owner.assert();
      return work();
    });
    written = true;
    return result;
  } finally {
    file.names.settle(written);
  }
}

function claim(file: LmdbFile, task: TaskId): { version: number; id: string; state?: Uint8Array } {
  return transact(file, () => {
    const { version, state } = readTask(file, task);
    const id = randomUUID();
    writeTask(file, task, { version: version + 1, commitId: id, state });
    return { version: version + 1, id, ...(state && { state }) };
  });
}

function commitTask(file: LmdbFile, commit: TaskCommit): CommitOutcome {
  const { rows, names } = file;
  const { task, commitId, state } = commit;
  const { outcome, changes } = transact(file, () => {
    const fence = judgeCommit(commit, readTask(file, task));
    if (!fence.write) return { outcome: fence.answer, changes: [] };
    for (const pane of commit.panes) putPane(file, pane, task);
    const changes = appendEntries(commit.entries, (name) =>
      indexOf(file, names.numberOf("index", task.group, task.partition, name)),
    );
    for (const [index, change] of changes) writeChange(rows, index, change);
    writeTask(file, task, { version: fence.version, commitId, state });
    return { outcome: { status: "committed", version: fence.version } as const, changes };
  });
  for (const [index, change] of changes) applyChange(index, change);
  return outcome;
}

function find(file: LmdbFile, request: { task: TaskId; index: string; ids: IdList }): FoundEntries {
  const { task, index, ids } = request;
  const number = file.names.find("index", task.group, task.partition, index);
  if (number === undefined) return findEntries([], ids, NO_BLOCKS);
  const { runs, blocks } = indexOf(file, number);
  return findEntries(runs, ids, blocks);
}

async function* list(
  file: LmdbFile,
  { path, task, index, since }: { path: string; task: TaskId; index: string; since: number },
): AsyncGenerator<EntryBlock> {
  const number = file.names.find("index", task.group, task.partition, index);
  if (number === undefined) return;
  const { runs, blocks } = indexOf(file, number);
  const scan = scanRuns(runs, since, blocks);
  for (;;) {
    const next = tryDisk(path, () => scan.next());
    if (next.done === true) return;
    yield next.value;
  }
}

function readTask({ rows, names }: LmdbFile, { group, partition }: TaskId): TaskRow {
  const number = names.find("task", group, partition);
  if (number === undefined) return UNKNOWN_TASK;
  const key = rowKey("task", number);
  const sealed = rows.get(key);
  // The name was written with the row: without it the task would be taken for one that was never seen, and counted anew.
  if (sealed === undefined) throw damaged(`The state of partition ${partition} of ${group} is missing.`);
  return unpackTask(sealed, placeOf(key));
}

/** Only inside a transaction. */
function writeTask({ rows, names }: LmdbFile, { group, partition }: TaskId, row: TaskRow): void {
  const key = rowKey("task", names.numberOf("task", group, partition));
  rows.put(key, packTask(row, placeOf(key)));
}

function indexOf(file: LmdbFile, number: number): LmdbIndex {
  const there = file.indexes.get(number);
  if (there !== undefined) return there;
  const index = openIndex(file.rows, number);
  file.indexes.set(number, index);
  return index;
}

function writePanes(file: LmdbFile, panes: readonly PaneValue[]): boolean {
  return transact(file, () => {
    for (const pane of panes) putPane(file, pane);
    return true;
  });
}

function readTasks(file: LmdbFile, group: string): StoredTask[] {
  const tasks: StoredTask[] = [];
  for (const { key, value } of file.rows.scan(rowKey("task"), endOf("task"))) {
    const [kind, owner, partition] = file.names.nameOf(lastNumber(key));
    if (kind === "task" && owner !== group) continue;
    const { version, commitId: id = "", state } = unpackTask(value, placeOf(key));
    if (state !== undefined)
      tasks.push({ task: { group, partition: Number(partition) }, version, id, state });
  }
  return tasks.toSorted((a, b) => a.task.partition - b.task.partition);
}

function admitVersions(
  file: LmdbFile,
  request: { model: string; seen: readonly string[]; keep: number },
): readonly string[] {
  return transact(file, () => {
    const key = rowKey("versions", file.names.numberOf("model", request.model));
    const sealed = file.rows.get(key);
    const before = sealed === undefined ? [] : readVersions(sealed, key);
    const admitted = admitInOrder(before, request.seen, request.keep);
    if (admitted.length > before.length) file.rows.put(key, seal(writeJson(admitted), placeOf(key)));
    return admitted;
  });
}

function readVersions(sealed: Uint8Array, key: Uint8Array): string[] {
  // Only admitVersions writes these rows, and the seal has been checked.
  return readJson(unseal(sealed, { what: "the list of versions", place: placeOf(key) })) as string[];
}

function registerCounting(file: LmdbFile, counting: string): { last: string | undefined; order: number } {
  return transact(file, () => {
    const key = rowKey("counting");
    const place = placeOf(key);
    const sealed = file.rows.get(key);
    file.rows.put(key, seal(new TextEncoder().encode(counting), place));
    const last =
      sealed && new TextDecoder().decode(unseal(sealed, { what: "what decides the counts", place }));
    // Nobody shares the file: there is none to be newer than.
    return { last, order: 0 };
  });
}

function keepFirst(file: LmdbFile, name: string, value: Uint8Array): Uint8Array {
  return transact(file, () => {
    const key = judgementKey(name);
    const place = placeOf(key);
    const kept = file.rows.get(key);
    if (kept !== undefined) return unseal(kept, { what: name, place });
    file.rows.put(key, seal(value, place));
    return value;
  });
}

function readJudgement(file: LmdbFile, names?: readonly string[]): Map<string, Uint8Array> {
  const blobs = new Map<string, Uint8Array>();
  for (const { key, value } of file.rows.scan(rowKey("judgement"), endOf("judgement"))) {
    const name = judgementName(key);
    if (names?.includes(name) !== false)
      blobs.set(name, unseal(value, { what: `the judgement ${name}`, place: placeOf(key) }));
  }
  return blobs;
}

function writeJudgement(file: LmdbFile, changes: ReadonlyMap<string, Uint8Array | null>): boolean {
  return transact(file, () => {
    for (const [name, blob] of changes) {
      const key = judgementKey(name);
      if (blob === null) file.rows.remove(key);
      else file.rows.put(key, seal(blob, placeOf(key)));
    }
    return true;
  });
}

function prune(file: LmdbFile, retention: Retention): void {
  const { rows, names } = file;
  const changes = transact(file, () => {
    for (const { layout, before } of retention.panes) removePanes(file, layout, before);
    return [...names.numbersOf("index")].map((number) => {
      const index = indexOf(file, number);
      const change = expireRuns(index.runs, retention.expiredBefore);
      writeChange(rows, index, change);
      return { index, change };
    });
  });
  for (const { index, change } of changes) applyChange(index, change);
}
