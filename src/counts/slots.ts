import type { EventBatch } from "../event/batch.ts";
import { BINS_TAIL, CATEGORIES_TAIL } from "./tails.ts";
import type { Section } from "./layout.ts";

/*
 * Counting takes two steps, so that a column is binned once however many groupings count it. Binning writes one slot per
 * row: the position within the column's section. A value that also counts in a tail counter carries a flag above the slot.
 */
export const LOW_FLAG = 1 << 28;
export const HIGH_FLAG = 1 << 29;
export const INFINITE_FLAG = 1 << 30;
export const SLOT_MASK = LOW_FLAG - 1;

export interface SlotCounting {
  /** The vectors that are counted into, one behind the other, each of the layout's stride. */
  readonly blocks: Float64Array;
  /** Where the row's vector begins in `blocks`; -1 = the row is not measured. */
  readonly rowBlock: Int32Array;
  readonly section: Section;
  readonly slots: Int32Array;
  readonly rows: number;
}

/** Adds one for every measured row, in its vector, at its slot. */
export function addSlots({ blocks, rowBlock, section, slots, rows }: SlotCounting): void {
  const { offset } = section;
  for (let row = 0; row < rows; row += 1) {
    const block = rowBlock[row];
    if (block < 0) continue;
    const slot = slots[row];
    if (slot < LOW_FLAG) {
      blocks[block + offset + slot] += 1;
    } else {
      addFlagged(blocks, block + offset, section.length, slot);
    }
  }
}

function addFlagged(blocks: Float64Array, start: number, length: number, slot: number): void {
  const tail = start + length - BINS_TAIL.length;
  blocks[start + (slot & SLOT_MASK)] += 1;
  if ((slot & LOW_FLAG) !== 0) blocks[tail + BINS_TAIL.low] += 1;
  if ((slot & HIGH_FLAG) !== 0) blocks[tail + BINS_TAIL.high] += 1;
  if ((slot & INFINITE_FLAG) !== 0) blocks[tail + BINS_TAIL.infinite] += 1;
}

/** Moves the faulty cells of one column, by its position in the batch's plan, from missing to invalid. */
export function markFaults(batch: EventBatch, position: number, section: Section, slots: Int32Array): void {
  const tail = section.kind === "bins" ? BINS_TAIL : CATEGORIES_TAIL;
  const invalid = section.length - tail.length + tail.invalid;
  const { faults, faultRow, faultColumn } = batch;
  for (let fault = 0; fault < faults; fault += 1) {
    if (faultColumn[fault] === position) slots[faultRow[fault]] = invalid;
  }
}
