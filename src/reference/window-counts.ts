import { CodedError } from "../config/coded-error.ts";
import type { SeriesRef } from "../counts/ref.ts";
import { countDirections } from "../statistics/directions.ts";
import type { Directions } from "../statistics/directions.ts";
import { LEAST_ROWS } from "./calibration.ts";
import type { ReferenceWindows } from "./calibration.ts";
import { addCell, cellsOf, expandCells } from "./cells.ts";
import type { CellSection } from "./cells.ts";

/** What all windows of all sizes of one reference may take together. */
const MOST_BYTES = 1 << 30;
/** The dictionary of novel values closes after this share of the windows (SIGNIFICANCE 5). */
const DICTIONARY_SHARE = 0.8;

/** The reference's own windows of one length: counts by segment, column and cell. */
export interface WindowCounts {
  /** ms. */
  readonly size: number;
  /** Start of each window that has rows, ascending; one window at NaN where rows have no time. */
  readonly starts: Float64Array;
  /** Position of a window by its number, floor(time / size). */
  readonly positions: ReadonlyMap<number, number>;
  /** By window: the cells of every segment, segment after segment. */
  readonly blocks: readonly Uint32Array[];
  /** By column. */
  readonly sections: readonly CellSection[];
  /** Cells of one segment. */
  readonly stride: number;
  /** Position of the first window that the dictionary of novel values does not know. */
  readonly cut: number;
}

export interface WindowsPlan {
  readonly size: number;
  /** Numbers of the windows that have rows. */
  readonly numbers: ReadonlySet<number>;
  readonly segments: number;
  readonly refs: readonly SeriesRef[];
  /** When a category of a column was first seen. */
  readonly firstSeen: (column: number, category: number) => number;
}

/** @throws CodedError SOURCE_INVALID if the counts would take more than MOST_BYTES */
export function createWindowCounts(plan: WindowsPlan): WindowCounts {
  const { size, segments } = plan;
  const numbers = [...plan.numbers].toSorted((a, b) => a - b);
  const cut = Math.ceil(DICTIONARY_SHARE * numbers.length);
  const closes = cut < numbers.length ? numbers[cut] * size : Number.POSITIVE_INFINITY;
  const sections: CellSection[] = [];
  let stride = 0;
  for (const [column, ref] of plan.refs.entries()) {
    const cells = cellsOf(ref, (category) => plan.firstSeen(column, category) >= closes);
    sections.push({ cells, offset: stride });
    stride += cells.count + 1;
  }
  const bytes = numbers.length * segments * stride * Uint32Array.BYTES_PER_ELEMENT;
  if (bytes > MOST_BYTES) {
    const message = `The reference has ${numbers.length} windows of ${size / 1000} s in ${segments} segments, which take ${Math.round(bytes / 1e6)} MB to calibrate, more than ${MOST_BYTES >> 20} MiB. Take a shorter period, longer windows, or fewer segments.`;
    throw new CodedError("SOURCE_INVALID", message);
  }
  return {
    size,
    starts: Float64Array.from(numbers, (number) => number * size),
    positions: new Map(numbers.map((number, position) => [number, position])),
    blocks: numbers.map(() => new Uint32Array(segments * stride)),
    sections,
    stride,
    cut,
  };
}

/** Writes the position of each row's window; -1 where the row is in none. */
export function windowsOfRows(
  windows: WindowCounts,
  time: Float64Array,
  rows: number,
  into: Int32Array,
): void {
  let number = Number.NEGATIVE_INFINITY;
  let position = -1;
  for (let row = 0; row < rows; row += 1) {
    const found = Math.floor(time[row] / windows.size);
    if (found !== number) {
      number = found;
      position = windows.positions.get(found) ?? -1;
    }
    into[row] = position;
  }
}

/** Counts one column of the rows of a batch, whose slots binning wrote, for one grouping. */
export function addToWindows(
  windows: WindowCounts,
  column: number,
  batch: { rows: number; reason: Uint8Array; slots: Int32Array; windowOf: Int32Array; segmentOf: Int32Array },
): void {
  const { cells, offset } = windows.sections[column];
  const { rows, reason, slots, windowOf, segmentOf } = batch;
  for (let row = 0; row < rows; row += 1) {
    const window = windowOf[row];
    if (window < 0 || reason[row] !== 0) continue;
    addCell(windows.blocks[window], segmentOf[row] * windows.stride + offset, cells, slots[row]);
  }
}

/** The windows of one series, counted by its directions: what its calibration is made from. */
export function windowsOfSeries(
  windows: WindowCounts,
  series: { segment: number; column: number; directions: Directions; independent: boolean; ref: SeriesRef },
): ReferenceWindows {
  const { directions, independent, ref } = series;
  const { cells, offset } = windows.sections[series.column];
  const start = series.segment * windows.stride + offset;
  const isDictionary = directions.signal === "novel" && ref.kind === "categories";
  const section = new Float64Array(cells.cellOfSlot.length);
  const rows: number[] = [];
  const starts: number[] = [];
  const counts: number[] = [];
  const into = new Float64Array(directions.size);
  for (let window = isDictionary ? windows.cut : 0; window < windows.blocks.length; window += 1) {
    const block = windows.blocks[window];
    expandCells(block, start, cells, section);
    const m = countDirections(directions, section, into);
    if (m < LEAST_ROWS && !independent) continue;
    if (isDictionary) into[0] = block[start + cells.count];
    rows.push(m);
    starts.push(windows.starts[window]);
    for (const count of into) counts.push(count);
  }
  const timeless = starts.some(Number.isNaN);
  return {
    signal: directions.signal,
    windowSize: windows.size,
    directions: directions.size,
    rows: Float64Array.from(rows),
    counts: Float64Array.from(counts),
    ...(timeless ? {} : { windowStart: Float64Array.from(starts) }),
    independent,
  };
}
