import type { CategoryColumn, NumberColumn } from "./batch.ts";
import { hashSpan, setSpan } from "./byte-table.ts";
import { addFault } from "./columns.ts";
import { codeOfBytes } from "./dictionary.ts";
import type { Dictionary } from "./dictionary.ts";
import { readNumber } from "./json-number.ts";
import { LONGEST_PLAIN, plainNumber } from "./plain-number.ts";
import { booleanOfCell, FAULT, MISSING, numberOfCell } from "./table-cell.ts";
import type { Target } from "./target.ts";
import { textOfCell } from "./text-cells.ts";
import type { TextCells } from "./text-cells.ts";

interface TextFill {
  readonly target: Target;
  /** The row of the table that each row of the batch came from. */
  readonly rows: Uint32Array;
}

/** Fills one column of the target's batch from text, as table-cell.ts says; its cells are missing before. */
export function fillFromText(fill: TextFill, index: number, cells: TextCells): void {
  const column = fill.target.batch.columns[index];
  if (column.type === "number") fillNumbers(fill, index, { cells, column });
  else fillCodes(fill, index, { cells, column });
}

function fillNumbers(
  { target, rows }: TextFill,
  index: number,
  { cells, column }: { readonly cells: TextCells; readonly column: NumberColumn },
): void {
  const { batch } = target;
  const plan = target.plan.columns[index];
  const minimum = plan.minimum ?? -Infinity;
  const maximum = plan.maximum ?? Infinity;
  const { values, validity } = column;
  const { piece, spans, fields, field } = cells;
  for (let row = 0; row < batch.rows; row++) {
    const at = 2 * (rows[row] * fields + field);
    const start = spans[at];
    const stop = spans[at + 1];
    if (start === stop) continue;
    let isFault = false;
    // JSON's numbers are nearly all that are ever written.
    if (readNumber(piece.bytes, start, values, row) !== stop) {
      const number = numberOfCell(textOfCell(cells, rows[row]), plan, true);
      if (number === MISSING) continue;
      isFault = number === FAULT;
      values[row] = number ?? NaN;
    }
    if (stop - start > LONGEST_PLAIN) values[row] = plainNumber(values[row]);
    if (isFault || values[row] < minimum || values[row] > maximum) {
      values[row] = NaN;
      addFault(batch, row, index);
    } else validity[row >> 3] |= 1 << (row & 7);
  }
}

function fillCodes(
  { target, rows }: TextFill,
  index: number,
  { cells, column }: { readonly cells: TextCells; readonly column: CategoryColumn },
): void {
  const { batch } = target;
  const plan = target.plan.columns[index];
  const dictionary = plan.type === "boolean" ? undefined : target.dictionaries[index];
  const { codes, validity } = column;
  const { spans, fields, field } = cells;
  for (let row = 0; row < batch.rows; row++) {
    const at = 2 * (rows[row] * fields + field);
    if (spans[at] === spans[at + 1]) continue;
    const code =
      dictionary === undefined
        ? booleanOfCell(textOfCell(cells, rows[row]), plan, true)
        : codeOfSpan(dictionary, cells, at);
    codes[row] = code ?? -1;
    if (code === FAULT) addFault(batch, row, index);
    else validity[row >> 3] |= 1 << (row & 7);
  }
}

function codeOfSpan(dictionary: Dictionary, { piece, spans }: TextCells, at: number): number {
  const { span } = dictionary;
  setSpan(span, piece.bytes, spans[at], spans[at + 1]);
  hashSpan(span);
  return codeOfBytes(dictionary, span);
}
