import { CodedError } from "../config/coded-error.ts";
import { unpackHead } from "./lmdb-blocks.ts";
import { kindOf, judgementName, numbersOf, readPaneKey, strayKey } from "./lmdb-keys.ts";
import type { FilePages, FileRow } from "./lmdb-pages.ts";
import type { Run } from "./run.ts";
import { takeCounts } from "./placed-counts.ts";
import { damageOf, damaged, placeOf, readJson, unseal } from "./sealed.ts";
import type { StoredPane, TaskId } from "./store.ts";
import { unpackTask } from "./task-row.ts";
import type { TaskRow } from "./task-row.ts";

/** Names behind numbers, and the heads of runs: what has to be known before the other rows can be understood. */
export interface Catalogue {
  readonly names: ReadonlyMap<number, readonly (string | number)[]>;
  /** By number of the index, then by sequence; without their filters. */
  readonly runs: ReadonlyMap<number, ReadonlyMap<number, Run>>;
  readonly rows: number;
  /** Rows as they are sealed; undefined: there is none. */
  readonly format: Uint8Array | undefined;
  readonly owner: Uint8Array | undefined;
}

/** What a row says, its checksum right. */
export type StateRow =
  | { readonly kind: "task"; readonly task: TaskId; readonly row: TaskRow }
  | { readonly kind: "pane"; readonly pane: StoredPane }
  | { readonly kind: "judgement"; readonly name: string; readonly blob: Uint8Array }
  | { readonly kind: "versions"; readonly model: string; readonly versions: readonly string[] }
  | { readonly kind: "run"; readonly task: TaskId; readonly index: string; readonly run: Run }
  /** Block `block` of a run. */
  | {
      readonly kind: "block";
      readonly index: number;
      readonly run: Run;
      readonly block: number;
      readonly bytes: Uint8Array;
    };

/** Told what is damaged, in a sentence. */
export type Tell = (damage: string) => void;

export function readCatalogue(pages: FilePages, tell: Tell): Catalogue {
  const names = new Map<number, readonly (string | number)[]>();
  const runs = new Map<number, Map<number, Run>>();
  let rows = 0;
  let format: Uint8Array | undefined;
  let owner: Uint8Array | undefined;
  for (const row of pages.rows()) {
    rows += 1;
    const [number = 0, sequence = 0] = numbersOf(row.key);
    attempt(tell, () => {
      const kind = kindOf(row.key);
      if (kind === "format") format = row.value();
      else if (kind === "owner") owner = row.value();
      // Only names.ts writes these rows, and the seal has been checked.
      else if (kind === "name") names.set(number, readJson(open(row, `name ${number}`)) as string[]);
      else if (kind === "head") {
        const ofIndex = runs.get(number) ?? new Map<number, Run>();
        runs.set(number, ofIndex);
        const head = unpackHead(open(row, `run ${sequence} of index ${number}`));
        // A filter is as large as a tenth of what it stands for.
        ofIndex.set(sequence, { ...head, bloom: new Uint32Array(0) });
      }
    });
  }
  return { names, runs, rows, format, owner };
}

/** All rows but those of the catalogue alone, in the order of their keys; blocks only where they are wanted, for they are many. */
export function* readStateRows(
  pages: FilePages,
  { catalogue, tell, withBlocks = false }: { catalogue: Catalogue; tell: Tell; withBlocks?: boolean },
): Generator<StateRow> {
  for (const row of pages.rows()) {
    if (kindOf(row.key) === "block" && !withBlocks) continue;
    const found = attempt(tell, () => readRow(row, catalogue));
    if (found !== undefined) yield found;
  }
}

/** The payload of a row. */
function open({ key, value }: FileRow, what: string): Uint8Array {
  return unseal(value(), { what, place: placeOf(key) });
}

function readRow(row: FileRow, catalogue: Catalogue): StateRow | undefined {
  const { key } = row;
  const [number = 0, sequence = 0, block = 0] = numbersOf(key);
  switch (kindOf(key)) {
    case "task":
      return {
        kind: "task",
        task: taskOf(nameOf(catalogue, number, "task")),
        row: unpackTask(row.value(), placeOf(key)),
      };
    case "pane":
      return { kind: "pane", pane: readPane(row, catalogue) };
    case "judgement": {
      const name = judgementName(key);
      return { kind: "judgement", name, blob: open(row, `the judgement ${name}`) };
    }
    case "versions": {
      const [, model] = nameOf(catalogue, number, "model");
      // Only the store writes these rows, and the seal has been checked.
      const versions = readJson(open(row, `the versions of ${model}`)) as string[];
      return { kind: "versions", model: String(model), versions };
    }
    case "head": {
      const name = nameOf(catalogue, number, "index");
      const run = catalogue.runs.get(number)?.get(sequence);
      return run && { kind: "run", task: taskOf(name), index: String(name[3]), run };
    }
    case "block": {
      const run = catalogue.runs.get(number)?.get(sequence);
      if (run === undefined) throw damaged(`Block ${block} belongs to run ${sequence}, which is missing.`);
      const bytes = open(row, `block ${block} of run ${sequence}`);
      return { kind: "block", index: number, run, block, bytes };
    }
    case "counting":
      open(row, "what decides the counts");
      return undefined;
    case "format":
    case "owner":
    case "name":
      return undefined;
    case undefined:
      throw strayKey(key);
  }
}

function readPane({ key, value }: FileRow, catalogue: Catalogue): StoredPane {
  const [layoutNumber = 0] = numbersOf(key);
  const { start, series } = readPaneKey(key);
  const [, layout] = nameOf(catalogue, layoutNumber, "layout");
  const name = nameOf(catalogue, series, "pane", "total");
  const packed = value();
  const isTotal = name[0] === "total";
  const [version, segment] = isTotal ? name.slice(1) : name.slice(3);
  const pane = {
    layout: String(layout),
    version: String(version),
    segment: String(segment),
    start,
    packed,
    ...(!isTotal && { task: taskOf(name) }),
  };
  try {
    takeCounts(packed, { what: `panes of ${layout}`, place: placeOf(key) });
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== "STATE_DAMAGED") throw error;
    throw damaged(`The counts of ${describePane(pane)} are not what was written.`, error);
  }
  return pane;
}

/** A pane for people. */
export function describePane({ layout, version, segment, start, task }: Omit<StoredPane, "packed">): string {
  const of = task === undefined ? "" : `, partition ${task.partition}`;
  // Where the start is not what was written, it may be no time at all.
  const time = Math.abs(start) <= LAST_TIME ? new Date(start).toISOString() : `${start} ms`;
  return `${layout} ${version} ${segment} of ${time}${of}`;
}

/** Of a Date; ms. */
const LAST_TIME = 8.64e15;

/** The name behind a number, which must be of one of these kinds. */
function nameOf(
  { names }: Catalogue,
  number: number,
  ...kinds: readonly string[]
): readonly (string | number)[] {
  const name = names.get(number);
  if (name === undefined) throw damaged(`Name ${number} is missing.`);
  if (!kinds.includes(String(name[0])))
    throw damaged(
      `A row has the key of ${kinds.join(" or ")} ${number}, and that is the name of something else.`,
    );
  return name;
}

function taskOf([, group, partition]: readonly (string | number)[]): TaskId {
  return { group: String(group), partition: Number(partition) };
}

function attempt<T>(tell: Tell, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== "STATE_DAMAGED") throw error;
    tell(damageOf(error));
    return undefined;
  }
}
