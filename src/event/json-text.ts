/** What a byte means inside a JSON string. */
export const PLAIN = 0;
const QUOTE = 1;
const BACKSLASH = 2;
const CONTROL = 3;
const MULTIBYTE = 4;

/** By byte. */
export const STRING_CLASS: Uint8Array = classifyBytes();

function classifyBytes(): Uint8Array {
  const classes = new Uint8Array(256);
  classes.fill(CONTROL, 0, 0x20);
  classes.fill(MULTIBYTE, 0x80);
  classes[0x22] = QUOTE;
  classes[0x5c] = BACKSLASH;
  return classes;
}

/** The position of the first byte at or after `at` that is not JSON white space; at most `bytes.length`. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  const end = bytes.length;
  while (at < end) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at++;
  }
  return at;
}

/**
 * Skips a string from the byte after its opening quote to the byte after its closing one; -1 if it breaks RFC 8259 or is
 * not valid UTF-8 (JSON.parse would see replacement characters there: two different values could become one).
 */
export function skipString(bytes: Uint8Array, at: number): number {
  const end = bytes.length;
  while (at >= 0 && at < end) {
    const kind = STRING_CLASS[bytes[at]];
    if (kind === PLAIN) at++;
    else if (kind === QUOTE) return at + 1;
    else if (kind === BACKSLASH) at = skipEscape(bytes, at);
    else if (kind === MULTIBYTE) at = skipMultibyte(bytes, at);
    else return -1;
  }
  return -1;
}

/** The position of the first byte of a string at or after `at` that is not a character by itself: its end, or an escape. */
export function skipPlain(bytes: Uint8Array, at: number): number {
  const end = bytes.length;
  while (at < end && STRING_CLASS[bytes[at]] === PLAIN) at++;
  return at;
}

function skipEscape(bytes: Uint8Array, at: number): number {
  switch (bytes[at + 1]) {
    case 0x22: // "
    case 0x2f: // /
    case 0x5c: // backslash
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 2;
    case 0x75: // u
      return readHex(bytes, at + 2) < 0 ? -1 : at + 6;
    default:
      return -1;
  }
}

/** Four hexadecimal digits as a code unit, or -1. */
function readHex(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) return -1;
  let unit = 0;
  for (let i = at; i < at + 4; i++) {
    const byte = bytes[i];
    const lower = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) unit = (unit << 4) | (byte - 0x30);
    else if (lower >= 0x61 && lower <= 0x66) unit = (unit << 4) | (lower - 0x57);
    else return -1;
  }
  return unit;
}

/** Skips one UTF-8 sequence of two to four bytes (Unicode 15, table 3-7); -1 if it is ill-formed. */
export function skipMultibyte(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  if (lead < 0xc2 || lead > 0xf4) return -1;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + length > bytes.length) return -1;
  let low = 0x80;
  let high = 0xbf;
  if (lead === 0xe0) low = 0xa0;
  else if (lead === 0xed) high = 0x9f;
  else if (lead === 0xf0) low = 0x90;
  else if (lead === 0xf4) high = 0x8f;
  if (bytes[at + 1] < low || bytes[at + 1] > high) return -1;
  for (let i = at + 2; i < at + length; i++) {
    if ((bytes[i] & 0xc0) !== 0x80) return -1;
  }
  return at + length;
}

export function hasEscape(bytes: Uint8Array, start: number, stop: number): boolean {
  for (let i = start; i < stop; i++) {
    if (bytes[i] === 0x5c) return true;
  }
  return false;
}

/**
 * Writes the UTF-8 of a valid string's inside (`start` to `stop`, without the quotes) to `into`, which must be at least as
 * long, and returns the length. A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD as it does wherever JavaScript
 * writes a string: a category that a reference has stored is then found again.
 */
export function unescapeString(bytes: Uint8Array, start: number, stop: number, into: Uint8Array): number {
  let length = 0;
  let at = start;
  while (at < stop) {
    const byte = bytes[at];
    if (byte !== 0x5c) {
      into[length++] = byte;
      at++;
      continue;
    }
    const escape = bytes[at + 1];
    if (escape !== 0x75) {
      into[length++] = unescapeByte(escape);
      at += 2;
      continue;
    }
    let point = readHex(bytes, at + 2);
    at += 6;
    if (point >= 0xd800 && point < 0xdc00 && at < stop && bytes[at] === 0x5c && bytes[at + 1] === 0x75) {
      const second = readHex(bytes, at + 2);
      if (second >= 0xdc00 && second < 0xe000) {
        point = 0x10000 + ((point - 0xd800) << 10) + (second - 0xdc00);
        at += 6;
      }
    }
    if (point >= 0xd800 && point < 0xe000) point = 0xfffd;
    length = writePoint(point, into, length);
  }
  return length;
}

function unescapeByte(escape: number): number {
  switch (escape) {
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return escape;
  }
}

function writePoint(point: number, into: Uint8Array, length: number): number {
  if (point < 0x80) {
    into[length++] = point;
    return length;
  }
  if (point < 0x800) {
    into[length++] = 0xc0 | (point >> 6);
  } else {
    if (point < 0x10000) {
      into[length++] = 0xe0 | (point >> 12);
    } else {
      into[length++] = 0xf0 | (point >> 18);
      into[length++] = 0x80 | ((point >> 12) & 0x3f);
    }
    into[length++] = 0x80 | ((point >> 6) & 0x3f);
  }
  into[length++] = 0x80 | (point & 0x3f);
  return length;
}
