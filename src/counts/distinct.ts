import type { CategoryColumn } from "../event/batch.ts";
import { DISTINCT } from "../event/distinct-cell.ts";
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
