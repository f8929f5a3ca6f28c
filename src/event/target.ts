import type { FieldMap } from "../config/config.ts";
import type { EventBatch, EventPlan } from "./batch.ts";
import { addFault, clearRows, createBatch, growBatch, resetBatch } from "./columns.ts";
import { createDictionary } from "./dictionary.ts";
import type { Dictionary } from "./dictionary.ts";
import { bindBatch, compileJsonPlan } from "./json-plan.ts";
import type { JsonPlan } from "./json-plan.ts";
import { createVersions } from "./versions.ts";
import type { Versions } from "./versions.ts";

/** One model of a stream: its plan, and the batch that its rows go to. */
export interface Target {
  readonly plan: EventPlan;
  readonly json: JsonPlan;
  /** By column; undefined for numbers. */
  readonly dictionaries: readonly (Dictionary | undefined)[];
  readonly versions: Versions;
  batch: EventBatch;
}

const FIRST_CAPACITY = 1_024;

/** @param piiKey 32 bytes */
export function createTarget(plan: EventPlan, map: FieldMap, piiKey: Uint8Array): Target {
  const dictionaries = plan.columns.map((column) => {
    if (column.type === "number") return undefined;
    if (column.type === "category") return createDictionary(column, piiKey);
    return createDictionary({ ...column, categories: ["false", "true"], learn: false, pii: false }, piiKey);
  });
  const json = compileJsonPlan(plan, map, dictionaries);
  const versions = createVersions();
  const batch = createBatch({ plan, dictionaries, versions: versions.names, capacity: FIRST_CAPACITY });
  bindBatch(json.slots, batch);
  return { plan, json, dictionaries, versions, batch };
}

/** A batch with more room than a source's largest gives it back when it is not needed: one odd record was enough to take it. */
const KEPT_ROWS = 65_536;

/** Empties the target's batch and makes room for `rows` rows. */
export function prepareTarget(target: Target, rows: number): void {
  const { plan, dictionaries, versions, batch } = target;
  const isIdle = batch.capacity > KEPT_ROWS && batch.rows * 4 < batch.capacity;
  let capacity = isIdle ? FIRST_CAPACITY : batch.capacity;
  while (capacity < rows) capacity *= 2;
  if (capacity !== batch.capacity) {
    target.batch = createBatch({ plan, dictionaries, versions: versions.names, capacity });
    bindBatch(target.json.slots, target.batch);
  }
  resetBatch(target.batch, rows);
}

/** Makes room for `rows` further rows, whose cells are missing, in the middle of a call: what was decoded before stays. */
export function reserveRows(target: Target, rows: number): void {
  const { plan, dictionaries, versions, batch } = target;
  const needed = batch.rows + rows;
  if (needed > batch.capacity) {
    const capacity = 2 ** Math.ceil(Math.log2(needed));
    target.batch = growBatch(batch, { plan, dictionaries, versions: versions.names, capacity });
    bindBatch(target.json.slots, target.batch);
  } else clearRows(batch, batch.rows, needed);
}

/** Moves the faults of the row in hand to the batch, or forgets them. */
export function takeFaults(target: Target, keep: boolean): void {
  const { cells } = target.json;
  if (cells.faults === 0) return;
  for (let column = 0; column < cells.faulty.length; column++) {
    if (cells.faulty[column] === 0) continue;
    if (keep) addFault(target.batch, cells.row, column);
    cells.faulty[column] = 0;
  }
  cells.faults = 0;
}
