import { skipNumber } from "./json-number.ts";

/** What a field of a record may hold, one counter each; a text counts by its format. */
export const FIELD_SLOTS = [
  "null",
  "boolean",
  "integer",
  "number",
  "object",
  "array",
  "date-time",
  "date",
  "uuid",
  "email",
  "uri",
  "numeric",
  "hex",
  "text",
] as const;

export type FieldSlot = (typeof FIELD_SLOTS)[number];

/** What a field of one record is: a slot, or of a tensor its datatype and how many cells a row has (`tensor FP32[4]`). */
export type FieldType = FieldSlot | TensorType;
export type TensorType = `tensor ${string}`;

const TENSOR = "tensor ";

export function isTensorType(type: string): type is TensorType {
  return type.startsWith(TENSOR);
}

/** @param width cells of a row; `any` where it makes no difference */
export function tensorType(datatype: string, width: number | "any"): TensorType {
  return `${TENSOR}${datatype}${width === 1 ? "" : `[${width}]`}`;
}

/** The type as people are told it: `FP32[4]`. */
export function nameTensorType(type: TensorType): string {
  return type.slice(TENSOR.length);
}

/** Positions in FIELD_SLOTS. */
export const SLOT = {
  null: 0,
  boolean: 1,
  integer: 2,
  number: 3,
  object: 4,
  array: 5,
  dateTime: 6,
  date: 7,
  uuid: 8,
  email: 9,
  uri: 10,
  numeric: 11,
  hex: 12,
  text: 13,
} as const;

/** From here on all are formats of texts. */
export const FIRST_TEXT: number = SLOT.dateTime;

/** A longer text is `text` at once. Bytes. */
const LONGEST_FORMAT = 256;

/** The format of a text by cheap tests of its bytes: it says what the text looks like, not that it is valid. */
export function formatOf(bytes: Uint8Array, start: number, stop: number): number {
  const length = stop - start;
  if (length === 0 || length > LONGEST_FORMAT) return SLOT.text;
  const first = bytes[start];
  if (isDigit(first) || first === 0x2d || first === 0x2b) {
    if (length >= 10 && isDate(bytes, start)) {
      if (length === 10) return SLOT.date;
      if (isTime(bytes, start + 10, stop)) return SLOT.dateTime;
    }
    if (isNumeric(bytes, start, stop)) return SLOT.numeric;
  }
  if (length === 36 && isUuid(bytes, start)) return SLOT.uuid;
  // Shorter ones may be words.
  if (length >= 8 && length % 2 === 0 && isHex(bytes, start, stop)) return SLOT.hex;
  return namedFormat(bytes, start, stop);
}

/** Numbers as JSON writes them, with a sign or zeros before them too: codes of digits alone. */
function isNumeric(bytes: Uint8Array, start: number, stop: number): boolean {
  let at = bytes[start] === 0x2b ? start + 1 : start;
  const digits = bytes[at] === 0x2d ? at + 1 : at;
  while (at < stop && (at < digits || isDigit(bytes[at]))) at++;
  if (at === stop && stop > digits) return true;
  return skipNumber(bytes, bytes[start] === 0x2b ? start + 1 : start) === stop;
}

function isDate(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 10; i++) {
    const isDash = i === 4 || i === 7;
    if (isDash ? bytes[at + i] !== 0x2d : !isDigit(bytes[at + i])) return false;
  }
  return true;
}

/** "T12:00" and whatever follows, also with a space in place of the T. */
function isTime(bytes: Uint8Array, at: number, stop: number): boolean {
  const separator = bytes[at] | 0x20;
  if (stop - at < 6 || (separator !== 0x74 && separator !== 0x20)) return false;
  return (
    isDigit(bytes[at + 1]) &&
    isDigit(bytes[at + 2]) &&
    bytes[at + 3] === 0x3a &&
    isDigit(bytes[at + 4]) &&
    isDigit(bytes[at + 5])
  );
}

function isUuid(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 36; i++) {
    const isDash = i === 8 || i === 13 || i === 18 || i === 23;
    if (isDash ? bytes[at + i] !== 0x2d : !isHexDigit(bytes[at + i])) return false;
  }
  return true;
}

function isHex(bytes: Uint8Array, start: number, stop: number): boolean {
  for (let at = start; at < stop; at++) if (!isHexDigit(bytes[at])) return false;
  return true;
}

/** An address has one @ and a point behind it; a URI a scheme and ://. */
function namedFormat(bytes: Uint8Array, start: number, stop: number): number {
  let at = -1;
  let point = -1;
  for (let i = start; i < stop; i++) {
    const byte = bytes[i];
    if (byte <= 0x20) return SLOT.text;
    if (byte === 0x3a) {
      return i > start && bytes[i + 1] === 0x2f && bytes[i + 2] === 0x2f && i + 3 < stop
        ? SLOT.uri
        : SLOT.text;
    }
    if (byte === 0x40) {
      if (at >= 0 || i === start) return SLOT.text;
      at = i;
    } else if (byte === 0x2e && at >= 0 && i > at + 1) point = i;
  }
  return point > 0 && point < stop - 1 ? SLOT.email : SLOT.text;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}
