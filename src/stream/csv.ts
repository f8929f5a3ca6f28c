import { CodedError } from "../config/coded-error.ts";
import { createCsvReader } from "../event/csv.ts";
import type { CsvRows } from "../event/csv.ts";
import type { TableBatch } from "../event/records.ts";
import { sliceCells, textOfCell } from "../event/text-cells.ts";
import type { TextCells } from "../event/text-cells.ts";
import { BATCH_ROWS, type RowsOptions } from "./row-batch.ts";

/** A longer row is counted as one that cannot be read, and not kept in memory; bytes. */
const LONGEST_ROW = 1 << 20;

/** A row is a record, its number (from 0, after the row of names) the offset. Columns are text. */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  options: RowsOptions,
): AsyncGenerator<TableBatch, void, void> {
  const reader = createCsvReader(LONGEST_ROW);
  let firstRow = 0;
  for await (const chunk of chunks) {
    const rows = reader.push(chunk);
    yield* sliceRows(rows, firstRow, options);
    firstRow += rows.count;
  }
  yield* sliceRows(reader.end(), firstRow, options);
}

function* sliceRows(
  rows: CsvRows,
  firstRow: number,
  options: RowsOptions,
): Generator<TableBatch, void, void> {
  const { stream, firstOffset, batchRows = BATCH_ROWS } = options;
  if (rows.count > 0 && Object.keys(rows.columns).length === 0) {
    const message = `${options.file}: its first row names no columns. Write their names there, separated by commas.`;
    throw new CodedError("SOURCE_INVALID", message);
  }
  const [only, ...others] = Object.keys(rows.columns);
  if (others.length === 0 && /[;\t]/.test(only ?? "")) {
    const message = `${options.file}: its first row names one column, ${JSON.stringify(only)}. Separate columns by commas.`;
    throw new CodedError("SOURCE_INVALID", message);
  }
  if (rows.repeated !== undefined) {
    const message = `${options.file}: two of its columns are called ${JSON.stringify(rows.repeated)}. Give each a name of its own in the first row.`;
    throw new CodedError("SOURCE_INVALID", message);
  }
  for (let row = Math.max(firstOffset - firstRow, 0); row < rows.count; row += batchRows) {
    const end = Math.min(row + batchRows, rows.count);
    const broken = rows.broken.subarray(row, end);
    const slices = Object.entries(rows.columns).map(
      ([name, cells]) => [name, sliceCells(cells, row, end)] as const,
    );
    const cells = Object.fromEntries(slices);
    yield {
      kind: "table",
      stream,
      partition: 0,
      count: end - row,
      firstOffset: firstRow + row,
      columns: textColumns(cells, broken),
      cells,
      broken,
      end: Number.NaN,
    };
  }
}

/** The cells as texts, null in broken rows; made of a column when it is asked for. */
function textColumns(
  cells: Readonly<Record<string, TextCells>>,
  broken: Uint8Array,
): Record<string, (string | null)[]> {
  const columns: Record<string, (string | null)[]> = {};
  for (const [name, column] of Object.entries(cells)) {
    let texts: (string | null)[] | undefined;
    Object.defineProperty(columns, name, {
      enumerable: true,
      get() {
        texts ??= Array.from(broken, (is, row) => (is === 1 ? null : textOfCell(column, row)));
        return texts;
      },
    });
  }
  return columns;
}
