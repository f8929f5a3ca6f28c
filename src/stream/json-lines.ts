import { CodedError } from "../config/coded-error.ts";
import type { RecordBatch } from "../event/records.ts";
import { BATCH_ROWS, type RowsOptions } from "./row-batch.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** No record is this long; what looks like one is not a file of lines. Bytes. */
const LONGEST_LINE = 1 << 28;

/** A line is a record, its number (from 0) the offset. Empty lines are passed over, but keep their number; so is a byte order mark. */
export async function* readJsonLines(
  chunks: AsyncIterable<Uint8Array>,
  options: RowsOptions,
): AsyncGenerator<RecordBatch, void, void> {
  const { batchRows = BATCH_ROWS } = options;
  const batch = createLineBatch(options.stream, batchRows);
  let offset = 0;
  for await (const lines of splitLines(chunks, options.file)) {
    for (const whole of lines) {
      const line = offset === 0 ? withoutMark(whole) : whole;
      if (offset >= options.firstOffset && line.length > 0) {
        batch.values[batch.count] = line;
        batch.offsets[batch.count] = offset;
        batch.count += 1;
      }
      offset += 1;
      if (batch.count === batchRows) {
        yield batch;
        batch.count = 0;
      }
    }
  }
  if (batch.count > 0) yield { ...batch, end: offset };
}

function createLineBatch(
  stream: string,
  rows: number,
): RecordBatch & { count: number; values: Uint8Array[] } {
  return {
    kind: "records",
    stream,
    partition: 0,
    count: 0,
    offsets: new Float64Array(rows),
    timestamps: new Float64Array(rows).fill(Number.NaN),
    values: [],
    keys: Array.from({ length: rows }, () => null),
    headers: Array.from({ length: rows }, () => undefined),
    end: Number.NaN,
  };
}

/** The lines that each chunk completes, as views of it. */
async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array[], void, void> {
  /** Pieces of the line that no chunk has ended yet. */
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const tail = chunk.subarray(start, end);
      lines.push(withoutReturn(pieces.length === 0 ? tail : Buffer.concat([...pieces, tail])));
      pieces = [];
      length = 0;
      start = end + 1;
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > LONGEST_LINE) throw notLines(file);
    yield lines;
  }
  if (pieces.length > 0) yield [withoutReturn(Buffer.concat(pieces))];
}

function notLines(file: string): CodedError {
  const message = `${file}: a line is longer than 256 MiB. Write one JSON record a line.`;
  return new CodedError("SOURCE_INVALID", message);
}

/** RFC 8259 lets readers pass over the mark that some editors put before UTF-8. */
function withoutMark(line: Uint8Array): Uint8Array {
  return line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line;
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === RETURN ? line.subarray(0, -1) : line;
}
