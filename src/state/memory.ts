import { randomUUID } from "node:crypto";
import type { PaneValue } from "../window/pane.ts";
import { admitInOrder } from "./admission.ts";
import { judgeCommit } from "./fence.ts";
import { createMemoryJournal } from "./memory-journal.ts";
import { createMemoryBlocks } from "./memory-blocks.ts";
import type { MemoryBlocks } from "./memory-blocks.ts";
import { createMemoryPanes, dropPanes, panesIn, panesSize, putPane } from "./memory-panes.ts";
import type { MemoryPanes } from "./memory-panes.ts";
import { nameKey } from "./name-key.ts";
import { appendEntries, expireRuns } from "./run-index.ts";
import type { RunChange } from "./run-index.ts";
import { scanRuns } from "./run-scan.ts";
import { findEntries } from "./run-search.ts";
import type { Run } from "./run.ts";
import type { Store, TaskId } from "./store.ts";
import { UNKNOWN_TASK } from "./task-row.ts";
import type { TaskRow } from "./task-row.ts";

/** The store of engine tests, backtest and score: the same answers as the others, and nothing outlives the process. `newId` names claims. */
export function createMemoryStore(newId: () => string = randomUUID): Store {
  const tasks = new Map<string, TaskRow & { readonly task: TaskId }>();
  const layouts = new Map<string, MemoryPanes>();
  const indexes = new Map<string, MemoryIndex>();
  const versions = new Map<string, readonly string[]>();
  const judgement = new Map<string, Uint8Array>();
  let counting: string | undefined;

  return {
    isShared: false,

    async claim(task) {
      const { version, state } = tasks.get(taskKey(task)) ?? UNKNOWN_TASK;
      const id = newId();
      tasks.set(taskKey(task), { task, version: version + 1, commitId: id, state });
      return { version: version + 1, id, ...(state && { state }) };
    },

    async commit(commit) {
      const fence = judgeCommit(commit, tasks.get(taskKey(commit.task)) ?? UNKNOWN_TASK);
      if (!fence.write) return fence.answer;
      // Entries first: only they can be refused, and a refused commit leaves no trace.
      const { task, commitId, state } = commit;
      const changes = appendEntries(commit.entries, (name) =>
        entryOf(indexes, indexKey(task, name), createIndex),
      );
      for (const [index, change] of changes) applyChange(index, change);
      for (const pane of commit.panes) {
        putPane(entryOf(layouts, pane.layout, createMemoryPanes), { ...copyPane(pane), task });
      }
      tasks.set(taskKey(task), { task, version: fence.version, commitId, state: new Uint8Array(state) });
      return { status: "committed", version: fence.version };
    },

    async find(task, name, ids) {
      const { runs, blocks } = indexes.get(indexKey(task, name)) ?? createIndex();
      return findEntries(runs, ids, blocks);
    },

    async *list(task, name, since) {
      const { runs, blocks } = indexes.get(indexKey(task, name)) ?? createIndex();
      yield* scanRuns(runs, since, blocks);
    },

    async readPanes(range) {
      const panes = layouts.get(range.layout);
      return panes === undefined ? [] : panesIn(panes, range);
    },

    async writePanes(panes) {
      for (const pane of panes) putPane(entryOf(layouts, pane.layout, createMemoryPanes), copyPane(pane));
      return true;
    },

    async readLayouts() {
      return [...layouts.keys()];
    },

    async readTasks(group) {
      return [...tasks.values()]
        .filter((row) => row.task.group === group)
        .toSorted((a, b) => a.task.partition - b.task.partition)
        .flatMap(({ task, version, commitId: id = "", state }) =>
          state === undefined ? [] : [{ task, version, id, state }],
        );
    },

    async admitVersions(model, seen, keep) {
      const admitted = admitInOrder(versions.get(model) ?? [], seen, keep);
      versions.set(model, admitted);
      return admitted;
    },

    async registerCounting(text) {
      const last = counting;
      counting = text;
      return { last, order: 0 };
    },

    async keepFirst(name, value) {
      const kept = judgement.get(name) ?? new Uint8Array(value);
      judgement.set(name, kept);
      return kept;
    },

    async takeLead() {
      return true;
    },

    async giveUpLead() {},

    async readJudgement(names) {
      return new Map([...judgement].filter(([name]) => names?.includes(name) !== false));
    },

    async writeJudgement(changes) {
      for (const [name, blob] of changes) {
        if (blob === null) judgement.delete(name);
        else judgement.set(name, new Uint8Array(blob));
      }
      return true;
    },

    async prune(retention) {
      for (const { layout, before } of retention.panes) {
        const panes = layouts.get(layout);
        if (panes !== undefined) dropPanes(panes, before);
      }
      for (const index of indexes.values())
        applyChange(index, expireRuns(index.runs, retention.expiredBefore));
    },

    journal: createMemoryJournal(),

    async size() {
      let bytes = 0;
      for (const { state } of tasks.values()) bytes += state?.length ?? 0;
      for (const panes of layouts.values()) bytes += panesSize(panes);
      for (const { blocks } of indexes.values()) bytes += blocks.size();
      for (const blob of judgement.values()) bytes += blob.length;
      return bytes;
    },

    async close() {},
  };
}

interface MemoryIndex {
  runs: readonly Run[];
  readonly blocks: MemoryBlocks;
}

function createIndex(): MemoryIndex {
  return { runs: [], blocks: createMemoryBlocks() };
}

function applyChange(index: MemoryIndex, change: RunChange): void {
  index.runs = change.runs;
  for (const run of change.removed) index.blocks.drop(run.sequence);
}

function copyPane(pane: PaneValue): PaneValue {
  return { ...pane, packed: new Uint8Array(pane.packed) };
}

function taskKey(task: TaskId): string {
  return nameKey([task.group, task.partition]);
}

function indexKey(task: TaskId, index: string): string {
  return nameKey([task.group, task.partition, index]);
}

function entryOf<V>(map: Map<string, V>, key: string, create: () => V): V {
  const there = map.get(key);
  if (there !== undefined) return there;
  const created = create();
  map.set(key, created);
  return created;
}
