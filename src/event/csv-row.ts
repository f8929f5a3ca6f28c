export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;

/** One row of csv as it was read last, used again for the next one. */
export interface CsvRow {
  /** How many fields it has; 0 for an empty line. */
  fields: number;
  /** Where each field begins, and where it stops, without its quotes; not to be read of an unsound row. */
  spans: Int32Array;
  /** Whether quotes stand where they may, and the bytes are UTF-8. */
  isSound: boolean;
  isAscii: boolean;
}

export function createRow(): CsvRow {
  return { fields: 0, spans: new Int32Array(64), isSound: true, isAscii: true };
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the row at `start` (RFC 4180) and answers where the next one begins, or -1 if its line feed does not stand before
 * `end`. There must be a line feed at `end`, which stops every scan. Doubled quotes are made single ones in place.
 */
export function readRow(row: CsvRow, bytes: Uint8Array, start: number, end: number): number {
  row.fields = 0;
  row.isSound = true;
  let at = start;
  let allBits = 0;
  let hasDoubled = false;
  for (;;) {
    let from = at;
    let stop = -1;
    if (bytes[at] === QUOTE) {
      from = ++at;
      for (; at < end; at++) {
        const byte = bytes[at];
        allBits |= byte;
        if (byte !== QUOTE) continue;
        if (bytes[at + 1] !== QUOTE) break;
        hasDoubled = true;
        at++;
      }
      if (at >= end) return -1;
      stop = at++;
      if (bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED) at++;
      if (bytes[at] !== COMMA && bytes[at] !== LINE_FEED) row.isSound = false;
    }
    for (let byte = bytes[at]; byte !== COMMA && byte !== LINE_FEED; byte = bytes[++at]) allBits |= byte;
    addField(row, from, stop < 0 ? at : stop);
    if (bytes[at] === LINE_FEED) break;
    at++;
  }
  if (at >= end) return -1;
  endFields(row, bytes, start);
  row.isAscii = allBits <= 0x7f;
  if (!row.isAscii && !isUtf8(bytes.subarray(start, at))) row.isSound = false;
  if (hasDoubled && row.isSound) unquoteFields(row, bytes);
  return at + 1;
}

function addField(row: CsvRow, from: number, stop: number): void {
  const at = 2 * row.fields;
  if (at === row.spans.length) {
    const grown = new Int32Array(2 * at);
    grown.set(row.spans);
    row.spans = grown;
  }
  row.spans[at] = from;
  row.spans[at + 1] = stop;
  row.fields++;
}

/** A line may end in CR LF; and one without anything in it has no fields. */
function endFields(row: CsvRow, bytes: Uint8Array, start: number): void {
  const last = 2 * row.fields - 1;
  const stop = row.spans[last];
  const isQuoted = bytes[stop] === QUOTE;
  if (!isQuoted && stop > row.spans[last - 1] && bytes[stop - 1] === CARRIAGE_RETURN) row.spans[last]--;
  if (row.fields === 1 && !isQuoted && row.spans[1] === start) row.fields = 0;
}

function unquoteFields({ fields, spans }: CsvRow, bytes: Uint8Array): void {
  for (let at = 0; at < 2 * fields; at += 2) {
    // Only a field in quotes begins after one; any other could not hold two that mean one.
    if (bytes[spans[at] - 1] !== QUOTE) continue;
    let to = spans[at];
    for (let from = to; from < spans[at + 1]; from++) {
      if (bytes[from] === QUOTE) from++;
      bytes[to++] = bytes[from];
    }
    spans[at + 1] = to;
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    UTF8.decode(bytes);
    return true;
  } catch {
    // The only thing that it throws for.
    return false;
  }
}
