import { nameKey } from "./name-key.ts";
import type { PaneRange, StoredPane } from "./store.ts";

/** The panes of one layout: by start, then by task, version and segment. */
export interface MemoryPanes {
  /** Ascending. */
  readonly starts: number[];
  readonly byStart: Map<number, Map<string, StoredPane>>;
}

export function createMemoryPanes(): MemoryPanes {
  return { starts: [], byStart: new Map() };
}

export function putPane(panes: MemoryPanes, pane: StoredPane): void {
  let there = panes.byStart.get(pane.start);
  if (there === undefined) {
    there = new Map();
    panes.byStart.set(pane.start, there);
    panes.starts.splice(firstAtLeast(panes.starts, pane.start), 0, pane.start);
  }
  const owner = pane.task === undefined ? [] : [pane.task.group, pane.task.partition];
  there.set(nameKey([...owner, pane.version, pane.segment]), pane);
}

/** By start. */
export function panesIn(panes: MemoryPanes, range: Pick<PaneRange, "from" | "to">): StoredPane[] {
  const found: StoredPane[] = [];
  for (let i = firstAtLeast(panes.starts, range.from); i < panes.starts.length; i += 1) {
    const start = panes.starts[i];
    if (start === undefined || start >= range.to) break;
    found.push(...(panes.byStart.get(start)?.values() ?? []));
  }
  return found;
}

export function dropPanes(panes: MemoryPanes, before: number): void {
  for (const start of panes.starts.splice(0, firstAtLeast(panes.starts, before))) panes.byStart.delete(start);
}

export function panesSize(panes: MemoryPanes): number {
  let bytes = 0;
  for (const there of panes.byStart.values()) for (const { packed } of there.values()) bytes += packed.length;
  return bytes;
}

function firstAtLeast(starts: readonly number[], value: number): number {
  let below = -1;
  let above = starts.length;
  while (above - below > 1) {
    const middle = (below + above) >>> 1;
    if ((starts[middle] ?? Infinity) < value) below = middle;
    else above = middle;
  }
  return above;
}
