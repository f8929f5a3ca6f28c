import { randomUUID } from "node:crypto";
import { checkPacked } from "../counts/packed.ts";
import type { EntryBlock, FoundEntries, IdList } from "../join/entries.ts";
import type { Clock } from "../runtime/clock.ts";
import type { PaneValue } from "../window/pane.ts";
import { tryDisk } from "./disk.ts";
import { admitInOrder } from "./admission.ts";
import { judgeCommit } from "./fence.ts";
import { applyChange, openIndex, writeChange } from "./lmdb-blocks.ts";
import type { LmdbIndex } from "./lmdb-blocks.ts";
import {
  endOf,
  judgementKey,
  judgementName,
  lastNumber,
  paneBound,
  paneKey,
  readPaneKey,
  rowKey,
} from "./lmdb-keys.ts";
import type { LmdbRows } from "./lmdb-rows.ts";
import { openLmdbFile } from "./lmdb-file.ts";
import type { Names } from "./names.ts";
import type { OwnerRow } from "./owner.ts";
import { appendEntries, expireRuns } from "./run-index.ts";
import { scanRuns } from "./run-scan.ts";
import { findEntries } from "./run-search.ts";
import { viewBlock } from "./run.ts";
import { readJson, seal, unseal, writeJson } from "./sealed.ts";
import type {
  CommitOutcome,
  PaneRange,
  Retention,
  Store,
  StoredPane,
  StoredTask,
  TaskCommit,
  TaskId,
} from "./store.ts";
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
    const number = file.names.numberOf("task", task.group, task.partition);
    const { version, state } = readTask(file, number);
    const id = randomUUID();
    file.rows.put(rowKey("task", number), packTask({ version: version + 1, commitId: id, state }));
    return { version: version + 1, id, ...(state && { state }) };
  });
}

function commitTask(file: LmdbFile, commit: TaskCommit): CommitOutcome {
  const { rows, names } = file;
  const { task, commitId, state } = commit;
  const { outcome, changes } = transact(file, () => {
    const number = names.numberOf("task", task.group, task.partition);
    const fence = judgeCommit(commit, readTask(file, number));
    if (!fence.write) return { outcome: fence.answer, changes: [] };
    for (const { layout, start, version, segment, packed } of commit.panes) {
      const series = names.numberOf("pane", task.group, task.partition, version, segment);
      rows.put(paneKey(names.numberOf("layout", layout), start, series), packed);
    }
    const changes = appendEntries(commit.entries, (name) =>
      indexOf(file, names.numberOf("index", task.group, task.partition, name)),
    );
    for (const [index, change] of changes) writeChange(rows, index, change);
    rows.put(rowKey("task", number), packTask({ version: fence.version, commitId, state }));
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

function readTask(file: LmdbFile, number: number): TaskRow {
  const sealed = file.rows.get(rowKey("task", number));
  return sealed === undefined ? UNKNOWN_TASK : unpackTask(sealed);
}

function indexOf(file: LmdbFile, number: number): LmdbIndex {
  const there = file.indexes.get(number);
  if (there !== undefined) return there;
  const index = openIndex(file.rows, number);
  file.indexes.set(number, index);
  return index;
}

function readPanes(file: LmdbFile, range: PaneRange): StoredPane[] {
  const layout = file.names.find("layout", range.layout);
  if (layout === undefined || range.from >= range.to) return [];
  const panes: StoredPane[] = [];
  for (const { key, value } of file.rows.scan(paneBound(layout, range.from), paneBound(layout, range.to))) {
    checkPacked(value, `panes of ${range.layout}`);
    const { start, series } = readPaneKey(key);
    panes.push(viewPane(file.names.nameOf(series), { layout: range.layout, start, packed: value }));
  }
  return panes;
}

/** A pane of the series that was named: of one task, or of all. Written out, for a replay reads hundreds of thousands. */
function viewPane(
  name: readonly (string | number)[],
  { layout, start, packed }: Pick<StoredPane, "layout" | "start" | "packed">,
): StoredPane {
  if (name[0] === "total") {
    return { layout, version: String(name[1]), segment: String(name[2]), start, packed };
  }
  const task = { group: String(name[1]), partition: Number(name[2]) };
  return { task, layout, version: String(name[3]), segment: String(name[4]), start, packed };
}

function writePanes(file: LmdbFile, panes: readonly PaneValue[]): boolean {
  const { rows, names } = file;
  return transact(file, () => {
    for (const { layout, start, version, segment, packed } of panes) {
      const series = names.numberOf("total", version, segment);
      rows.put(paneKey(names.numberOf("layout", layout), start, series), packed);
    }
    return true;
  });
}

function readTasks(file: LmdbFile, group: string): StoredTask[] {
  const tasks: StoredTask[] = [];
  for (const { key, value } of file.rows.scan(rowKey("task"), endOf("task"))) {
    const [, owner, partition] = file.names.nameOf(lastNumber(key));
    if (owner !== group) continue;
    const { version, commitId: id = "", state } = unpackTask(value);
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
    // Only this function writes these rows, and the seal has been checked.
    const before = sealed === undefined ? [] : (readJson(unseal(sealed, "the list of versions")) as string[]);
    const admitted = admitInOrder(before, request.seen, request.keep);
    if (admitted.length > before.length) file.rows.put(key, seal(writeJson(admitted)));
    return admitted;
  });
}

function registerCounting(file: LmdbFile, counting: string): { last: string | undefined; order: number } {
  return transact(file, () => {
    const key = rowKey("counting");
    const sealed = file.rows.get(key);
    file.rows.put(key, seal(new TextEncoder().encode(counting)));
    const last = sealed && new TextDecoder().decode(unseal(sealed, "what decides the counts"));
    // Nobody shares the file: there is none to be newer than.
    return { last, order: 0 };
  });
}

function keepFirst(file: LmdbFile, name: string, value: Uint8Array): Uint8Array {
  return transact(file, () => {
    const key = judgementKey(name);
    const kept = file.rows.get(key);
    if (kept !== undefined) return unseal(kept, name);
    file.rows.put(key, seal(value));
    return value;
  });
}

function readJudgement(file: LmdbFile, names?: readonly string[]): Map<string, Uint8Array> {
  const blobs = new Map<string, Uint8Array>();
  for (const { key, value } of file.rows.scan(rowKey("judgement"), endOf("judgement"))) {
    const name = judgementName(key);
    if (names?.includes(name) !== false) blobs.set(name, unseal(value, `the judgement ${name}`));
  }
  return blobs;
}

function writeJudgement(file: LmdbFile, changes: ReadonlyMap<string, Uint8Array | null>): boolean {
  return transact(file, () => {
    for (const [name, blob] of changes) {
      if (blob === null) file.rows.remove(judgementKey(name));
      else file.rows.put(judgementKey(name), seal(blob));
    }
    return true;
  });
}

function prune(file: LmdbFile, retention: Retention): void {
  const { rows, names } = file;
  const changes = transact(file, () => {
    for (const { layout, before } of retention.panes) {
      const number = names.find("layout", layout);
      if (number === undefined) continue;
      const old = [...rows.keys(paneBound(number, -Infinity), paneBound(number, before))];
      for (const key of old) rows.remove(key);
    }
    return [...names.numbersOf("index")].map((number) => {
      const index = indexOf(file, number);
      const change = expireRuns(index.runs, retention.expiredBefore);
      writeChange(rows, index, change);
      return { index, change };
    });
  });
  for (const { index, change } of changes) applyChange(index, change);
}
