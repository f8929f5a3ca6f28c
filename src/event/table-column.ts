import type { FieldMap } from "../config/config.ts";
import { addFault } from "./columns.ts";
import { columnPaths } from "./field-map.ts";
import { plainNumber } from "./plain-number.ts";
import type { TableBatch } from "./records.ts";
import { booleanOfCell, categoryOfCell, FAULT, MISSING, numberOfCell } from "./table-cell.ts";
import type { Target } from "./target.ts";
import type { TextCells } from "./text-cells.ts";
import { fillFromText } from "./text-column.ts";

/**
 * The values at a path of a table: the column of that name (`a`, or `a.b` for the path a, b), else a member of a column of
 * objects. Undefined where the table has none.
 */
export function tableColumn(table: TableBatch, path: readonly string[]): ArrayLike<unknown> | undefined {
  const name = path.join(".");
  if (Object.hasOwn(table.columns, name)) return table.columns[name];
  const [first, ...rest] = path;
  if (rest.length === 0 || !Object.hasOwn(table.columns, first)) return undefined;
  return Array.from(table.columns[first], (value) => memberAt(value, rest));
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Object.getOwnPropertyDescriptor(found, name)?.value;
  }
  return found;
}

export interface TableFill {
  readonly target: Target;
  readonly table: TableBatch;
  readonly map: FieldMap;
  /** The row of the table that each row of the batch came from. */
  readonly rows: Uint32Array;
  /** Every cell is text (csv). */
  readonly isText: boolean;
}

/** Fills one column of the target's batch; its cells are missing before. */
export function fillColumn(fill: TableFill, column: number): void {
  const { target, table, map } = fill;
  const paths = columnPaths(map, target.plan.columns[column]);
  const cells = fill.isText ? onlyCells(table, paths) : undefined;
  if (cells !== undefined) {
    fillFromText(fill, column, cells);
    return;
  }
  // The first source wins wherever it has something.
  const sources: ArrayLike<unknown>[] = [];
  for (const path of paths) {
    const values = tableColumn(table, path);
    if (values !== undefined) sources.push(values);
  }
  const [values] = sources;
  if (sources.length === 1 && values instanceof Float64Array) fillFromFloats(fill, column, values);
  else if (sources.length > 0) fillFrom(fill, column, sources);
}

/** What most columns of a columnar file are: numbers without a null. Of another type in the plan, each cell is looked at. */
function fillFromFloats(fill: TableFill, index: number, values: Float64Array): void {
  const { batch, plan } = fill.target;
  const column = batch.columns[index];
  const { minimum, maximum } = plan.columns[index];
  if (column.type !== "number" || minimum !== undefined || maximum !== undefined) {
    fillFrom(fill, index, [values]);
    return;
  }
  for (let row = 0; row < batch.rows; row++) {
    column.values[row] = plainNumber(values[fill.rows[row]]);
    column.validity[row >> 3] |= 1 << (row & 7);
  }
}

/** The bytes of the only column that the paths lead to. */
function onlyCells({ cells }: TableBatch, paths: readonly string[][]): TextCells | undefined {
  if (cells === undefined) return undefined;
  const names = paths.map((path) => path.join(".")).filter((name) => Object.hasOwn(cells, name));
  return names.length === 1 ? cells[names[0]] : undefined;
}

function fillFrom(fill: TableFill, index: number, sources: readonly ArrayLike<unknown>[]): void {
  const { target, rows, isText } = fill;
  const { batch } = target;
  const plan = target.plan.columns[index];
  const column = batch.columns[index];
  const dictionary = target.dictionaries[index];
  const texts = dictionary === undefined ? undefined : { isText, dictionary };
  const [values, second] = sources;
  const minimum = plan.minimum ?? -Infinity;
  const maximum = plan.maximum ?? Infinity;
  for (let row = 0; row < batch.rows; row++) {
    let value = values[rows[row]];
    if (second !== undefined && (value === null || value === undefined || value === ""))
      value = second[rows[row]];
    let cell: number | null | undefined;
    if (column.type === "number") {
      cell = numberOfCell(value, plan, isText);
      if (cell === MISSING) continue;
      if (cell !== FAULT && (cell < minimum || cell > maximum)) cell = FAULT;
      column.values[row] = cell ?? NaN;
    } else {
      if (plan.type === "boolean" || texts === undefined) cell = booleanOfCell(value, plan, isText);
      else cell = categoryOfCell(value, plan, texts);
      if (cell === MISSING) continue;
      column.codes[row] = cell ?? -1;
    }
    if (cell === FAULT) {
      column.validity[row >> 3] &= ~(1 << (row & 7));
      addFault(batch, row, index);
    } else column.validity[row >> 3] |= 1 << (row & 7);
  }
}
