import { open } from "node:fs/promises";
import { parquetMetadataAsync, parquetScan, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DAY } from "../config/quantity.ts";
import type { TableBatch } from "../event/records.ts";
import { BATCH_ROWS, type RowsOptions } from "./row-batch.ts";
import { plainColumn, sliceColumn } from "./plain-values.ts";

/** Times as epoch milliseconds: a Date per cell would be thrown away at once. Kept apart from missing values. */
const TIME_PARSERS = {
  timestampFromMilliseconds: (value: bigint | null | undefined) => toMilliseconds(value, 1),
  timestampFromMicroseconds: (value: bigint | null | undefined) => toMilliseconds(value, 1e3),
  timestampFromNanoseconds: (value: bigint | null | undefined) => toMilliseconds(value, 1e6),
  dateFromDays: (days: number | null | undefined) => (typeof days === "number" ? days * DAY : null),
};

/**
 * Reads one row group at a time, all its columns, and gives it in batches: a file of 3 million rows at once takes 624 MB.
 * Offsets are row numbers. Integers of 64 bits are numbers where exact, else bigints; missing values null or undefined.
 */
export async function* readParquet(options: RowsOptions): AsyncGenerator<TableBatch, void, void> {
  const { batchRows = BATCH_ROWS } = options;
  const handle = await open(options.file);
  try {
    const { size } = await handle.stat();
    const file = {
      byteLength: size,
      async slice(start: number, end: number = size): Promise<ArrayBuffer> {
        const bytes = new Uint8Array(end - start);
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
        if (bytesRead < bytes.length) throw new Error("it became shorter while it was read");
        return bytes.buffer;
      },
    };
    const metadata = await parquetMetadataAsync(file);
    const columns = parquetSchema(metadata).children.map((child) => child.element.name);
    const end = Number(metadata.num_rows);
    let rowEnd = 0;
    for (const { num_rows: rows } of metadata.row_groups) {
      const rowStart = rowEnd;
      rowEnd += Number(rows);
      if (rowEnd <= options.firstOffset) continue;
      const group = new Map<string, ArrayLike<unknown>>();
      for (const column of columns) {
        // A scan remembers what it read last, as objects: one of its own for every chunk lets go of it at once.
        const scan = await parquetScan({
          file,
          metadata,
          compressors,
          parsers: TIME_PARSERS,
          columns: [column],
        });
        group.set(column, plainColumn(await scan.readColumn({ column, rowStart, rowEnd })));
      }
      for (let row = Math.max(rowStart, options.firstOffset); row < rowEnd; row += batchRows) {
        const batchEnd = Math.min(row + batchRows, rowEnd);
        const slices = [...group].map(([column, values]) => {
          return [column, sliceColumn(values, row - rowStart, batchEnd - rowStart)] as const;
        });
        yield {
          kind: "table",
          stream: options.stream,
          partition: 0,
          count: batchEnd - row,
          firstOffset: row,
          columns: Object.fromEntries(slices),
          end,
        };
      }
    }
  } finally {
    await handle.close();
  }
}

function toMilliseconds(value: bigint | null | undefined, perMillisecond: number): number | null {
  return value === null || value === undefined ? null : Number(value) / perMillisecond;
}
