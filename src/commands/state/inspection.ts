import { openBytes, unpack } from "../../counts/packed.ts";
import { isBalanced } from "../../event/ledger.ts";
import { decodeOutbox } from "../../publish/outbox-state.ts";
import { viewBlock, type Block, type Run } from "../../state/run.ts";
import { describePane, type StateRow, type Tell } from "../../state/state-rows.ts";
import type { StoredPane, TaskId } from "../../state/store.ts";
import { readJudgementRecord } from "../../verdict/judgement-record.ts";
import { readTaskRecord } from "../../window/task-record.ts";

/** What stands in a state, counted. Times in ms since the epoch. */
export interface Inspected {
  readonly tasks: TaskId[];
  readonly layouts: Map<string, { panes: number; bytes: number; from: number; to: number }>;
  readonly indexes: Map<string, { runs: number; entries: number }>;
  /** Names of what was judged and waits to be told. */
  readonly judgements: string[];
}

/** Looks at one row after the other, deeper than its checksum. */
export interface Inspection {
  readonly found: Inspected;
  readonly tell: Tell;
  /** By layout: how many counts its panes have. */
  readonly lengths: Map<string, number>;
  /** By run: how many of its blocks were met. */
  readonly blocks: Map<Run, number>;
  /** Tasks that panes are of. */
  readonly owners: TaskId[];
}

export function beginInspection(tell: Tell): Inspection {
  const found: Inspected = { tasks: [], layouts: new Map(), indexes: new Map(), judgements: [] };
  return { found, tell, lengths: new Map(), blocks: new Map(), owners: [] };
}

export function inspectRow(inspection: Inspection, row: StateRow): void {
  try {
    if (row.kind === "task") inspectTask(inspection, row.task, row.row.state);
    else if (row.kind === "pane") inspectPane(inspection, row.pane);
    else if (row.kind === "judgement") inspectJudgement(inspection, row.name, row.blob);
    else if (row.kind === "run") countRun(inspection, row.index, row.run);
    else if (row.kind === "block") inspectBlock(inspection, row);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    inspection.tell(`${describeRow(row)} cannot be understood: ${why}.`);
  }
}

/** What can be said after the last row. */
export function endInspection({ found, owners, blocks, tell }: Inspection, runs: readonly Run[]): void {
  for (const run of runs) {
    const met = blocks.get(run) ?? 0;
    if (met !== run.firstHigh.length)
      tell(`Run ${run.sequence} has ${met} of its ${run.firstHigh.length} blocks.`);
  }
  for (const owner of owners) {
    if (!found.tasks.some((task) => isSame(task, owner)))
      tell(`There are panes of ${describeTask(owner)}, and nothing says how far it was read.`);
  }
}

function inspectTask({ found, tell }: Inspection, task: TaskId, state: Uint8Array | undefined): void {
  found.tasks.push(task);
  if (state === undefined) return;
  for (const [stream, { ledger }] of Object.entries(readTaskRecord(state).streams)) {
    if (!isBalanced(ledger)) tell(`The ledger of ${stream} in ${describeTask(task)} does not balance.`);
  }
}

function inspectPane({ found, tell, lengths, owners }: Inspection, pane: StoredPane): void {
  const { layout, start, packed, task } = pane;
  const of = found.layouts.get(layout) ?? { panes: 0, bytes: 0, from: start, to: start };
  found.layouts.set(layout, {
    panes: of.panes + 1,
    bytes: of.bytes + packed.length,
    from: Math.min(of.from, start),
    to: Math.max(of.to, start),
  });
  if (task !== undefined && !owners.some((owner) => isSame(owner, task))) owners.push(task);
  const vector = unpack(packed);
  if (vector === undefined) {
    // Fields and events for review are JSON.
    JSON.parse(new TextDecoder().decode(openBytes(packed)));
    return;
  }
  const length = lengths.get(layout) ?? vector.length;
  lengths.set(layout, length);
  if (vector.length !== length)
    tell(`${describePane(pane)} has ${vector.length} counts in place of ${length}.`);
  if (!vector.every(Number.isSafeInteger))
    tell(`${describePane(pane)} has counts that are no whole numbers.`);
}

function inspectJudgement({ found }: Inspection, name: string, blob: Uint8Array): void {
  found.judgements.push(name);
  if (name.startsWith("model/")) readJudgementRecord(blob);
  else if (name === "outbox") decodeOutbox(blob);
}

function countRun({ found }: Inspection, index: string, { count }: Run): void {
  const of = found.indexes.get(index) ?? { runs: 0, entries: 0 };
  found.indexes.set(index, { runs: of.runs + 1, entries: of.entries + count });
}

function inspectBlock({ blocks, tell }: Inspection, { run, block, bytes }: BlockRow): void {
  blocks.set(run, (blocks.get(run) ?? 0) + 1);
  if (!isSoundBlock(viewBlock(bytes, run.width), run, block))
    tell(`Block ${block} of run ${run.sequence} does not hold what its head says.`);
}

type BlockRow = StateRow & { kind: "block" };

function isSoundBlock({ count, high, low }: Block, run: Run, block: number): boolean {
  if (count === 0 || high[0] !== run.firstHigh[block] || low[0] !== run.firstLow[block]) return false;
  for (let i = 1; i < count; i += 1) {
    if (high[i] < high[i - 1] || (high[i] === high[i - 1] && low[i] < low[i - 1])) return false;
  }
  return true;
}

function describeRow(row: StateRow): string {
  if (row.kind === "pane") return describePane(row.pane);
  if (row.kind === "task") return describeTask(row.task);
  return row.kind === "judgement" ? `the judgement ${row.name}` : `a ${row.kind}`;
}

function describeTask({ group, partition }: TaskId): string {
  return `partition ${partition} of ${group}`;
}

function isSame(a: TaskId, b: TaskId): boolean {
  return a.group === b.group && a.partition === b.partition;
}
