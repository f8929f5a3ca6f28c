import type { NumberColumn } from "../event/batch.ts";
import type { Grid } from "./grid.ts";
import { BINS_TAIL } from "./tails.ts";
import { buildLookup, LONGEST_SCAN } from "./lookup.ts";
import type { Lookup } from "./lookup.ts";
import type { BinsRef } from "./ref.ts";
import { INFINITE_FLAG, HIGH_FLAG, LOW_FLAG } from "./slots.ts";
import { sumOf } from "./vector.ts";

/** One look-up per grid, however many series count on it. */
const lookups = new WeakMap<Grid, Lookup>();

/** `counts` is the reference's own section, and `sums` what follows it in that of its sums; both are kept as they are. */
export function prepareBins(series: {
  column: string;
  grid: Grid;
  counts: Float64Array;
  sums?: Float64Array | undefined;
}): BinsRef {
  const { column, grid, counts, sums } = series;
  return {
    kind: "bins",
    column,
    grid,
    // Half a millisecond and 4 KB: only whoever bins values pays for it.
    get lookup() {
      return lookupOf(grid);
    },
    counts,
    ...(sums === undefined ? {} : { sums }),
    total: sumOf(counts, 0, grid.edges.length + 1),
  };
}

function lookupOf(grid: Grid): Lookup {
  const known = lookups.get(grid);
  if (known !== undefined) return known;
  const built = buildLookup(grid);
  lookups.set(grid, built);
  return built;
}

/**
 * Writes for each of the first `rows` cells where it counts in its section (see slots.ts). Faulty cells are written as
 * missing; markFaults puts them right. About 10 ns a value.
 */
export function binColumn(column: NumberColumn, ref: BinsRef, rows: number, into: Int32Array): void {
  if (ref.lookup.map === "affine") binAffine(column, ref, rows, into);
  else binWords(column, ref, rows, into);
}

// The two loops differ in one line: the map from a value to its cell. A shared loop would pay a call for every value.

function binAffine(column: NumberColumn, ref: BinsRef, rows: number, into: Int32Array): void {
  const { values } = column;
  const { edges, starts, cells, origin, scale } = ref.lookup;
  const { low, high } = ref.grid;
  const lastCell = cells - 1;
  for (let row = 0; row < rows; row += 1) {
    const x = values[row];
    // Neither NaN nor infinite.
    if (x - x === 0) {
      const position = (x - origin) * scale;
      const cell = position >= 0 ? (position <= lastCell ? position | 0 : lastCell) : 0;
      let bin = starts[cell];
      let end = starts[cell + 1];
      while (end - bin > LONGEST_SCAN) {
        const middle = (bin + end) >>> 1;
        if (edges[middle] <= x) bin = middle + 1;
        else end = middle;
      }
      while (edges[bin] <= x) bin += 1;
      into[row] = x < low ? bin | LOW_FLAG : x > high ? bin | HIGH_FLAG : bin;
    } else {
      into[row] = slotOfOddity(x, column.validity, row, ref);
    }
  }
}

function binWords(column: NumberColumn, ref: BinsRef, rows: number, into: Int32Array): void {
  const { values } = column;
  const { edges, starts, firstWord, lastWord, shift } = ref.lookup;
  const { low, high } = ref.grid;
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const upper = upperWord();
  for (let row = 0; row < rows; row += 1) {
    const x = values[row];
    if (x - x === 0) {
      const bits = words[2 * row + upper];
      const word = bits ^ ((bits >> 31) & 0x7fffffff);
      const cell = word >= firstWord ? ((word <= lastWord ? word : lastWord) - firstWord) >>> shift : 0;
      let bin = starts[cell];
      let end = starts[cell + 1];
      while (end - bin > LONGEST_SCAN) {
        const middle = (bin + end) >>> 1;
        if (edges[middle] <= x) bin = middle + 1;
        else end = middle;
      }
      while (edges[bin] <= x) bin += 1;
      into[row] = x < low ? bin | LOW_FLAG : x > high ? bin | HIGH_FLAG : bin;
    } else {
      into[row] = slotOfOddity(x, column.validity, row, ref);
    }
  }
}

function slotOfOddity(x: number, validity: Uint8Array, row: number, ref: BinsRef): number {
  const bins = ref.grid.edges.length + 1;
  if (x === Number.POSITIVE_INFINITY) return (bins - 1) | INFINITE_FLAG | HIGH_FLAG;
  if (x === Number.NEGATIVE_INFINITY) return INFINITE_FLAG | LOW_FLAG;
  const sent = (validity[row >> 3] >> (row & 7)) & 1;
  return bins + (sent === 1 ? BINS_TAIL.nan : BINS_TAIL.missing);
}

/** Which of a double's two 32-bit words is the upper one on this machine. */
function upperWord(): 0 | 1 {
  return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;
}
