import type { IndexEntries } from "../join/entries.ts";
import { mergeRuns } from "./run-merge.ts";
import { buildRun } from "./run-writer.ts";
import { planMerge } from "./run.ts";
import type { BlockReader, BlockWriter, Run } from "./run.ts";

/** What a commit makes of an index's runs. Nothing is changed in place: a commit that fails is simply forgotten. */
export interface RunChange {
  /** Oldest first. */
  readonly runs: readonly Run[];
  readonly added: readonly Run[];
  /** Runs whose blocks, and heads if they had one, must go. */
  readonly removed: readonly Run[];
}

/**
 * What appending these entries makes of the indexes that they belong to: a run each, and the youngest runs of an index
 * merged where it is time. The work of one call is bounded.
 */
export function appendEntries<I extends RunIndex>(
  entries: readonly IndexEntries[],
  open: (index: string) => I,
): Map<I, RunChange> {
  const changes = new Map<I, RunChange>();
  for (const batch of entries) {
    const index = open(batch.index);
    const before = changes.get(index) ?? { runs: index.runs, added: [], removed: [] };
    if (batch.count > 0) changes.set(index, appendRun(before, batch, index.blocks));
  }
  return changes;
}

export interface RunIndex {
  readonly runs: readonly Run[];
  readonly blocks: BlockReader & BlockWriter;
}

function appendRun(before: RunChange, entries: IndexEntries, blocks: BlockReader & BlockWriter): RunChange {
  const width = before.runs[0]?.width ?? entries.width;
  if (width !== entries.width) {
    throw new RangeError(`index ${entries.index} holds entries of ${width} fields, not ${entries.width}`);
  }
  const sequence = (before.runs.at(-1)?.sequence ?? -1) + 1;
  const runs = [...before.runs, buildRun(entries, sequence, blocks)];
  const added = [...before.added, ...runs.slice(-1)];
  const start = planMerge(runs);
  if (start === runs.length) return { ...before, runs, added };
  const removed = runs.slice(start);
  const merged = mergeRuns(removed, sequence + 1, blocks);
  return {
    runs: [...runs.slice(0, start), merged],
    added: [...added.filter((run) => !removed.includes(run)), merged],
    removed: [...before.removed, ...removed],
  };
}

/** Drops the runs that expired before a time (ms since the epoch). */
export function expireRuns(runs: readonly Run[], before: number): RunChange {
  const isExpired = (run: Run): boolean => run.expires < before;
  return { runs: runs.filter((run) => !isExpired(run)), added: [], removed: runs.filter(isExpired) };
}
