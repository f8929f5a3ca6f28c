import type { RecordBatch } from "../../event/records.ts";

/** No record of the demo is longer. */
const RECORD_BYTES = 512;
const DIGIT_ZERO = 48;
const MINUS = 45;

/**
 * Writes JSON records byte by byte into one buffer, since millions of `JSON.stringify` calls would cost more than all
 * the rest of the generator. The buffer is used again for the next batch.
 */
export interface RecordWriter {
  readonly stream: string;
  bytes: Buffer;
  length: number;
  /** Where each record of the batch begins, and its timestamp; the first `count` are meaningful. */
  starts: Float64Array;
  times: Float64Array;
  count: number;
  nextOffset: number;
}

export function openRecordWriter(stream: string): RecordWriter {
  return {
    stream,
    bytes: Buffer.allocUnsafe(1 << 18),
    length: 0,
    starts: new Float64Array(1024),
    times: new Float64Array(1024),
    count: 0,
    nextOffset: 0,
  };
}

/** Begins the next record, with its timestamp in ms since the epoch. */
export function beginRecord(writer: RecordWriter, time: number): void {
  if (writer.length + RECORD_BYTES > writer.bytes.length) {
    const larger = Buffer.allocUnsafe(writer.bytes.length * 2);
    writer.bytes.copy(larger, 0, 0, writer.length);
    writer.bytes = larger;
  }
  if (writer.count === writer.starts.length) {
    writer.starts = lengthen(writer.starts);
    writer.times = lengthen(writer.times);
  }
  writer.starts[writer.count] = writer.length;
  writer.times[writer.count] = time;
  writer.count++;
}

/** Text without characters that JSON or UTF-8 would have to escape. */
export function writeText(writer: RecordWriter, text: string): void {
  const { bytes } = writer;
  let at = writer.length;
  for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
  writer.length = at;
}

/** A whole number, |value| < 2^53. */
export function writeInteger(writer: RecordWriter, value: number): void {
  if (value < 0) writer.bytes[writer.length++] = MINUS;
  let rest = Math.abs(value);
  let digits = 1;
  for (let limit = 10; rest >= limit; limit *= 10) digits++;
  writeDigits(writer, rest, digits);
}

/** A number of at least 0 with a fixed count of decimals (at most 6), rounded to nearest. */
export function writeDecimal(writer: RecordWriter, value: number, decimals: number): void {
  const scale = 10 ** decimals;
  const scaled = Math.round(value * scale);
  writeInteger(writer, Math.floor(scaled / scale));
  writeText(writer, ".");
  writeDigits(writer, scaled % scale, decimals);
}

function writeDigits(writer: RecordWriter, value: number, digits: number): void {
  const { bytes } = writer;
  let rest = value;
  for (let at = writer.length + digits - 1; at >= writer.length; at--) {
    const quotient = Math.floor(rest / 10);
    bytes[at] = DIGIT_ZERO + (rest - quotient * 10);
    rest = quotient;
  }
  writer.length += digits;
}

/** The records since the last batch. They stand in the writer's own buffer and are void once it writes again. */
export function takeBatch(writer: RecordWriter): RecordBatch {
  const { count, bytes, starts } = writer;
  const offsets = new Float64Array(count);
  const values: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    offsets[i] = writer.nextOffset + i;
    const end = i + 1 < count ? starts[i + 1] : writer.length;
    values.push(bytes.subarray(starts[i], end));
  }
  writer.nextOffset += count;
  const batch: RecordBatch = {
    kind: "records",
    stream: writer.stream,
    partition: 0,
    count,
    offsets,
    timestamps: writer.times.slice(0, count),
    values,
    keys: Array.from<null>({ length: count }).fill(null),
    headers: Array.from<undefined>({ length: count }),
    end: writer.nextOffset,
  };
  writer.count = 0;
  writer.length = 0;
  return batch;
}

function lengthen(values: Float64Array): Float64Array {
  const longer = new Float64Array(values.length * 2);
  longer.set(values);
  return longer;
}
