import type { ByteSpan } from "./byte-table.ts";

/**
 * High half of the id of a row of a record, `high` being that of the record's own id: row 0 has the record's id, and for a
 * given row each half is a bijection, so that ids that differ still differ. Row: 0 to 2^32 - 1.
 */
export function mixRowHigh(high: number, row: number): number {
  return (high ^ scatter(Math.imul(row, 0x9e3779b1))) >>> 0;
}

/** The low half of the same. */
export function mixRowLow(low: number, row: number): number {
  return (low ^ scatter(row)) >>> 0;
}

/** The last step of MurmurHash3's 32 bits: a bijection under which only 0 is certain to stay what it is. */
function scatter(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

const HASH_SIGN = 0x23;
const ZERO = 0x30;
const NINE = 0x39;
/** Digits of the largest number that is read as a row. */
const MOST_DIGITS = 9;

/**
 * Reads `id#k` as row k of the record `id`: leaves the record's id in the span and answers k. Where the text ends otherwise
 * (also with leading zeros, or more than nine digits) the span is left as it is, and the row is 0.
 */
export function takeRow(span: ByteSpan): number {
  const { bytes, start, stop } = span;
  let at = stop;
  while (at > start && bytes[at - 1] >= ZERO && bytes[at - 1] <= NINE) at--;
  const digits = stop - at;
  if (digits === 0 || digits > MOST_DIGITS || at <= start || bytes[at - 1] !== HASH_SIGN) return 0;
  if (bytes[at] === ZERO && digits > 1) return 0;
  // An id of nothing is none.
  if (at - 1 === start) return 0;
  let row = 0;
  for (let i = at; i < stop; i++) row = row * 10 + (bytes[i] - ZERO);
  span.stop = at - 1;
  return row;
}
