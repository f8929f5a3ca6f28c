import { setSpan } from "./byte-table.ts";
import type { ByteSpan } from "./byte-table.ts";

/** Room for the digits of one id: made once for all records. */
export type IdDigits = Uint8Array;

/** As many as 2^64 - 1 has. */
const MOST_DIGITS = 20;
const MOST_HEX_DIGITS = 16;
const GREATEST = new TextEncoder().encode("18446744073709551615");

export function createIdDigits(): IdDigits {
  return new Uint8Array(MOST_DIGITS);
}

/**
 * Points the span, which holds a 64-bit number as `as` says, at its plain decimal text: what one side writes in hex and the other
 * in decimal then is one id, with zeros before it or without, as those of 64 bits in 128-bit trace ids. False if it is no such number.
 */
export function normalizeId(span: ByteSpan, as: "hex" | "decimal", digits: IdDigits): boolean {
  return as === "hex" ? fromHex(span, digits) : fromDecimal(span);
}

function fromDecimal(span: ByteSpan): boolean {
  const { bytes, stop } = span;
  if (span.start === stop) return false;
  for (let at = span.start; at < stop; at++) if (bytes[at] < 0x30 || bytes[at] > 0x39) return false;
  const start = afterZeros(span);
  if (stop - start > MOST_DIGITS || (stop - start === MOST_DIGITS && isBeyond(bytes, start))) return false;
  setSpan(span, bytes, start, stop);
  return true;
}

/** The last digit stays, also if it is a zero. */
function afterZeros({ bytes, start, stop }: ByteSpan): number {
  let at = start;
  while (at < stop - 1 && bytes[at] === 0x30) at++;
  return at;
}

function isBeyond(bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < MOST_DIGITS; i++) {
    if (bytes[start + i] !== GREATEST[i]) return bytes[start + i] > GREATEST[i];
  }
  return false;
}

function fromHex(span: ByteSpan, digits: IdDigits): boolean {
  const { bytes, stop } = span;
  const start = afterZeros(span);
  if (start === stop || stop - start > MOST_HEX_DIGITS) return false;
  let high = 0;
  let low = 0;
  for (let at = start; at < stop; at++) {
    const digit = hexDigit(bytes[at]);
    if (digit < 0) return false;
    high = ((high << 4) | (low >>> 28)) >>> 0;
    low = ((low << 4) | digit) >>> 0;
  }
  let at = MOST_DIGITS;
  do {
    // One decimal digit at a time, in two halves: no step leaves the exact range.
    const rest = (high % 10) * 0x1_0000_0000 + low;
    high = Math.floor(high / 10);
    low = Math.floor(rest / 10);
    digits[--at] = 0x30 + (rest % 10);
  } while (high !== 0 || low !== 0);
  setSpan(span, digits, at, MOST_DIGITS);
  return true;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
