import { CodedError } from "../config/coded-error.ts";
import { createCsvReader, type CsvRows } from "../event/csv.ts";
import type { TableBatch } from "../event/records.ts";
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
  const { stream, firstOffset } = options;
  if (rows.count > 0 && Object.keys(rows.columns).length === 0) {
    const message = `${options.file}: its first row names no columns. Write their names there, separated by commas.`;
    throw new CodedError("SOURCE_INVALID", message);
  }
  if (rows.repeated !== undefined) {
    const message = `${options.file}: two of its columns are called ${JSON.stringify(rows.repeated)}. Give each a name of its own in the first row.`;
    throw new CodedError("SOURCE_INVALID", message);
  }
  for (let row = Math.max(firstOffset - firstRow, 0); row < rows.count; row += BATCH_ROWS) {
    const end = Math.min(row + BATCH_ROWS, rows.count);
    const slices = Object.entries(rows.columns).map(
      ([name, values]) => [name, values.slice(row, end)] as const,
    );
    yield {
      kind: "table",
      stream,
      partition: 0,
      count: end - row,
      firstOffset: firstRow + row,
      columns: Object.fromEntries(slices),
      broken: rows.broken.subarray(row, end),
      end: Number.NaN,
    };
  }
}
