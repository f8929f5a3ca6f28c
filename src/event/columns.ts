import type { BatchColumn, EventBatch, EventPlan } from "./batch.ts";
import type { Dictionary } from "./dictionary.ts";

export interface BatchShape {
  readonly plan: EventPlan;
  /** By column; undefined for numbers. */
  readonly dictionaries: readonly (Dictionary | undefined)[];
  /** Shared by all batches of a model's decoder, as the dictionaries are. */
  readonly versions: string[];
  /** Rows. */
  readonly capacity: number;
}

export function createBatch({ plan, dictionaries, versions, capacity }: BatchShape): EventBatch {
  return {
    plan,
    capacity,
    rows: 0,
    offset: new Float64Array(capacity),
    recordTime: new Float64Array(capacity),
    time: new Float64Array(capacity),
    reason: new Uint8Array(capacity),
    version: new Int32Array(capacity),
    versions,
    idHigh: new Uint32Array(capacity),
    idLow: new Uint32Array(capacity),
    columns: dictionaries.map((dictionary) => createColumn(dictionary, capacity)),
    faults: 0,
    faultRow: new Uint32Array(64),
    faultColumn: new Uint16Array(64),
  };
}

function createColumn(dictionary: Dictionary | undefined, capacity: number): BatchColumn {
  const validity = new Uint8Array(Math.ceil(capacity / 64) * 8);
  if (dictionary === undefined) return { type: "number", values: new Float64Array(capacity), validity };
  return { type: "category", categories: dictionary.categories, codes: new Int32Array(capacity), validity };
}

/** Forgets the rows; the first `rows` cells of every column become missing. */
export function resetBatch(batch: EventBatch, rows: number): void {
  batch.rows = 0;
  batch.faults = 0;
  batch.idHigh.fill(0, 0, rows);
  batch.idLow.fill(0, 0, rows);
  for (const column of batch.columns) {
    column.validity.fill(0, 0, (rows + 7) >> 3);
    if (column.type === "number") column.values.fill(NaN, 0, rows);
    else column.codes.fill(-1, 0, rows);
  }
}

/** Makes the cells of a row missing again. */
export function clearRow(batch: EventBatch, row: number): void {
  for (const column of batch.columns) {
    column.validity[row >> 3] &= ~(1 << (row & 7));
    if (column.type === "number") column.values[row] = NaN;
    else column.codes[row] = -1;
  }
}

export function addFault(batch: EventBatch, row: number, column: number): void {
  if (batch.faults === batch.faultRow.length) {
    const room = Math.max(64, batch.faults * 2);
    const rows = new Uint32Array(room);
    rows.set(batch.faultRow);
    const columns = new Uint16Array(room);
    columns.set(batch.faultColumn);
    batch.faultRow = rows;
    batch.faultColumn = columns;
  }
  batch.faultRow[batch.faults] = row;
  batch.faultColumn[batch.faults] = column;
  batch.faults++;
}

/** Puts the faults in the order of their rows, where columns were read one after another. */
export function sortFaults(batch: EventBatch): void {
  const { faults, faultRow, faultColumn } = batch;
  if (faults === 0) return;
  const order = Array.from({ length: faults }, (_, i) => i);
  order.sort((a, b) => faultRow[a] - faultRow[b] || faultColumn[a] - faultColumn[b]);
  batch.faultRow = Uint32Array.from(order, (i) => faultRow[i]);
  batch.faultColumn = Uint16Array.from(order, (i) => faultColumn[i]);
}
