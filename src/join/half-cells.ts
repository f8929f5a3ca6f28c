import type { EventBatch } from "../event/batch.ts";
import { addFault } from "../event/columns.ts";

/**
 * A half that waits, as numbers: where it stood in its stream, its version, then the states of its cells, two bits each, and the
 * cells themselves: numbers as they are, categories as their codes.
 */
export const HALF = { offset: 0, row: 1, recordTime: 2, version: 3, states: 4 } as const;

/** Cells whose states share a field: as many as a 32-bit integer without sign holds. */
const CELLS_PER_FIELD = 15;

/** The states of a cell. A NaN that was sent is no value, since a number cannot be trusted to keep its bits. */
const MISSING = 0;
const VALUE = 1;
const FAULT = 2;
const NAN = 3;

/** Float64 fields of a half with this many columns. */
export function halfWidth(columns: number): number {
  return cellsAt(columns) + columns;
}

function cellsAt(columns: number): number {
  return HALF.states + Math.ceil(columns / CELLS_PER_FIELD);
}

/** Writes the cells of a row; those that are faults are marked by `markFault` afterwards. */
export function packCells(batch: EventBatch, row: number, into: Float64Array): void {
  const { columns } = batch;
  const first = cellsAt(columns.length);
  let states = 0;
  for (let c = 0; c < columns.length; c++) {
    const column = columns[c];
    let value = column.type === "number" ? column.values[row] : column.codes[row];
    let state = (column.validity[row >> 3] >> (row & 7)) & 1;
    if (value !== value) {
      value = 0;
      if (state === VALUE) state = NAN;
    }
    into[first + c] = state === MISSING ? 0 : value;
    const place = c % CELLS_PER_FIELD;
    states |= state << (2 * place);
    if (place === CELLS_PER_FIELD - 1 || c === columns.length - 1) {
      into[HALF.states + (c - place) / CELLS_PER_FIELD] = states;
      states = 0;
    }
  }
}

/** Says of a cell that was packed as missing that something was there which does not belong there. */
export function markFault(cells: Float64Array, column: number): void {
  const place = column % CELLS_PER_FIELD;
  cells[HALF.states + (column - place) / CELLS_PER_FIELD] |= FAULT << (2 * place);
}

/** Writes packed cells into the batch's last row, whose cells must be missing: column c to the column at `positions[c]`. */
export function unpackCells(cells: Float64Array, positions: readonly number[], into: EventBatch): void {
  const first = cellsAt(positions.length);
  const row = into.rows;
  for (let c = 0; c < positions.length; c++) {
    const place = c % CELLS_PER_FIELD;
    const state = (cells[HALF.states + (c - place) / CELLS_PER_FIELD] >> (2 * place)) & 3;
    if (state === MISSING) continue;
    if (state === FAULT) {
      addFault(into, row, positions[c]);
      continue;
    }
    const column = into.columns[positions[c]];
    column.validity[row >> 3] |= 1 << (row & 7);
    if (column.type === "number") column.values[row] = state === NAN ? Number.NaN : cells[first + c];
    else column.codes[row] = cells[first + c];
  }
}

/** 48 bits that say whether two halves hold the same: version, states and cells, but not when they were sent. */
export function contentHash(words: Uint32Array): number {
  let high = 0x9e3779b1;
  let low = 0x85ebca6b;
  for (let i = 2 * HALF.version; i < words.length; i++) {
    const word = words[i];
    high = Math.imul(((high << 5) | (high >>> 27)) ^ word, 0x9e3779b1);
    low = Math.imul(((low << 13) | (low >>> 19)) + word, 0xc2b2ae35);
  }
  high ^= high >>> 15;
  low ^= low >>> 13;
  return (high >>> 0) * 0x10000 + ((low ^ (high << 7)) & 0xffff);
}
