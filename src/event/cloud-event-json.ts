import { addCode, createByteTable, createSpan, findCode, hashSpan, setSpan } from "./byte-table.ts";
import type { ByteSpan, ByteTable } from "./byte-table.ts";
import { attributeNames, hasAttribute, ID, putAttribute, SOURCE, SPEC_VERSION, TYPE } from "./cloud-event.ts";
import type { Attributes } from "./cloud-event.ts";
import { isNull, MAX_DEPTH, skipColon, skipValue } from "./json-skip.ts";
import { hasEscape, skipSpace, skipString, unescapeString } from "./json-text.ts";

/** CloudEvents in structured mode (JSON event format 1.0): one object that holds attributes and data. */
export interface StructuredReader {
  /** Positions of attributes by name, and DATA and DATA_BASE64. */
  readonly keys: ByteTable;
  readonly span: ByteSpan;
  readonly open: Uint8Array;
  /** What the event carries, as the bytes that stood in the request or response. */
  body: Uint8Array;
}

const DATA = 100;
const DATA_BASE64 = 101;
const EMPTY = new Uint8Array(0);

export function createStructuredReader(): StructuredReader {
  const keys = createByteTable();
  const encoder = new TextEncoder();
  for (const [name, position] of attributeNames()) addCode(keys, encoder.encode(name), position);
  addCode(keys, encoder.encode("data"), DATA);
  addCode(keys, encoder.encode("data_base64"), DATA_BASE64);
  return { keys, span: createSpan(), open: new Uint8Array(MAX_DEPTH), body: EMPTY };
}

/**
 * Reads the value's attributes and finds its data; false if it is no JSON object. That it is an event is another question:
 * see isWholeEvent.
 */
export function readStructured(reader: StructuredReader, attributes: Attributes, value: Uint8Array): boolean {
  reader.body = EMPTY;
  let at = skipSpace(value, 0);
  if (value[at] !== 0x7b) return false;
  at = skipSpace(value, at + 1);
  if (value[at] === 0x7d) return skipSpace(value, at + 1) === value.length;
  for (;;) {
    if (value[at] !== 0x22) return false;
    const keyStop = skipString(value, at + 1);
    if (keyStop < 0) return false;
    const position = findKey(reader, value, [at + 1, keyStop - 1]);
    at = skipColon(value, keyStop);
    if (at < 0) return false;
    const stop = position === DATA ? skipData(value, at, reader.open) : skipValue(value, at, 1, reader.open);
    if (stop < 0) return false;
    takeMember(reader, attributes, { value, position, start: at, stop });
    at = skipSpace(value, stop);
    if (value[at] === 0x7d) return skipSpace(value, at + 1) === value.length;
    if (value[at] !== 0x2c) return false;
    at = skipSpace(value, at + 1);
  }
}

/** Whether what was read has all that CloudEvents asks of an event: Python's SDK 1.x says so nowhere else. */
export function isWholeEvent(attributes: Attributes): boolean {
  return (
    hasAttribute(attributes, ID) &&
    hasAttribute(attributes, TYPE) &&
    hasAttribute(attributes, SOURCE) &&
    hasAttribute(attributes, SPEC_VERSION)
  );
}

function findKey(
  { keys, span }: StructuredReader,
  value: Uint8Array,
  key: readonly [number, number],
): number {
  setSpan(span, value, key[0], key[1]);
  hashSpan(span);
  return findCode(keys, span);
}

interface Member {
  readonly value: Uint8Array;
  readonly position: number;
  readonly start: number;
  readonly stop: number;
}

function takeMember(reader: StructuredReader, attributes: Attributes, member: Member): void {
  const { value, position, start, stop } = member;
  if (position < 0 || isNull(value, start)) return;
  const isText = value[start] === 0x22;
  if (position === DATA) reader.body = isText ? textOf(member) : value.subarray(start, stop);
  // Characters that base64 does not have are passed over: what is left is no body then.
  else if (position === DATA_BASE64) reader.body = Buffer.from(asciiOf(textOf(member)), "base64");
  else if (!isText) attributes.faulty[position] = 1;
  else if (hasEscape(value, start + 1, stop - 1)) {
    const text = textOf(member);
    putAttribute(attributes, position, text, { start: 0, stop: text.length });
  } else putAttribute(attributes, position, value, { start: start + 1, stop: stop - 1 });
}

/** A string's text, or the value as it stands. */
function textOf({ value, start, stop }: Member): Uint8Array {
  if (value[start] !== 0x22) return value.subarray(start, stop);
  if (!hasEscape(value, start + 1, stop - 1)) return value.subarray(start + 1, stop - 1);
  const text = new Uint8Array(stop - start);
  return text.subarray(0, unescapeString(value, start + 1, stop - 1, text));
}

function asciiOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** From the data's first byte to the one after it, or -1. NaN may stand in it, as Python writes it: its own reader judges. */
function skipData(bytes: Uint8Array, start: number, open: Uint8Array): number {
  if (bytes[start] !== 0x7b && bytes[start] !== 0x5b) return skipValue(bytes, start, 1, open);
  let depth = 0;
  for (let at = start; at < bytes.length;) {
    const byte = bytes[at];
    if (byte === 0x22) {
      at = skipString(bytes, at + 1);
      if (at < 0) return -1;
      continue;
    }
    at++;
    if (byte === 0x7b || byte === 0x5b) depth++;
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return at;
  }
  return -1;
}
