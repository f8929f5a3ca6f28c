import { BINS_TAIL, CATEGORIES_TAIL } from "../counts/tails.ts";
import type { SeriesRef } from "../counts/ref.ts";
import { HIGH_FLAG, INFINITE_FLAG, LOW_FLAG, SLOT_MASK } from "../counts/slots.ts";
import { OWN_CELLS } from "../statistics/cells.ts";

/**
 * A section, coarsened to what directions can tell apart: a month of hourly windows of full sections would not fit in
 * memory. Whatever the directions of a segment are, they are sums of whole cells.
 */
export interface Cells {
  /** The section's slot -> cell. */
  readonly cellOfSlot: Int32Array;
  /** A slot of each cell, which stands for it when a section is made of cells again. */
  readonly slotOfCell: Int32Array;
  /** 1 for slots that a dictionary of the earlier reference would not know. */
  readonly fresh: Uint8Array;
  readonly count: number;
}

/** `isFresh` says of a category, by its position, whether it was first seen after the dictionary of SIGNIFICANCE 5 closes. */
export function cellsOf(ref: SeriesRef, isFresh: (category: number) => boolean): Cells {
  const starts = ref.kind === "bins" ? binStarts(ref.grid) : categoryStarts(ref.categories.length);
  const cellOfSlot = new Int32Array(ref.counts.length);
  let cell = -1;
  for (let slot = 0; slot < cellOfSlot.length; slot += 1) {
    if (starts[cell + 1] === slot) cell += 1;
    cellOfSlot[slot] = cell;
  }
  const fresh = new Uint8Array(ref.counts.length);
  if (ref.kind === "categories") {
    const known = ref.categories.length;
    for (let category = 0; category < known; category += 1) fresh[category] = Number(isFresh(category));
    fresh[known + CATEGORIES_TAIL.unseen] = 1;
  }
  return { cellOfSlot, slotOfCell: Int32Array.from(starts), fresh, count: starts.length };
}

/** Cells end at every decile, once below it and once above: a direction may ask for "at or above" or for "above". */
function binStarts(grid: { edges: Float64Array; deciles: Int32Array }): number[] {
  const bins = grid.edges.length + 1;
  const starts = new Set([0]);
  for (const position of grid.deciles) {
    starts.add(position + 1);
    if (position + 2 < bins) starts.add(position + 2);
  }
  for (let counter = 0; counter < BINS_TAIL.length; counter += 1) starts.add(bins + counter);
  return [...starts].toSorted((a, b) => a - b);
}

/** Every category that has a direction of its own, the others together, and the counters. */
function categoryStarts(known: number): number[] {
  const own = Math.min(known, OWN_CELLS + 1);
  const starts = Array.from({ length: own }, (_, category) => category);
  for (let counter = 0; counter < CATEGORIES_TAIL.length; counter += 1) starts.push(known + counter);
  return starts;
}

/** Where a column's cells stand in the vectors of windows: `count` cells from `offset`, and behind them the fresh values. */
export interface CellSection {
  readonly cells: Cells;
  readonly offset: number;
}

/** Adds a slot, as binning wrote it, to the cells that begin at `start` in `into`. */
export function addCell(into: Uint32Array, start: number, cells: Cells, slot: number): void {
  const place = slot & SLOT_MASK;
  into[start + cells.cellOfSlot[place]] += 1;
  if (cells.fresh[place] === 1) into[start + cells.count] += 1;
  if (slot < LOW_FLAG) return;
  const tail = cells.cellOfSlot.length - BINS_TAIL.length;
  if ((slot & LOW_FLAG) !== 0) into[start + cells.cellOfSlot[tail + BINS_TAIL.low]] += 1;
  if ((slot & HIGH_FLAG) !== 0) into[start + cells.cellOfSlot[tail + BINS_TAIL.high]] += 1;
  if ((slot & INFINITE_FLAG) !== 0) into[start + cells.cellOfSlot[tail + BINS_TAIL.infinite]] += 1;
}

/** Makes a section of cells again: right in every sum over whole cells. All other slots of `into` must be 0. */
export function expandCells(from: Uint32Array, start: number, cells: Cells, into: Float64Array): void {
  for (let cell = 0; cell < cells.count; cell += 1) into[cells.slotOfCell[cell]] = from[start + cell];
}
