import { binColumn } from "../counts/bins.ts";
import { slotCategories, slotsOfCodes } from "../counts/categories.ts";
import type { Section } from "../counts/layout.ts";
import { addSlots, markFaults } from "../counts/slots.ts";
import { addSums, stepColumn } from "../counts/sums.ts";
import { sumsLength } from "../counts/tails.ts";
import type { BatchColumn, EventBatch } from "../event/batch.ts";
import { codesOfRows } from "./category-tally.ts";
import { freezeColumns, freezeSegments } from "./frozen.ts";
import type { FrozenColumn } from "./frozen.ts";
import { addHourlyRows } from "./hourly-rows.ts";
import type { HourlyRows } from "./hourly-rows.ts";
import { REFERENCE_DEFAULTS } from "./options.ts";
import type { ReferenceOptions } from "./options.ts";
import { createOutcomeTally, tallyOutcomes } from "./outcome-tally.ts";
import type { OutcomeTally } from "./outcome-tally.ts";
import { residualGrid } from "./residual-sample.ts";
import { segmentsOfRows } from "./segment-tally.ts";
import type { FrozenGrouping } from "./segment-tally.ts";
import { makeCodes } from "./survey.ts";
import type { Survey } from "./survey.ts";
import { addToWindows, createWindowCounts, windowsOfRows } from "./window-counts.ts";
import type { WindowCounts } from "./window-counts.ts";

/** A column and where it counts in the vector of a segment. */
interface CountedColumn extends FrozenColumn {
  readonly section: Section;
  /** Of number columns: the section of the kind `sums`, which begins with `section`. */
  readonly sums: Section | undefined;
}

/** What the second pass counts on what the first one froze. */
export interface Counting {
  readonly survey: Survey;
  readonly columns: readonly CountedColumn[];
  readonly segmentNames: readonly string[];
  readonly segmentRows: Float64Array;
  readonly groupings: readonly FrozenGrouping[];
  /** The vector of every segment, one behind the other. */
  readonly totals: Float64Array;
  readonly stride: number;
  readonly windows: readonly WindowCounts[];
  readonly hours: HourlyRows;
  readonly outcomes: OutcomeTally | undefined;
  /** By column of `columns`: the dictionary whose codes were last looked up, how long it was, and their slots. */
  readonly dictionaries: Map<number, { names: readonly string[]; length: number; slotOfCode: Int32Array }>;
  scratch: Scratch;
}

/** Room for the rows of one batch. */
interface Scratch {
  readonly capacity: number;
  readonly slots: Int32Array;
  readonly amounts: Int32Array;
  /** By segments: first all, then every grouping. */
  readonly segmentOf: readonly Int32Array[];
  readonly rowBlock: readonly Int32Array[];
  /** By window length. */
  readonly windowOf: readonly Int32Array[];
}

export function createCounting(options: ReferenceOptions, survey: Survey): Counting {
  const frozen = freezeColumns(options, survey);
  const { names, groupings } = freezeSegments(options, survey);
  let stride = 0;
  const columns = frozen.map((column) => {
    const { ref } = column;
    const { kind, counts } = ref;
    const section = { kind, column: column.described.name, offset: stride, length: counts.length };
    const sums =
      ref.kind === "bins" ? { ...section, kind: "sums" as const, length: sumsLength(ref.grid) } : undefined;
    stride += (sums ?? section).length;
    return { ...column, section, sums };
  });
  // Rows without time are in no window, unless it was declared that windows do not matter.
  const timeless = options.independent && Number.isNaN(survey.from) && survey.rows > 0;
  const windows = options.windowSizes.map((size, k) =>
    createWindowCounts({
      size,
      numbers: timeless ? new Set([Number.NaN]) : survey.windows[k],
      segments: names.length,
      refs: columns.map(({ ref }) => ref),
      firstSeen: (column, category) => firstSeen(survey, columns[column], category),
    }),
  );
  return {
    survey,
    columns,
    segmentNames: names,
    segmentRows: new Float64Array(names.length),
    groupings,
    totals: new Float64Array(names.length * stride),
    stride,
    windows,
    hours: new Map(),
    outcomes: createOutcomeTally({
      plan: options.plan,
      columns,
      residuals: options.grid?.outcome?.residuals ?? residualGrid(survey.residuals),
      segments: names.length,
      cohort: options.cohort ?? REFERENCE_DEFAULTS.cohort,
      ...(options.labels && { matureUntil: options.labels.matureUntil }),
    }),
    dictionaries: new Map(),
    scratch: createScratch(0, groupings.length, windows.length),
  };
}

/** The counts of one series: a section of its kind. */
export function countsOf(counting: Counting, segment: number, column: number): Float64Array {
  const { offset, length } = counting.columns[column].section;
  const start = segment * counting.stride + offset;
  return counting.totals.slice(start, start + length);
}

