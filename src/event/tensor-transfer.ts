import { hashSpan, setSpan } from "./byte-table.ts";
import { addFault } from "./columns.ts";
import { codeOfBytes } from "./dictionary.ts";
import type { Dictionary } from "./dictionary.ts";
import { BOOLEAN as BOOLEAN_SLOT, NUMBER as NUMBER_SLOT } from "./json-trie.ts";
import type { Slot } from "./json-trie.ts";
import { plainNumber } from "./plain-number.ts";
import { cachedCode } from "./table-cell.ts";
import type { Target } from "./target.ts";
import { BOOLEAN, MISSING, NUMBER, textStart } from "./tensor-body.ts";
import type { Tensor } from "./tensor-body.ts";

/** Cells of one column: cell `offset` of every row of a tensor. */
export interface Cells {
  readonly tensor: Tensor;
  readonly offset: number;
}

/**
 * Writes the cells to a column of the target's next `rows` rows, which are missing before. What a column takes is what it takes
 * of JSON: numbers for numbers, booleans for booleans; a category takes texts, whole numbers as their decimal text, and booleans
 * as true and false. Anything else is a fault of this column alone.
 */
export function transferColumn(target: Target, column: number, cells: Cells, rows: number): void {
  const slot = target.json.slots[column];
  if (slot.kind === NUMBER_SLOT) transferNumbers(target, slot, cells, rows);
  else if (slot.kind === BOOLEAN_SLOT) transferBooleans(target, slot, cells, rows);
  else transferCategories(target, slot, cells, rows);
}

/** Makes a column of the target's next `rows` rows faulty. */
export function failColumn({ batch }: Target, column: number, rows: number): void {
  for (let row = batch.rows; row < batch.rows + rows; row++) addFault(batch, row, column);
}

function transferNumbers({ batch }: Target, slot: Slot, { tensor, offset }: Cells, rows: number): void {
  const { states, numbers, stride } = tensor;
  const { values, validity, bounded, minimum, maximum, index } = slot;
  for (let i = 0, cell = offset, row = batch.rows; i < rows; i++, cell += stride, row++) {
    if (states[cell] === MISSING) continue;
    const value = plainNumber(numbers[cell]);
    const isOutside = bounded && (value < minimum || value > maximum);
    if (states[cell] !== NUMBER || isOutside) addFault(batch, row, index);
    else {
      values[row] = value;
      validity[row >> 3] |= 1 << (row & 7);
    }
  }
}

function transferBooleans({ batch }: Target, slot: Slot, { tensor, offset }: Cells, rows: number): void {
  const { states, numbers, stride } = tensor;
  for (let i = 0, cell = offset, row = batch.rows; i < rows; i++, cell += stride, row++) {
    if (states[cell] === MISSING) continue;
    if (states[cell] !== BOOLEAN) addFault(batch, row, slot.index);
    else setCode(slot, row, numbers[cell]);
  }
}

function transferCategories({ batch }: Target, slot: Slot, { tensor, offset }: Cells, rows: number): void {
  const { states, stride } = tensor;
  const { dictionary } = slot;
  if (dictionary === undefined) return;
  for (let i = 0, cell = offset, row = batch.rows; i < rows; i++, cell += stride, row++) {
    if (states[cell] === MISSING) continue;
    const code = codeOfCell(dictionary, tensor, cell);
    if (code < 0) addFault(batch, row, slot.index);
    else setCode(slot, row, code);
  }
}

function setCode({ codes, validity }: Slot, row: number, code: number): void {
  codes[row] = code;
  validity[row >> 3] |= 1 << (row & 7);
}

/** The code of a category, -1 where the cell holds none. */
function codeOfCell(dictionary: Dictionary, tensor: Tensor, cell: number): number {
  const start = textStart(tensor, cell);
  if (start >= 0) {
    const { span } = dictionary;
    setSpan(span, tensor.bytes, start, tensor.stops[cell]);
    hashSpan(span);
    return codeOfBytes(dictionary, span);
  }
  const state = tensor.states[cell];
  const number = tensor.numbers[cell];
  if (state === BOOLEAN) return cachedCode(dictionary, number === 1 ? "true" : "false");
  return state === NUMBER && Number.isInteger(number) ? cachedCode(dictionary, String(number)) : -1;
}
