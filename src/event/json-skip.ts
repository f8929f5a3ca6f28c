import { skipNumber } from "./json-number.ts";
import { skipSpace, skipString } from "./json-text.ts";

/** Deeper nesting makes a record undecodable: no caller's stack is ever at risk. */
export const MAX_DEPTH = 512;

const OBJECT = 1;
const ARRAY = 2;

/**
 * Skips the JSON value that begins at `start` and returns the position after it, or -1 if it breaks RFC 8259 (as JSON.parse
 * sees it). `depth` is how many containers are open around it; `open` is room for MAX_DEPTH container kinds.
 */
export function skipValue(bytes: Uint8Array, start: number, depth: number, open: Uint8Array): number {
  const floor = depth;
  let at = start;
  for (;;) {
    const byte = bytes[at];
    if (byte === 0x7b || byte === 0x5b) {
      if (depth >= MAX_DEPTH) return -1;
      const isObject = byte === 0x7b;
      at = skipSpace(bytes, at + 1);
      if (bytes[at] === (isObject ? 0x7d : 0x5d)) at++;
      else {
        open[depth++] = isObject ? OBJECT : ARRAY;
        if (isObject) at = skipKey(bytes, at);
        if (at < 0) return -1;
        continue;
      }
    } else at = skipScalar(bytes, at);
    if (at < 0) return -1;
    // A value has ended: close containers until one goes on, or the value asked for is complete.
    for (;;) {
      if (depth === floor) return at;
      at = skipSpace(bytes, at);
      const isObject = open[depth - 1] === OBJECT;
      if (bytes[at] === 0x2c) {
        at = skipSpace(bytes, at + 1);
        if (isObject) at = skipKey(bytes, at);
        if (at < 0) return -1;
        break;
      }
      if (bytes[at] !== (isObject ? 0x7d : 0x5d)) return -1;
      at++;
      depth--;
    }
  }
}

/** From a key's opening quote to the first byte of its value, or -1. */
function skipKey(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0x22) return -1;
  at = skipString(bytes, at + 1);
  return at < 0 ? -1 : skipColon(bytes, at);
}

/** From the byte after a key's closing quote to the first byte of its value, or -1. */
export function skipColon(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0x3a) {
    at = skipSpace(bytes, at);
    if (bytes[at] !== 0x3a) return -1;
  }
  at++;
  return bytes[at] <= 0x20 ? skipSpace(bytes, at) : at;
}

/** Skips a string, number, true, false or null; -1 if it is none. */
function skipScalar(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case 0x22:
      return skipString(bytes, at + 1);
    case 0x74:
      return isTrue(bytes, at) ? at + 4 : -1;
    case 0x66:
      return isFalse(bytes, at) ? at + 5 : -1;
    case 0x6e:
      return isNull(bytes, at) ? at + 4 : -1;
    default:
      return skipNumber(bytes, at);
  }
}

export function isTrue(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x74 && bytes[at + 1] === 0x72 && bytes[at + 2] === 0x75 && bytes[at + 3] === 0x65;
}

export function isFalse(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 0x66 &&
    bytes[at + 1] === 0x61 &&
    bytes[at + 2] === 0x6c &&
    bytes[at + 3] === 0x73 &&
    bytes[at + 4] === 0x65
  );
}

export function isNull(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x6e && bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c;
}
