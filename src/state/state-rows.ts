import { CodedError } from "../config/coded-error.ts";
import { DAY } from "../config/quantity.ts";
import { checkPacked } from "../counts/packed.ts";
import { unpackHead } from "./lmdb-blocks.ts";
import { kindOf, judgementName, numbersOf, readPaneKey } from "./lmdb-keys.ts";
import type { FilePages, FileRow } from "./lmdb-pages.ts";
import type { Run } from "./run.ts";
import { damageOf, damaged, readJson, unseal } from "./sealed.ts";
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
      else if (kind === "name")
        names.set(number, readJson(unseal(row.value(), `name ${number}`)) as string[]);
      else if (kind === "head") {
        const ofIndex = runs.get(number) ?? new Map<number, Run>();
        runs.set(number, ofIndex);
        const head = unpackHead(unseal(row.value(), `run ${sequence} of index ${number}`));
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
  const steps = new Map<string, number>();
  for (const row of pages.rows()) {
    if (kindOf(row.key) === "block" && !withBlocks) continue;
    const found = attempt(tell, () => checkStart(readRow(row, catalogue), steps));
    if (found !== undefined) yield found;
  }
}

/** ms. */
const SHORTEST_PANE = 1_000;

/**
 * Panes of a layout begin at multiples of their length, a part of a day or whole days. A start stands in the key of its row, which no
 * checksum covers: one that would make the panes of its layout too short is damage. `steps` has, by layout, how long they can be, ms.
 */
function checkStart(row: StateRow | undefined, steps: Map<string, number>): StateRow | undefined {
  if (row?.kind !== "pane") return row;
  const { layout, start } = row.pane;
  const step = greatestDivisor(start, steps.get(layout) ?? DAY);
  if (step < SHORTEST_PANE) throw damaged(`The start of ${describePane(row.pane)} is not what was written.`);
  steps.set(layout, step);
  return row;
}

function greatestDivisor(a: number, b: number): number {
  return a === 0 ? b : greatestDivisor(b % a, a);
}

function readRow(row: FileRow, catalogue: Catalogue): StateRow | undefined {
  const { key } = row;
  const [number = 0, sequence = 0, block = 0] = numbersOf(key);
  switch (kindOf(key)) {
    case "task":
      return { kind: "task", task: taskOf(nameOf(catalogue, number)), row: unpackTask(row.value()) };
    case "pane":
      return { kind: "pane", pane: readPane(row, catalogue) };
    case "judgement": {
      const name = judgementName(key);
      return { kind: "judgement", name, blob: unseal(row.value(), `the judgement ${name}`) };
    }
    case "versions": {
      const [, model] = nameOf(catalogue, number);
      // Only the store writes these rows, and the seal has been checked.
      const versions = readJson(unseal(row.value(), `the versions of ${model}`)) as string[];
      return { kind: "versions", model: String(model), versions };
    }
    case "head": {
      const name = nameOf(catalogue, number);
      const run = catalogue.runs.get(number)?.get(sequence);
      return run && { kind: "run", task: taskOf(name), index: String(name[3]), run };
    }
    case "block": {
      const run = catalogue.runs.get(number)?.get(sequence);
      if (run === undefined) throw damaged(`Block ${block} belongs to run ${sequence}, which is missing.`);
      const bytes = unseal(row.value(), `block ${block} of run ${sequence}`);
      return { kind: "block", index: number, run, block, bytes };
    }
    case "counting":
      unseal(row.value(), "what decides the counts");
      return undefined;
    case "format":
    case "owner":
    case "name":
      return undefined;
    case undefined:
      throw damaged(`A row has a key that means nothing: ${key.toString("hex").slice(0, 40)}.`);
  }
}

function readPane({ key, value }: FileRow, catalogue: Catalogue): StoredPane {
  const [layoutNumber = 0] = numbersOf(key);
  const { start, series } = readPaneKey(key);
  const [, layout] = nameOf(catalogue, layoutNumber);
  const name = nameOf(catalogue, series);
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
    checkPacked(packed, `panes of ${layout}`);
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== "STATE_DAMAGED") throw error;
    throw damaged(`The counts of ${describePane(pane)} are not what was written.`, error);
  }
  return pane;
}

/** A pane for people. */
export function describePane({ layout, version, segment, start, task }: Omit<StoredPane, "packed">): string {
  const of = task === undefined ? "" : `, partition ${task.partition}`;
  return `${layout} ${version} ${segment} of ${new Date(start).toISOString()}${of}`;
}

function nameOf({ names }: Catalogue, number: number): readonly (string | number)[] {
  const name = names.get(number);
  if (name === undefined) throw damaged(`Name ${number} is missing.`);
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