/** What follows them in a number column's section of the kind `sums`. */
export function sumsOf(counting: Counting, segment: number, column: number): { sums?: Float64Array } {
  const { section, sums } = counting.columns[column];
  if (sums === undefined) return {};
  const start = segment * counting.stride + sums.offset;
  return { sums: counting.totals.slice(start + section.length, start + sums.length) };
}

export function countBatch(counting: Counting, batch: EventBatch): void {
  const { columns, windows, totals, hours } = counting;
  if (counting.scratch.capacity < batch.capacity) {
    counting.scratch = createScratch(batch.capacity, counting.groupings.length, windows.length);
  }
  const { slots, amounts, segmentOf, rowBlock, windowOf } = counting.scratch;
  const { rows, reason } = batch;
  placeRows(counting, batch);
  for (const [k, sized] of windows.entries()) windowsOfRows(sized, batch.time, rows, windowOf[k]);
  for (const [column, { position, ref, section, sums }] of columns.entries()) {
    slotRows(counting, column, batch);
    markFaults(batch, position, section, slots);
    const cells = batch.columns[position];
    if (sums !== undefined && ref.kind === "bins" && cells.type === "number") {
      stepColumn({ column: cells, grid: ref.grid, slots, rows, into: amounts });
      for (const placed of rowBlock) {
        addSums({ blocks: totals, rowBlock: placed, section: sums, slots, rows }, ref.grid, amounts);
      }
    }
    for (const [grouping, segments] of segmentOf.entries()) {
      addSlots({ blocks: totals, rowBlock: rowBlock[grouping], section, slots, rows });
      for (const [k, sized] of windows.entries()) {
        const placed = { rows, reason, slots, windowOf: windowOf[k], segmentOf: segments };
        addToWindows(sized, column, placed);
      }
    }
  }
  for (const segments of segmentOf) addHourlyRows(hours, batch, segments, counting.segmentNames.length);
  if (counting.outcomes !== undefined) tallyOutcomes(counting.outcomes, batch, segmentOf);
}

/** Says of every row which segment of each grouping it is in, and counts it there. */
function placeRows(counting: Counting, batch: EventBatch): void {
  const { survey, groupings, segmentRows, stride } = counting;
  const { segmentOf, rowBlock } = counting.scratch;
  makeCodes(survey, batch.capacity);
  for (const position of new Set(groupings.flatMap(({ tally }) => tally.columns))) {
    const column = batch.columns[position];
    const tally = survey.categories[position];
    if (column.type === "category" && tally !== undefined) {
      codesOfRows(tally, batch.rows, column, survey.codes[position]);
    }
  }
  for (const [k, grouping] of groupings.entries()) {
    segmentsOfRows(grouping, batch.rows, survey.codes, segmentOf[k + 1]);
  }
  for (const [grouping, segments] of segmentOf.entries()) {
    for (let row = 0; row < batch.rows; row += 1) {
      const isSound = batch.reason[row] === 0;
      rowBlock[grouping][row] = isSound ? segments[row] * stride : -1;
      if (isSound) segmentRows[segments[row]] += 1;
    }
  }
}

function slotRows(counting: Counting, column: number, batch: EventBatch): void {
  const { position, ref } = counting.columns[column];
  const { slots } = counting.scratch;
  const cells: BatchColumn = batch.columns[position];
  if (cells.type === "number" && ref.kind === "bins") {
    binColumn(cells, ref, batch.rows, slots);
    return;
  }
  if (cells.type !== "category" || ref.kind !== "categories") {
    throw new Error(`column ${ref.column} changed its type between batches of one plan`);
  }
  const names = cells.categories;
  let dictionary = counting.dictionaries.get(column);
  if (dictionary?.names !== names || dictionary.length !== names.length) {
    dictionary = { names, length: names.length, slotOfCode: slotsOfCodes(names, ref) };
    counting.dictionaries.set(column, dictionary);
  }
  slotCategories(cells, dictionary.slotOfCode, batch.rows, slots);
}

function createScratch(capacity: number, groupings: number, windows: number): Scratch {
  const make = (count: number) => Array.from({ length: count }, () => new Int32Array(capacity));
  return {
    capacity,
    slots: new Int32Array(capacity),
    amounts: new Int32Array(capacity),
    segmentOf: make(groupings + 1),
    rowBlock: make(groupings + 1),
    windowOf: make(windows),
  };
}

function firstSeen(survey: Survey, column: FrozenColumn, category: number): number {
  const tally = survey.categories[column.position];
  const code = tally?.codes.get(column.described.categories[category]);
  // A declared category that never occurred has no first time.
  return tally === undefined || code === undefined ? Number.NEGATIVE_INFINITY : tally.firstSeen[code];
}
