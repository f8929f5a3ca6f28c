import { createRow, LINE_FEED, readRow } from "./csv-row.ts";
import type { CsvRow } from "./csv-row.ts";
import { skipFromStart, skipRow } from "./csv-skip.ts";
import type { SkippedRow } from "./csv-skip.ts";
import { textOfCell } from "./text-cells.ts";
import type { TextCells, TextPiece } from "./text-cells.ts";

/** Rows of a csv file as columns of cells. */
export interface CsvRows {
  readonly count: number;
  /** By the names in the first row. The cells of a broken row are empty: missing to a decoder. */
  readonly columns: Readonly<Record<string, TextCells>>;
  /** A name that stands twice in the first row: only the last of its columns is here. */
  readonly repeated?: string;
  /** 1 where a row has not as many fields as there are names, is no UTF-8, is too long, or has a quote that stands wrong. */
  readonly broken: Uint8Array;
}

/**
 * Reads csv piece by piece (RFC 4180: quotes, doubled quotes, line breaks in quotes; LF or CRLF; UTF-8, with or without a
 * byte order mark). The first row names the columns. Empty lines are no rows. Give `push` the pieces in order, then call
 * `end` once: each answers the rows that have become complete. Nothing that a file holds makes them throw.
 */
export interface CsvReader {
  push(piece: Uint8Array): CsvRows;
  end(): CsvRows;
}

/** @param maxRowBytes a longer row is broken, and is not kept in memory */
export function createCsvReader(maxRowBytes: number): CsvReader {
  const room = { rows: 1 << 8, spans: 1 << 12 };
  const state: CsvState = { maxRowBytes, rest: new Uint8Array(0), row: createRow(), room };
  return {
    push: (piece) => readPiece(state, piece),
    end: () => readPiece(state, Uint8Array.of(LINE_FEED), true),
  };
}

interface CsvState {
  readonly maxRowBytes: number;
  /** What has come of the row that is not complete. */
  rest: Uint8Array;
  /** While a row is passed over that is too long. */
  skipped?: SkippedRow | undefined;
  readonly row: CsvRow;
  /** What the last piece needed: the next one hardly needs more. */
  room: { readonly rows: number; readonly spans: number };
  names?: readonly string[];
  repeated?: string | undefined;
}

/** The rows of one piece: spans as in TextCells, empty in broken rows. */
interface Spans {
  count: number;
  isAscii: boolean;
  spans: Int32Array;
  broken: Uint8Array;
}

function readPiece(state: CsvState, piece: Uint8Array, isLast = false): CsvRows {
  const found = createSpans(state.room);
  const from = skipLongRow(state, piece, found, isLast);
  const bytes = joinBytes(state.rest, piece.subarray(from));
  const end = bytes.length - 1;
  const { row } = state;
  let start = state.names === undefined && startsWithMark(bytes) ? 3 : 0;
  while (start < end) {
    const next = readRow(row, bytes, start, end);
    if (next < 0) break;
    takeRow(state, found, bytes, next - 1 - start);
    start = next;
  }
  state.rest = bytes.slice(start, end);
  // Of the end only the line feed is left that was put there; or quotes that nobody closed.
  if (isLast && state.rest.length > 1) addBroken(state, found);
  else if (state.rest.length > state.maxRowBytes) {
    state.skipped = skipFromStart();
    skipRow(state.skipped, state.rest);
    state.rest = new Uint8Array(0);
  }
  state.room = { rows: found.broken.length, spans: found.spans.length };
  return rowsOf(state, found, bytes);
}

function createSpans({ rows, spans }: CsvState["room"]): Spans {
  return { count: 0, isAscii: true, spans: new Int32Array(spans), broken: new Uint8Array(rows) };
}

/** A byte order mark. */
function startsWithMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Where the piece goes on after the row that is too long. */
function skipLongRow(state: CsvState, piece: Uint8Array, found: Spans, isLast: boolean): number {
  if (state.skipped === undefined) return 0;
  const next = skipRow(state.skipped, piece);
  if (next < 0 && !isLast) return piece.length;
  state.skipped = undefined;
  addBroken(state, found);
  return next < 0 ? piece.length : next;
}

/** A copy, for the piece belongs to the caller; with the line feed at its end that stops every scan. */
function joinBytes(rest: Uint8Array, piece: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(rest.length + piece.length + 1);
  bytes.set(rest);
  bytes.set(piece, rest.length);
  bytes[bytes.length - 1] = LINE_FEED;
  return bytes;
}

function takeRow(state: CsvState, found: Spans, bytes: Uint8Array, length: number): void {
  const { row, names, maxRowBytes } = state;
  if (row.isSound && row.fields === 0 && names !== undefined) return;
  const isReadable = row.isSound && length <= maxRowBytes;
  if (names === undefined) nameColumns(state, isReadable ? textsOf(row, bytes) : []);
  else if (!isReadable || row.fields !== names.length) addBroken(state, found);
  else {
    const width = 2 * names.length;
    makeRoom(found, width);
    const from = found.count * width;
    for (let at = 0; at < width; at++) found.spans[from + at] = row.spans[at];
    found.isAscii &&= row.isAscii;
    found.count++;
  }
}

function textsOf({ spans, fields }: CsvRow, bytes: Uint8Array): string[] {
  const piece = { bytes, isAscii: false };
  return Array.from({ length: fields }, (_, field) => textOfCell({ piece, spans, fields, field }, 0));
}

function nameColumns(state: CsvState, texts: readonly string[]): void {
  state.names = texts;
  const seen = new Set<string>();
  state.repeated = texts.find((name) => seen.size === seen.add(name).size);
}

function addBroken(state: CsvState, found: Spans): void {
  if (state.names === undefined) {
    nameColumns(state, []);
    return;
  }
  makeRoom(found, 2 * state.names.length);
  found.broken[found.count] = 1;
  found.count++;
}

function makeRoom(found: Spans, width: number): void {
  if (found.count === found.broken.length) {
    const broken = new Uint8Array(2 * found.count);
    broken.set(found.broken);
    found.broken = broken;
  }
  if ((found.count + 1) * width > found.spans.length) {
    const spans = new Int32Array(2 * found.spans.length + width);
    spans.set(found.spans);
    found.spans = spans;
  }
}

function rowsOf(state: CsvState, found: Spans, bytes: Uint8Array): CsvRows {
  const { names = [], repeated } = state;
  const { count, spans, broken, isAscii } = found;
  const fields = names.length;
  const piece: TextPiece = { bytes, isAscii };
  const columns = names.map((name, field) => [name, { piece, spans, fields, field }] as const);
  return {
    count,
    ...(repeated === undefined ? {} : { repeated }),
    columns: Object.fromEntries(columns),
    broken: broken.subarray(0, count),
  };
}
