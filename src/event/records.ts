import type { TextCells } from "./text-cells.ts";

/** Records of one partition in offset order, as parallel arrays so that no object is made per record. */
export interface RecordBatch {
  readonly kind: "records";
  readonly stream: string;
  readonly partition: number;
  readonly count: number;
  readonly offsets: Float64Array;
  /** The records' own timestamps, ms since the epoch. NaN for a file: its time is the highest event time so far. */
  readonly timestamps: Float64Array;
  readonly values: readonly (Uint8Array | null)[];
  readonly keys: readonly (Uint8Array | null)[];
  readonly headers: readonly (RecordHeaders | undefined)[];
  /** The partition's end offset when this was fetched. */
  readonly end: number;
}

/** Bytes, or what node:http makes of them: a string whose every character is one byte. */
export type RecordHeaders = Readonly<
  Record<string, Uint8Array | string | readonly (Uint8Array | string)[] | undefined>
>;

/** The bytes of a header's value. */
export function headerBytes(value: Uint8Array | string): Uint8Array {
  return typeof value === "string" ? Buffer.from(value, "latin1") : value;
}

/** Rows of a columnar file (parquet, arrow): already columns, named as in the file. */
export interface TableBatch {
  readonly kind: "table";
  readonly stream: string;
  readonly partition: number;
  readonly count: number;
  /** Offset of the first row; rows are consecutive. */
  readonly firstOffset: number;
  readonly columns: Readonly<Record<string, ArrayLike<unknown>>>;
  /** The same cells as bytes, where all of them are text (csv): `columns` then makes texts only of what it is asked for. */
  readonly cells?: Readonly<Record<string, TextCells>>;
  /** 1 where a row could not be read (csv: not as many fields as names): such a row is an undecodable record. */
  readonly broken?: Uint8Array;
  readonly end: number;
}

export type SourceBatch = RecordBatch | TableBatch;

/** Which of the batch's records stands at an offset that it has. */
export function recordAt({ offsets, count }: Pick<RecordBatch, "offsets" | "count">, offset: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsets[middle] < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
