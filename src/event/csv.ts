const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Rows of a csv file as columns of text, in the shape of a TableBatch. */
export interface CsvRows {
  readonly count: number;
  /** By the names in the first row; null where the row is broken. An empty field is an empty text: missing to a decoder. */
  readonly columns: Readonly<Record<string, readonly (string | null)[]>>;
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
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const state: CsvState = {
    maxRowBytes,
    decoder,
    parts: [],
    length: 0,
    place: FIELD_START,
    names: undefined,
    repeated: undefined,
  };
  return {
    push: (piece) => toColumns(state, splitPiece(state, piece)),
    end() {
      const rows: Row[] = [];
      if (state.length > 0) endRow(state, rows);
      return toColumns(state, rows);
    },
  };
}

/** Where in a row the last byte stood. */
const FIELD_START = 0;
const IN_FIELD = 1;
const IN_QUOTES = 2;
const AFTER_QUOTE = 3;

interface CsvState {
  readonly maxRowBytes: number;
  readonly decoder: InstanceType<typeof TextDecoder>;
  /** What has come of the row that is not complete; nothing once it is too long. */
  parts: Uint8Array[];
  length: number;
  place: number;
  names: readonly string[] | undefined;
  repeated: string | undefined;
}

/** undefined: a broken row. */
type Row = readonly string[] | undefined;

function splitPiece(state: CsvState, piece: Uint8Array): Row[] {
  const rows: Row[] = [];
  let place = state.place;
  let start = 0;
  for (let at = 0; at < piece.length; at++) {
    const byte = piece[at];
    if (place === IN_QUOTES) {
      if (byte === QUOTE) place = AFTER_QUOTE;
    } else if (byte === LINE_FEED) {
      addPart(state, piece.subarray(start, at));
      endRow(state, rows);
      place = FIELD_START;
      start = at + 1;
    } else if (byte === COMMA) place = FIELD_START;
    else if (byte === QUOTE && place !== IN_FIELD) place = IN_QUOTES;
    else if (byte !== CARRIAGE_RETURN) place = IN_FIELD;
  }
  state.place = place;
  // A copy: the piece belongs to the caller, who may use it again.
  addPart(state, piece.slice(start));
  return rows;
}

function addPart(state: CsvState, part: Uint8Array): void {
  state.length += part.length;
  if (state.length > state.maxRowBytes) state.parts = [];
  else if (part.length > 0) state.parts.push(part);
}

function endRow(state: CsvState, rows: Row[]): void {
  const isTooLong = state.length > state.maxRowBytes;
  const text = isTooLong ? undefined : decodeRow(state);
  state.parts = [];
  state.length = 0;
  if (state.names === undefined) {
    state.names = (text === undefined ? undefined : splitRow(text.replace(/^\uFEFF/, ""))) ?? [];
    state.repeated = firstRepeated(state.names);
  } else if (text === undefined) rows.push(undefined);
  else if (text !== "") {
    const fields = splitRow(text);
    rows.push(fields?.length === state.names.length ? fields : undefined);
  }
}

function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

/** The row as text without its line break; undefined if it is no UTF-8. */
function decodeRow({ decoder, parts, length }: CsvState): string | undefined {
  const bytes = parts.length === 1 ? parts[0] : joinParts(parts, length);
  try {
    const text = decoder.decode(bytes);
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  } catch {
    // The only thing that it throws for is text that is not UTF-8: such a row is counted as broken.
    return undefined;
  }
}

function joinParts(parts: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function splitRow(text: string): Row {
  if (!text.includes('"')) return text.split(",");
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const stop = closingQuote(text, at + 1);
      if (stop < 0) return undefined;
      fields.push(text.slice(at + 1, stop).replaceAll('""', '"'));
      at = stop + 1;
      if (at < text.length && text[at] !== ",") return undefined;
    } else {
      const comma = text.indexOf(",", at);
      const stop = comma < 0 ? text.length : comma;
      fields.push(text.slice(at, stop));
      at = stop;
    }
    if (at >= text.length) return fields;
    at++;
  }
}

/** The position of the quote that is not doubled; -1 if there is none. */
function closingQuote(text: string, start: number): number {
  let at = text.indexOf('"', start);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

function toColumns(state: CsvState, rows: readonly Row[]): CsvRows {
  const names = state.names ?? [];
  return {
    count: rows.length,
    ...(state.repeated === undefined ? {} : { repeated: state.repeated }),
    columns: Object.fromEntries(
      names.map((name, index) => [name, rows.map((row) => row?.[index] ?? null)] as const),
    ),
    broken: Uint8Array.from(rows, (row) => (row === undefined ? 1 : 0)),
  };
}
