import type { Grid } from "./grid.ts";

/**
 * Finds the bin of a value on a grid without a binary search: exact for every double (STATISTICS 1.1). A monotone map
 * takes the value to a cell, `starts` says how many edges lie in the cells before it, and a short scan does the rest.
 * The fields are open so that a loop over a column can do without a call per value (counts/bins.ts).
 */
export interface Lookup {
  /** Which monotone map: an affine one over a robust range, or the order-preserving high word of the IEEE-754 bits. */
  readonly map: "affine" | "word";
  /** The edges and a final +Infinity that stops the scan for every finite value. */
  readonly edges: Float64Array;
  /** starts[cell] = number of edges in cells before it; one entry more than there are cells. */
  readonly starts: Uint16Array;
  readonly cells: number;
  /** affine: cell = (x - origin) * scale, clamped. */
  readonly origin: number;
  readonly scale: number;
  /** word: cell = (word(x) - firstWord) >>> shift, clamped to [firstWord, lastWord]. */
  readonly firstWord: number;
  readonly lastWord: number;
  readonly shift: number;
}

/** A cell with more edges than this is searched by halves, so that no stream of values can be made slow to bin. */
export const LONGEST_SCAN = 8;

/** Few edges get as many cells as 240 bins do: 4 KB, and hardly a scan. */
const LEAST_CELLS = 1920;

/** How many edges each end may lose before the affine range: outliers must not leave all values in one cell. */
const TRIMS = [0, 1, 2, 4, 8, 16, 32, 64];

type Candidate = Omit<Lookup, "starts" | "edges">;

/** Chooses the map with the shortest expected scan, taking the reference as equally spread over its bins. */
export function buildLookup(grid: Grid): Lookup {
  const { edges } = grid;
  const cells = Math.max(LEAST_CELLS, 8 * (edges.length + 1));
  const guarded = new Float64Array(edges.length + 1).fill(Number.POSITIVE_INFINITY);
  guarded.set(edges);
  let best: Lookup | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const candidate of candidates(edges, cells)) {
    const lookup = { ...candidate, edges: guarded, starts: cellStarts(candidate, edges) };
    const cost = expectedScan(lookup, edges);
    if (cost < bestCost) {
      best = lookup;
      bestCost = cost;
    }
  }
  return best ?? { ...wordMap(0, 0, cells), edges: guarded, starts: new Uint16Array(cells + 1) };
}

/** bin(x) = number of edges <= x. x must not be NaN. For single values; columns go through bins.ts. */
export function binOf(lookup: Lookup, x: number): number {
  const { edges, starts } = lookup;
  const cell = cellOf(lookup, x);
  let bin = starts[cell];
  let end = starts[cell + 1];
  while (end - bin > LONGEST_SCAN) {
    const middle = (bin + end) >>> 1;
    if (edges[middle] <= x) bin = middle + 1;
    else end = middle;
  }
  const last = edges.length - 1;
  while (bin < last && edges[bin] <= x) bin += 1;
  return bin;
}

function cellOf(map: Candidate, x: number): number {
  if (map.map === "affine") {
    const cell = (x - map.origin) * map.scale;
    if (!(cell > 0)) return 0;
    return cell <= map.cells - 1 ? Math.trunc(cell) : map.cells - 1;
  }
  const word = orderedWord(x);
  if (word <= map.firstWord) return 0;
  return (Math.min(word, map.lastWord) - map.firstWord) >>> map.shift;
}

/** The high 32 bits of a double as a signed integer that grows with it; -0 comes one before +0, which the scan forgives. */
function orderedWord(x: number): number {
  BITS.setFloat64(0, x);
  const high = BITS.getInt32(0);
  return high ^ ((high >> 31) & 0x7fffffff);
}

/** Written before every reading: a view for each of the thousands of edges that a look-up tries took as long as the rest. */
const BITS = new DataView(new ArrayBuffer(8));

function candidates(edges: Float64Array, cells: number): Candidate[] {
  const found: Candidate[] = [];
  for (const trim of TRIMS) {
    if (2 * trim >= edges.length) break;
    const low = edges[trim];
    const high = edges[edges.length - 1 - trim];
    found.push(wordMap(orderedWord(low), orderedWord(high), cells));
    const scale = (cells - 1) / (high - low);
    // A range so wide or so narrow that the scale leaves the normal numbers has no affine map.
    if (scale > 0 && scale < Number.MAX_VALUE) {
      found.push({ map: "affine", cells, origin: low, scale, firstWord: 0, lastWord: 0, shift: 0 });
    }
  }
  return found;
}

function wordMap(first: number, last: number, cells: number): Candidate {
  let shift = 0;
  while ((last - first) / 2 ** shift >= cells) shift += 1;
  return { map: "word", cells, origin: 0, scale: 0, firstWord: first, lastWord: last, shift };
}

function cellStarts(map: Candidate, edges: Float64Array): Uint16Array {
  const starts = new Uint16Array(map.cells + 1);
  for (const edge of edges) {
    const next = cellOf(map, edge) + 1;
    starts[next] += 1;
  }
  for (let cell = 1; cell <= map.cells; cell += 1) starts[cell] += starts[cell - 1];
  return starts;
}

/** Mean number of scan steps over the lower end and the middle of every bin. */
function expectedScan(lookup: Lookup, edges: Float64Array): number {
  let steps = 0;
  for (const [position, edge] of edges.entries()) {
    const next = edges[position + 1] ?? edge;
    steps += position + 1 - lookup.starts[cellOf(lookup, edge)];
    steps += position + 1 - lookup.starts[cellOf(lookup, edge / 2 + next / 2)];
  }
  return steps;
}
