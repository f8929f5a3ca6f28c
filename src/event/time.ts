import type { ByteSpan } from "./byte-table.ts";

/** 2000-01-01T00:00:00Z: an earlier event time is a mistake, most often of the unit. Milliseconds since the epoch. */
export const EARLIEST_TIME = 946_684_800_000;

/**
 * An epoch number as milliseconds: below 1e11 it is seconds, below 1e14 milliseconds, below 1e17 microseconds, else
 * nanoseconds. Fractions of a millisecond are cut; NaN stays NaN.
 */
export function epochToMilliseconds(value: number): number {
  // A thousandth of a millisecond above, so that 1700000000.123 s does not become .122.
  if (value < 1e11) return Math.floor(value * 1_000 + 0.001);
  if (value < 1e14) return Math.floor(value);
  if (value < 1e17) return Math.floor(value / 1_000);
  return Math.floor(value / 1_000_000);
}

/**
 * Milliseconds since the epoch of an RFC 3339 date-time, NaN if it is none. Without a zone it is UTC; a space may stand for
 * the T; a leap second is the second after it; digits below the millisecond are cut.
 */
export function parseTime(span: ByteSpan): number {
  const { bytes, start, stop } = span;
  // YYYY-MM-DDThh:mm:ss
  if (stop - start < 19 || stop > bytes.length) return NaN;
  if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return NaN;
  if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return NaN;
  const separator = bytes[start + 10];
  if (separator !== 0x54 && separator !== 0x74 && separator !== 0x20) return NaN;
  const year = readTwo(bytes, start) * 100 + readTwo(bytes, start + 2);
  const month = readTwo(bytes, start + 5);
  const day = readTwo(bytes, start + 8);
  const hour = readTwo(bytes, start + 11);
  const minute = readTwo(bytes, start + 14);
  const second = readTwo(bytes, start + 17);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth(year, month))) return NaN;
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return NaN;
  let at = start + 19;
  let fraction = 0;
  if (at < stop && bytes[at] === 0x2e) {
    const first = ++at;
    for (let scale = 100; at < stop && isDigit(bytes[at]); at++, scale /= 10) {
      if (scale >= 1) fraction += (bytes[at] - 0x30) * scale;
    }
    if (at === first) return NaN;
  }
  const zone = readZone(bytes, at, stop);
  const seconds = ((daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute - zone) * 60 + second;
  return seconds * 1_000 + fraction;
}

/** Two digits as a number, or NaN. */
function readTwo(bytes: Uint8Array, at: number): number {
  const tens = bytes[at];
  const ones = bytes[at + 1];
  return isDigit(tens) && isDigit(ones) ? (tens - 0x30) * 10 + ones - 0x30 : NaN;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Minutes east of UTC, from `at` to `stop`; 0 where nothing stands there; NaN if it is no zone. */
function readZone(bytes: Uint8Array, at: number, stop: number): number {
  if (at === stop) return 0;
  const sign = bytes[at];
  if (sign === 0x5a || sign === 0x7a) return at + 1 === stop ? 0 : NaN;
  if ((sign !== 0x2b && sign !== 0x2d) || at + 6 !== stop || bytes[at + 3] !== 0x3a) return NaN;
  const hours = readTwo(bytes, at + 1);
  const minutes = readTwo(bytes, at + 4);
  if (!(hours <= 23 && minutes <= 59)) return NaN;
  return sign === 0x2b ? hours * 60 + minutes : -(hours * 60 + minutes);
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar (Hinnant, days_from_civil). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
