import { Bool, Float64, Table, Utf8, vectorFromArray } from "apache-arrow";
import type { DataType } from "apache-arrow";
import type { Grid } from "../counts/grid.ts";
import type { Calibration } from "../statistics/calibration.ts";
import {
  cell,
  cut,
  integers,
  list,
  number,
  numbers,
  oneOf,
  readDispersion,
  SIGNALS,
  text,
  texts,
  vector,
} from "./arrow-cells.ts";
import { readSeasons, seasonColumns } from "./arrow-seasons.ts";
import type { Baseline, OutcomeBaseline, Reference, ReferenceColumn, ReferenceSegment } from "./reference.ts";

/*
 * A reference as Arrow columns: one row per (segment, column). What belongs to a column alone (its ruler) stands in the
 * rows of segment `all`, what belongs to a segment alone (its usual hours) in those of the first column; null elsewhere.
 * A row's calibrations are lists of one entry each; what they say of every direction is joined, `calibration_directions`
 * entries at a time.
 */
interface Row {
  readonly segment: ReferenceSegment;
  readonly column: ReferenceColumn;
  readonly baseline: Baseline;
  readonly isAll: boolean;
  readonly isFirst: boolean;
}

interface ArrowColumn {
  readonly type: DataType;
  readonly write: (row: Row) => unknown;
}

function arrowColumns(): Record<string, ArrowColumn> {
  const ofGrid = (name: "minimum" | "maximum" | "low" | "high"): ArrowColumn => ({
    type: new Float64(),
    write: ({ column, isAll }) => (isAll ? (column.grid?.[name] ?? null) : null),
  });
  const perCalibration = (value: (calibration: Calibration) => number): ArrowColumn => ({
    type: numbers(),
    write: ({ baseline }) => baseline.calibrations.map(value),
  });
  const perDirection = (value: (calibration: Calibration) => Float64Array): ArrowColumn => ({
    type: numbers(),
    write: ({ baseline }) => baseline.calibrations.flatMap((calibration) => [...value(calibration)]),
  });
  return {
    segment: { type: new Utf8(), write: ({ segment }) => segment.name },
    segment_rows: { type: new Float64(), write: ({ segment }) => segment.rows },
    column: { type: new Utf8(), write: ({ column }) => column.name },
    type: { type: new Utf8(), write: ({ column }) => column.type },
    role: { type: new Utf8(), write: ({ column }) => column.role },
    pii: { type: new Bool(), write: ({ column }) => column.pii },
    edges: {
      type: numbers(),
      write: ({ column, isAll }) => (isAll && column.grid ? [...column.grid.edges] : null),
    },
    deciles: {
      type: integers(),
      write: ({ column, isAll }) => (isAll && column.grid ? [...column.grid.deciles] : null),
    },
    minimum: ofGrid("minimum"),
    maximum: ofGrid("maximum"),
    low: ofGrid("low"),
    high: ofGrid("high"),
    categories: { type: texts(), write: ({ column, isAll }) => (isAll ? column.categories : null) },
    counts: { type: numbers(), write: ({ baseline }) => [...baseline.counts] },
    sums: { type: numbers(), write: ({ baseline: { sums } }) => (sums === undefined ? null : [...sums]) },
    hour_of_week: {
      type: numbers(),
      write: ({ segment, isFirst }) => (isFirst ? [...segment.hourOfWeek] : null),
    },
    hour_of_day: {
      type: numbers(),
      write: ({ segment, isFirst }) => (isFirst ? [...segment.hourOfDay] : null),
    },
    ...outcomeColumns(),
    calibration_signal: {
      type: texts(),
      write: ({ baseline }) => baseline.calibrations.map(({ signal }) => signal),
    },
    calibration_window_ms: perCalibration(({ windowSize }) => windowSize),
    calibration_windows: perCalibration(({ k }) => k),
    calibration_blocks: perCalibration(({ blocks }) => blocks),
    calibration_values: perCalibration(({ n }) => n),
    calibration_mean_values: perCalibration(({ meanRows }) => meanRows),
    calibration_directions: perCalibration(({ counts }) => counts.length),
    direction_counts: perDirection(({ counts }) => counts),
    share_deff: perDirection(({ share }) => share.deff),
    share_nu: perDirection(({ share }) => share.nu),
    share_tau: perDirection(({ share }) => share.tau),
    logit_deff: perDirection(({ logit }) => logit.deff),
    logit_nu: perDirection(({ logit }) => logit.nu),
    logit_tau: perDirection(({ logit }) => logit.tau),
    ...seasonColumns(),
  };
}

