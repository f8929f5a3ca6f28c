import type { NumberColumn } from "../event/batch.ts";
import type { Grid } from "./grid.ts";
import type { Section } from "./layout.ts";
import { INFINITE_FLAG, SLOT_MASK } from "./slots.ts";
import type { SlotCounting } from "./slots.ts";
import { levelReach, levelStep, unitsOf } from "./sum-units.ts";
import { binsLength, SUM_LEVELS, SUMS_LEVEL, SUMS_SIDE } from "./tails.ts";

/*
 * Summing takes two steps, as counting does: stepColumn writes one amount per row, whatever groupings add it up. An inner
 * value's amount is its steps; of an outer one, steps and level with a flag for the side.
 */
const NO_AMOUNT = -1;
const LOW_SIDE = 1 << 28;
const HIGH_SIDE = 1 << 29;
const LEVEL_SHIFT = 24;
const STEPS_MASK = (1 << LEVEL_SHIFT) - 1;
/** A square of steps is kept as two numbers below 2^22, so that its sum too stays below 2^53. */
export const SQUARE_LIMB = 2 ** 21;

/** Writes for each of the first `rows` cells, whose slots binning wrote, what addSums adds. */
export function stepColumn(stepping: {
  column: NumberColumn;
  grid: Grid;
  slots: Int32Array;
  rows: number;
  into: Int32Array;
}): void {
  const { column, grid, slots, rows, into } = stepping;
  const units = unitsOf(grid);
  if (units === undefined) {
    into.fill(NO_AMOUNT, 0, rows);
    return;
  }
  const { values } = column;
  const { origins, scales, span, lowBase, highBase } = units;
  const last = grid.edges.length;
  for (let row = 0; row < rows; row += 1) {
    const slot = slots[row];
    const bin = slot & SLOT_MASK;
    if (bin > 0 && bin < last) {
      into[row] = ((values[row] - origins[bin]) * scales[bin] + 0.5) | 0;
    } else if (bin > last || (slot & INFINITE_FLAG) !== 0) {
      into[row] = NO_AMOUNT;
    } else if (bin === 0) {
      into[row] = LOW_SIDE | outerAmount(lowBase - values[row], span);
    } else {
      into[row] = HIGH_SIDE | outerAmount(values[row] - highBase, span);
    }
  }
}

/** `distance` >= 0 from the base; Infinity where a double cannot hold it. */
function outerAmount(distance: number, span: number): number {
  for (let level = 0; level < SUM_LEVELS; level += 1) {
    if (distance < levelReach(span, level)) {
      return (level << LEVEL_SHIFT) | (distance / levelStep(span, level) + 0.5);
    }
  }
  return SUM_LEVELS << LEVEL_SHIFT;
}

/** Adds every measured row's amount, in its vector, to the sum of its bin. `section` is of the kind `sums`. */
export function addSums(
  { blocks, rowBlock, section, slots, rows }: SlotCounting,
  grid: Grid,
  amounts: Int32Array,
): void {
  const inner = section.offset + binsLength(grid) - 1;
  const { low, high } = sidesOf(section);
  for (let row = 0; row < rows; row += 1) {
    const block = rowBlock[row];
    const amount = amounts[row];
    if (block < 0 || amount < 0) continue;
    if (amount < LOW_SIDE) blocks[block + inner + (slots[row] & SLOT_MASK)] += amount;
    else addOuter(blocks, block + (amount < HIGH_SIDE ? low : high), amount);
  }
}

function sidesOf({ offset, length }: Section): { low: number; high: number } {
  return { low: offset + length - 2 * SUMS_SIDE.length, high: offset + length - SUMS_SIDE.length };
}

function addOuter(blocks: Float64Array, side: number, amount: number): void {
  const level = (amount >> LEVEL_SHIFT) & 3;
  if (level === SUM_LEVELS) {
    blocks[side + SUMS_SIDE.clipped] += 1;
    return;
  }
  const at = side + level * SUMS_LEVEL.length;
  const steps = amount & STEPS_MASK;
  const square = steps * steps;
  const high = (square / SQUARE_LIMB) | 0;
  blocks[at + SUMS_LEVEL.count] += 1;
  blocks[at + SUMS_LEVEL.steps] += steps;
  blocks[at + SUMS_LEVEL.squaresHigh] += high;
  blocks[at + SUMS_LEVEL.squaresLow] += square - high * SQUARE_LIMB;
}
