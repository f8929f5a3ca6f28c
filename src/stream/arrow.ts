import { open } from "node:fs/promises";
import {
  DataType,
  MapRow,
  Precision,
  RecordBatchReader,
  type RecordBatch as ArrowBatch,
  StructRow,
  Vector,
} from "apache-arrow";
import type { TableBatch } from "../event/records.ts";
import { plainColumn, plainValue, sliceColumn } from "./plain-values.ts";
import { BATCH_ROWS, type RowsOptions } from "./row-batch.ts";

/**
 * Reads an Arrow IPC file or stream, one of its record batches at a time. Offsets are row numbers. Numbers without
 * missing values are given as views; dictionaries are decoded once and not per row.
 */
export async function* readArrow(options: RowsOptions): AsyncGenerator<TableBatch, void, void> {
  const handle = await open(options.file);
  try {
    const reader = await RecordBatchReader.from(handle);
    const dictionaries = new Map<Vector, readonly unknown[]>();
    let firstRow = 0;
    for await (const batch of reader) {
      const lastRow = firstRow + batch.numRows;
      const skipped = Math.max(options.firstOffset - firstRow, 0);
      if (skipped < batch.numRows) yield* sliceBatch({ batch, firstRow, skipped, options, dictionaries });
      firstRow = lastRow;
    }
  } finally {
    await handle.close();
  }
}

interface BatchSlices {
  readonly batch: ArrowBatch;
  readonly firstRow: number;
  readonly skipped: number;
  readonly options: RowsOptions;
  readonly dictionaries: Map<Vector, readonly unknown[]>;
}

function* sliceBatch(slices: BatchSlices): Generator<TableBatch, void, void> {
  const { batch, firstRow, skipped, options, dictionaries } = slices;
  const whole = batch.schema.fields.map(({ name }, index) => {
    const vector = batch.getChildAt(index);
    return { name, values: vector === null ? [] : plainColumn(vectorValues(vector, dictionaries)) };
  });
  const { batchRows = BATCH_ROWS } = options;
  for (let row = skipped; row < batch.numRows; row += batchRows) {
    const end = Math.min(row + batchRows, batch.numRows);
    const columns = whole.map(({ name, values }) => [name, sliceColumn(values, row, end)] as const);
    yield {
      kind: "table",
      stream: options.stream,
      partition: 0,
      count: end - row,
      firstOffset: firstRow + row,
      columns: Object.fromEntries(columns),
      end: Number.NaN,
    };
  }
}

function vectorValues(vector: Vector, dictionaries: Map<Vector, readonly unknown[]>): ArrayLike<unknown> {
  const data = vector.data[0];
  if (data !== undefined && DataType.isDictionary(vector.type)) {
    const words = dictionaryValues(data.dictionary, dictionaries);
    return Array.from(data.values, (code, row) => (data.getValid(row) ? words[Number(code)] : null));
  }
  if (vector.nullCount === 0 && isPlainNumber(vector.type)) return vector.toArray();
  return Array.from(vector, nestedValue);
}

/** Objects and lists as JSON has them, their numbers as those of plain columns. */
function nestedValue(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (value instanceof Vector) return Array.from(value, (member) => plainValue(nestedValue(member)));
  if (!(value instanceof StructRow) && !(value instanceof MapRow)) return value;
  const members = Object.entries(value.toJSON());
  return Object.fromEntries(members.map(([name, member]) => [name, plainValue(nestedValue(member))]));
}

/** Numbers whose stored form is their value; half floats are stored as bits. */
function isPlainNumber(type: DataType): boolean {
  return DataType.isInt(type) || (DataType.isFloat(type) && type.precision !== Precision.HALF);
}

function dictionaryValues(
  dictionary: Vector | undefined,
  dictionaries: Map<Vector, readonly unknown[]>,
): readonly unknown[] {
  if (dictionary === undefined) return [];
  const known = dictionaries.get(dictionary);
  if (known !== undefined) return known;
  const words = Array.from(dictionary, plainValue);
  dictionaries.set(dictionary, words);
  return words;
}