/** Of a segment's labels; null in a reference without truth. */
function outcomeColumns(): Record<string, ArrowColumn> {
  const ofOutcome = (type: DataType, value: (outcome: OutcomeBaseline) => unknown): ArrowColumn => ({
    type,
    write: ({ segment: { outcome }, isFirst }) => (isFirst && outcome !== undefined ? value(outcome) : null),
  });
  return {
    outcome_counts: ofOutcome(numbers(), ({ counts }) => [...counts]),
    outcome_cohort_ms: ofOutcome(new Float64(), ({ calibration }) => calibration.windowSize),
    outcome_cohorts: ofOutcome(new Float64(), ({ calibration }) => calibration.k),
    outcome_blocks: ofOutcome(new Float64(), ({ calibration }) => calibration.blocks),
    outcome_labels: ofOutcome(new Float64(), ({ calibration }) => calibration.n),
    outcome_mean_labels: ofOutcome(new Float64(), ({ calibration }) => calibration.meanRows),
    outcome_contrast_labels: ofOutcome(numbers(), ({ calibration }) => [...calibration.counts]),
    outcome_deff: ofOutcome(numbers(), ({ calibration }) => [...calibration.share.deff]),
    outcome_nu: ofOutcome(numbers(), ({ calibration }) => [...calibration.share.nu]),
    outcome_tau: ofOutcome(numbers(), ({ calibration }) => [...calibration.share.tau]),
  };
}

export function toTable({ columns, segments }: Pick<Reference, "columns" | "segments">): Table {
  const rows = segments.flatMap((segment, s) =>
    columns.map((column, c): Row => {
      return { segment, column, baseline: segment.columns[c], isAll: s === 0, isFirst: c === 0 };
    }),
  );
  const vectors = Object.entries(arrowColumns()).map(([name, { type, write }]) => [
    name,
    vectorFromArray(rows.map(write), type),
  ]);
  return new Table(Object.fromEntries(vectors));
}

/** The inverse of toTable. Throws a plain Error where the table is not one that toTable made. */
export function fromTable(table: Table): Pick<Reference, "columns" | "segments"> {
  const width = countColumns(table);
  const columns = Array.from({ length: width }, (_, row) => readColumn(table, row));
  const segments: ReferenceSegment[] = [];
  for (let row = 0; row < table.numRows; row += width) {
    segments.push({
      name: text(table, "segment", row),
      rows: number(table, "segment_rows", row),
      columns: columns.map((_, c) => readBaseline(table, row + c)),
      hourOfWeek: list(table, "hour_of_week", row),
      hourOfDay: list(table, "hour_of_day", row),
      ...readOutcome(table, row),
    });
  }
  return { columns, segments };
}

/** Rows of the first segment come first. */
function countColumns(table: Table): number {
  const first = text(table, "segment", 0);
  let width = 1;
  while (width < table.numRows && text(table, "segment", width) === first) width += 1;
  if (table.numRows % width !== 0) throw new Error("a segment lacks a column");
  return width;
}

function readColumn(table: Table, row: number): ReferenceColumn {
  const type = oneOf(["number", "category", "boolean"], text(table, "type", row));
  const role = oneOf(["feature", "output", "segment", "truth"], text(table, "role", row));
  const name = text(table, "column", row);
  const pii = cell(table, "pii", row) === true;
  const categories = [...vector(table, "categories", row)].map(String);
  if (type !== "number") return { name, type, role, pii, categories };
  const grid: Grid = {
    edges: list(table, "edges", row),
    deciles: Int32Array.from(vector(table, "deciles", row)),
    minimum: number(table, "minimum", row),
    maximum: number(table, "maximum", row),
    low: number(table, "low", row),
    high: number(table, "high", row),
  };
  return { name, type, role, pii, grid, categories };
}

function readBaseline(table: Table, row: number): Baseline {
  const signals = [...vector(table, "calibration_signal", row)].map(String);
  const directions = list(table, "calibration_directions", row);
  const [sizes, windows, blocks, values, means] = [
    "calibration_window_ms",
    "calibration_windows",
    "calibration_blocks",
    "calibration_values",
    "calibration_mean_values",
  ].map((name) => list(table, name, row));
  const counts = list(table, "direction_counts", row);
  const share = readDispersion(table, "share", row);
  const logit = readDispersion(table, "logit", row);
  let from = 0;
  const calibrations = signals.map((signal, i): Calibration => {
    const range = { from, to: from + directions[i] };
    from = range.to;
    return {
      signal: oneOf(SIGNALS, signal),
      windowSize: sizes[i],
      k: windows[i],
      blocks: blocks[i],
      n: values[i],
      meanRows: means[i],
      counts: counts.slice(range.from, range.to),
      share: cut(share, range),
      logit: cut(logit, range),
    };
  });
  const sums = cell(table, "sums", row) === null ? {} : { sums: list(table, "sums", row) };
  return { counts: list(table, "counts", row), ...sums, calibrations, ...readSeasons(table, row) };
}

function readOutcome(table: Table, row: number): { outcome?: OutcomeBaseline } {
  if (cell(table, "outcome_counts", row) === null) return {};
  const share = readDispersion(table, "outcome", row);
  const calibration: Calibration = {
    signal: "outcomes",
    windowSize: number(table, "outcome_cohort_ms", row),
    k: number(table, "outcome_cohorts", row),
    blocks: number(table, "outcome_blocks", row),
    n: number(table, "outcome_labels", row),
    meanRows: number(table, "outcome_mean_labels", row),
    counts: list(table, "outcome_contrast_labels", row),
    share,
    logit: share,
  };
  return { outcome: { counts: list(table, "outcome_counts", row), calibration } };
}
