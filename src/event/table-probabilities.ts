import { addFault } from "./columns.ts";
import { fieldPath } from "./field-map.ts";
import { addProbability, BITS, CONFIDENCE, createFound, ENTROPY, isWhole, MOST } from "./probabilities.ts";
import { MISSING, numberOfCell } from "./table-cell.ts";
import { tableColumn } from "./table-column.ts";
import type { TableFill } from "./table-column.ts";
import type { ColumnPlan } from "./batch.ts";
import type { Target } from "./target.ts";
import type { TableBatch } from "./records.ts";

/** Any number column: a probability is no truth, and no time. */
const NUMBER: ColumnPlan = { name: "", type: "number", role: "probability", pii: false, categories: [] };

/**
 * Writes the largest probability and the entropy, in bits, of each row's probabilities: of a column of objects or lists, or of
 * one column for every class, called as the field, a point, and the class. Missing where a row has none, and faults where they
 * do not add up to 1.
 */
export function fillProbabilities({ target, table, map, rows, isText }: TableFill): void {
  const [confidence, entropy] = [CONFIDENCE, ENTROPY].map((name) => positionOf(target, name));
  const path = fieldPath(map, "probabilities");
  if ((confidence < 0 && entropy < 0) || path === undefined || path.length === 0) return;
  const read = reader(table, path);
  if (read === undefined) return;
  const found = createFound();
  for (let row = 0; row < target.batch.rows; row += 1) {
    const members = read(rows[row]).map((value) => numberOfCell(value, NUMBER, isText));
    if (members.every((member) => member === MISSING)) continue;
    found.fill(0);
    // A class that a row does not name has none of it.
    const isSet = members.every((member) => member === MISSING || addProbability(found, member ?? NaN));
    const isSound = isSet && isWhole(found);
    putNumber(target, confidence, row, isSound ? found[MOST] : undefined);
    putNumber(target, entropy, row, isSound ? found[BITS] : undefined);
  }
}

function positionOf({ plan }: Target, column: string): number {
  return plan.columns.findIndex(({ name, role }) => name === column && role === "output");
}

/** Answers the probabilities of a row; undefined where the table has none. */
function reader(table: TableBatch, path: readonly string[]): ((row: number) => unknown[]) | undefined {
  const whole = tableColumn(table, path);
  if (whole !== undefined) return (row) => membersOf(whole[row]);
  const head = `${path.join(".")}.`;
  const names = Object.keys(table.columns).filter((name) => name.startsWith(head));
  const columns = names.map((name) => table.columns[name]);
  return columns.length === 0 ? undefined : (row) => columns.map((values) => values[row]);
}

/** Whatever is neither an object nor a list counts as one that is no probability. */
function membersOf(value: unknown): unknown[] {
  if (value === null || value === undefined) return [];
  return typeof value === "object" ? Object.values(value) : [Number.NaN];
}

function putNumber({ batch }: Target, index: number, row: number, value: number | undefined): void {
  const column = batch.columns[index];
  if (column?.type !== "number") return;
  if (value === undefined) {
    addFault(batch, row, index);
    return;
  }
  column.values[row] = value;
  column.validity[row >> 3] |= 1 << (row & 7);
}
