import type { BatchColumn, EventBatch, EventPlan } from "./batch.ts";
import type { Dictionary } from "./dictionary.ts";

export interface BatchShape {
  readonly plan: EventPlan;
  /** By column; undefined for numbers. */
  readonly dictionaries: readonly (Pick<Dictionary, "categories"> | undefined)[];
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
    envelope: new Uint8Array(capacity),
    version: new Int32Array(capacity),
    versions,
    idHigh: new Uint32Array(capacity),
    idLow: new Uint32Array(capacity),
    rowsOfRecord: new Uint32Array(capacity),
    rowInRecord: new Uint32Array(capacity),
    columns: dictionaries.map((dictionary) => createColumn(dictionary, capacity)),
    faults: 0,
    faultRow: new Uint32Array(64),
    faultColumn: new Uint16Array(64),
  };
}

function createColumn(dictionary: Pick<Dictionary, "categories"> | undefined, capacity: number): BatchColumn {
  const validity = new Uint8Array(Math.ceil(capacity / 64) * 8);
  if (dictionary === undefined) return { type: "number", values: new Float64Array(capacity), validity };
  return { type: "category", categories: dictionary.categories, codes: new Int32Array(capacity), validity };
}

/** The batch with room for more rows: a new one with the cells of the old one, those after them missing. */
export function growBatch(batch: EventBatch, shape: BatchShape): EventBatch {
  const grown = createBatch(shape);
  resetBatch(grown, shape.capacity);
  const { rows } = batch;
  for (const field of ROW_FIELDS) grown[field].set(batch[field].subarray(0, rows));
  for (const [index, column] of batch.columns.entries()) {
    const into = grown.columns[index];
    into.validity.set(column.validity.subarray(0, (rows + 7) >> 3));
    if (column.type === "number" && into.type === "number") into.values.set(column.values.subarray(0, rows));
    if (column.type === "category" && into.type === "category")
      into.codes.set(column.codes.subarray(0, rows));
  }
  grown.rows = rows;
  grown.faults = batch.faults;
  grown.faultRow = batch.faultRow;
  grown.faultColumn = batch.faultColumn;
  return grown;
}

const ROW_FIELDS = [
  "offset",
  "recordTime",
  "time",
  "reason",
  "envelope",
  "version",
  "idHigh",
  "idLow",
  "rowsOfRecord",
  "rowInRecord",
] as const;

/** Forgets the rows; the first `rows` cells of every column become missing. */
export function resetBatch(batch: EventBatch, rows: number): void {
  batch.rows = 0;
  batch.faults = 0;
  batch.envelope.fill(0, 0, rows);
  batch.idHigh.fill(0, 0, rows);
  batch.idLow.fill(0, 0, rows);
  batch.rowsOfRecord.fill(0, 0, rows);
  batch.rowInRecord.fill(0, 0, rows);
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

/** Makes the cells of the rows from `from` to before `to` missing. */
export function clearRows(batch: EventBatch, from: number, to: number): void {
  for (const column of batch.columns) {
    for (let row = from; row < to; row++) column.validity[row >> 3] &= ~(1 << (row & 7));
    if (column.type === "number") column.values.fill(NaN, from, to);
    else column.codes.fill(-1, from, to);
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
