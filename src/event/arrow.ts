import {
  Dictionary,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Field,
  Struct,
  Utf8,
  vectorFromArray,
  type Data,
} from "apache-arrow";
import type { BatchColumn, EventBatch } from "./batch.ts";

/** Stands for every value that the reference does not know. */
const UNSEEN = "(unseen)";

/**
 * The batch as an Arrow record batch over the same memory: valid until the decoder is called again. Columns: `offset` and
 * `record_time`, `time` (float64, ms since the epoch), then the plan's, numbers as float64, categories as dictionaries
 * whose last word stands for all unknown values.
 */
export function wrapBatch(batch: EventBatch): RecordBatch {
  const { rows } = batch;
  const fields: Field[] = [];
  const children: Data[] = [];
  const add = (name: string, data: Data): void => {
    fields.push(new Field(name, data.type, true));
    children.push(data);
  };
  add("offset", wrapNumbers(batch.offset, rows));
  add("record_time", wrapNumbers(batch.recordTime, rows));
  add("time", wrapNumbers(batch.time, rows));
  for (const [index, column] of batch.columns.entries()) {
    add(batch.plan.columns[index].name, wrapColumn(column, rows));
  }
  const type = new Struct(fields);
  return new RecordBatch(new Schema(fields), makeData({ type, length: rows, nullCount: 0, children }));
}

function wrapNumbers(values: Float64Array, length: number): Data<Float64> {
  return makeData({ type: new Float64(), length, nullCount: 0, data: values.subarray(0, length) });
}

function wrapColumn(column: BatchColumn, length: number): Data {
  const nullBitmap = column.validity.subarray(0, Math.ceil(length / 8));
  const nullCount = length - countBits(nullBitmap, length);
  if (column.type === "number") {
    const data = column.values.subarray(0, length);
    return makeData({ type: new Float64(), length, nullCount, nullBitmap, data });
  }
  const data = column.codes.subarray(0, length);
  const words = [...column.categories];
  const most = data.reduce((a, b) => Math.max(a, b), 0);
  while (words.length <= most) words.push(UNSEEN);
  const type = new Dictionary(new Utf8(), new Int32());
  return makeData({
    type,
    length,
    nullCount,
    nullBitmap,
    data,
    dictionary: vectorFromArray(words, new Utf8()),
  });
}

function countBits(bits: Uint8Array, length: number): number {
  let count = 0;
  for (let i = 0; i < length; i++) count += (bits[i >> 3] >> (i & 7)) & 1;
  return count;
}
