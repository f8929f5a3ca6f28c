import { CARRIAGE_RETURN, COMMA, LINE_FEED, QUOTE } from "./csv-row.ts";

/** Where in a row the last byte stood. */
const FIELD_START = 0;
const IN_FIELD = 1;
const IN_QUOTES = 2;
const AFTER_QUOTE = 3;

/** Passes over a row that is not kept, piece by piece. */
export interface SkippedRow {
  place: number;
}

export function skipFromStart(): SkippedRow {
  return { place: FIELD_START };
}

/** Where the next row begins; -1 if the piece ends before. */
export function skipRow(skipped: SkippedRow, piece: Uint8Array): number {
  let { place } = skipped;
  for (let at = 0; at < piece.length; at++) {
    const byte = piece[at];
    if (place === IN_QUOTES) {
      if (byte === QUOTE) place = AFTER_QUOTE;
    } else if (byte === LINE_FEED) return at + 1;
    else if (byte === COMMA) place = FIELD_START;
    else if (byte === QUOTE && place !== IN_FIELD) place = IN_QUOTES;
    else if (byte !== CARRIAGE_RETURN) place = IN_FIELD;
  }
  skipped.place = place;
  return -1;
}
