import type { Document, Mark, Marks } from "../../config/document.ts";
import type { Fault } from "../../config/fault.ts";
import { createCsvReader } from "../../event/csv.ts";
import { textOfCell } from "../../event/text-cells.ts";

const LONGEST_ROW = 1 << 20;
/** Their values are lists, separated by spaces or semicolons. */
const LISTS: ReadonlySet<string> = new Set(["columns", "alerts"]);

/** Rows of CSV as the same data that YAML would give, each part marked by its line; empty cells are not there. */
export function readIncidentTable(text: string, file: string): Document {
  const reader = createCsvReader(LONGEST_ROW);
  const bytes = new TextEncoder().encode(text);
  const marks = new WeakMap<object, Marks>();
  const data: object[] = [];
  const faults: Fault[] = [];
  for (const rows of [reader.push(bytes), reader.end()]) {
    for (let row = 0; row < rows.count; row++) {
      const cells = Object.entries(rows.columns).map(
        ([name, column]) => [name, textOfCell(column, row)] as const,
      );
      const line = data.length + 2;
      if (rows.broken[row] === 1) faults.push({ ...BROKEN, file, line });
      data.push(readRow(cells, { file, line, column: 1, text: "" }, marks));
    }
  }
  const self = { file, line: 1, column: 1, text: "" };
  const values = new Map(data.map((_, row) => [String(row), { ...self, line: row + 2 }]));
  marks.set(data, { self, keys: new Map(), values });
  return { file, data: data.length === 0 ? null : data, marks, faults };
}

const BROKEN = {
  level: "error",
  code: "WRONG_VALUE",
  column: 1,
  text: "",
  message: "has not as many values as the first row has names; put a value that holds a comma in quotes",
} as const;

function readRow(
  cells: readonly (readonly [string, string | null])[],
  self: Mark,
  marks: WeakMap<object, Marks>,
): object {
  const row: Record<string, unknown> = {};
  const own: Marks = { self, keys: new Map(), values: new Map() };
  for (const [name, cell] of cells) {
    if (cell === null || cell === "") continue;
    row[name] = LISTS.has(name) ? cell.split(/[ ;]+/).filter((word) => word !== "") : cell;
    own.keys.set(name, { ...self, text: name });
    own.values.set(name, { ...self, text: cell });
  }
  marks.set(row, own);
  return row;
}
