import type { CategoryColumn } from "../event/batch.ts";
import { DISTINCT } from "../event/distinct-cell.ts";
import { mixBits } from "./mix-bits.ts";
import type { SlotCounting } from "./slots.ts";

/**
 * Writes the cell of each of the first `rows` values, -1 where there is none. The column's plan says `distinct`, and does not
 * learn; `cellOfCode` are the cells of its categories.
 */
export function cellColumn(
  { codes }: CategoryColumn,
  cellOfCode: Int32Array,
  rows: number,
  into: Int32Array,
): void {
  const known = cellOfCode.length;
  for (let row = 0; row < rows; row += 1) {
    const code = codes[row];
    into[row] = code < 0 ? -1 : code < known ? cellOfCode[code] : code - known;
  }
}

/** Adds one to every measured row's cell, in its vector. `section` is of the kind `distinct`, `slots` are cells. */
export function addCells({ blocks, rowBlock, section, slots, rows }: SlotCounting): void {
  const first = section.offset + section.length - DISTINCT.cells;
  for (let row = 0; row < rows; row += 1) {
    const block = rowBlock[row];
    const cell = slots[row];
    if (block < 0 || cell < 0) continue;
    blocks[block + first + cell] += 1;
  }
}

const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);
/** Any odd number: the two hashes must not be one. */
const SECOND = 0x9e3779b1;

/** The cell of a number, by its bits: -0 is 0. */
export function cellOfNumber(value: number): number {
  scratch[0] = value + 0;
  const first = mixBits(words[0] ^ mixBits(words[1] ^ SECOND));
  const second = mixBits(first ^ Math.imul(words[1], SECOND) ^ SECOND);
  return Math.min(DISTINCT.ranks - 1, Math.clz32(first)) * DISTINCT.registers + (second >>> 23);
}
