import { createSpan, setSpan } from "./byte-table.ts";
import type { ByteSpan } from "./byte-table.ts";
import type { RecordHeaders } from "./records.ts";

/** What is read of a CloudEvent's attributes, and of the other headers that model servers write: positions in `spans`. */
export const ID = 0;
export const TYPE = 1;
export const SOURCE = 2;
export const SPEC_VERSION = 3;
export const TIME = 4;
export const COMPONENT = 5;
export const ENDPOINT = 6;
export const SERVICE = 7;
export const MODEL_ID = 8;
export const CONTENT_TYPE = 9;
export const REQUEST_ID = 10;
export const MLSERVER_MODEL = 11;
export const MLSERVER_VERSION = 12;
const COUNT = 13;

/** In the order of the positions above, as CloudEvents 1.0 and KServe call them. */
const ATTRIBUTES: ReadonlyMap<string, number> = new Map([
  ["id", ID],
  ["type", TYPE],
  ["source", SOURCE],
  ["specversion", SPEC_VERSION],
  ["time", TIME],
  ["component", COMPONENT],
  ["endpoint", ENDPOINT],
  ["inferenceservicename", SERVICE],
  ["modelid", MODEL_ID],
  ["datacontenttype", CONTENT_TYPE],
]);

const HEADERS: ReadonlyMap<string, number> = new Map([
  ["content-type", CONTENT_TYPE],
  ["x-request-id", REQUEST_ID],
  ["mlserver-model", MLSERVER_MODEL],
  ["mlserver-version", MLSERVER_VERSION],
]);

/** Names of headers that are remembered, so that a name is taken apart once and not once per record. */
const MOST_NAMES = 256;
const FIRST_ROOM = 1_024;

/** The attributes of the record in hand: one per decoder. */
export interface Attributes {
  /** By position: UTF-8 as it was sent; an empty one is absent. */
  readonly spans: readonly ByteSpan[];
  /** By position: 1 where it was sent twice and differently, or is no text. */
  readonly faulty: Uint8Array;
  /** Positions by name of header; -1 for those that mean nothing here. */
  readonly names: Map<string, number>;
  /** Where headers stand that came as strings, and how much of it is used. */
  room: Uint8Array;
  used: number;
}

export function createAttributes(): Attributes {
  return {
    spans: Array.from({ length: COUNT }, createSpan),
    faulty: new Uint8Array(COUNT),
    names: new Map(),
    room: new Uint8Array(FIRST_ROOM),
    used: 0,
  };
}

/** Forgets the record before. */
export function clearAttributes(attributes: Attributes): void {
  for (const span of attributes.spans) span.stop = span.start;
  attributes.faulty.fill(0);
  attributes.used = 0;
}

export function hasAttribute({ spans }: Attributes, position: number): boolean {
  return spans[position].stop > spans[position].start;
}

/**
 * Reads a record's headers: `ce-` over HTTP in any case, `ce_` in the Kafka binding, `Ce-` as MLServer writes them to Kafka.
 * Values are taken as they are: KServe's logger does not write %41 for A as the HTTP binding asks, and an id may hold a %.
 */
export function readHeaders(attributes: Attributes, headers: RecordHeaders | undefined): void {
  if (headers === undefined) return;
  for (const name in headers) {
    const position = positionOf(attributes.names, name);
    if (position < 0) continue;
    const value = headers[name];
    if (typeof value === "string" || value instanceof Uint8Array) putHeader(attributes, position, value);
    else if (value !== undefined) for (const one of value) putHeader(attributes, position, one);
  }
}

function positionOf(names: Map<string, number>, name: string): number {
  const known = names.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  const attribute = /^ce[-_](.*)$/.exec(lower)?.[1];
  const position = (attribute === undefined ? HEADERS.get(lower) : ATTRIBUTES.get(attribute)) ?? -1;
  if (names.size < MOST_NAMES) names.set(name, position);
  return position;
}

function putHeader(attributes: Attributes, position: number, value: Uint8Array | string): void {
  if (typeof value !== "string") {
    putAttribute(attributes, position, value, { start: 0, stop: value.length });
    return;
  }
  const start = attributes.used;
  writeHeader(attributes, value);
  putAttribute(attributes, position, attributes.room, { start, stop: attributes.used });
}

/** As `headerBytes` has it, but that nothing is made for every header. */
function writeHeader(attributes: Attributes, text: string): void {
  const end = attributes.used + text.length;
  // Spans of headers before it go on pointing into the former room.
  if (end > attributes.room.length) attributes.room = new Uint8Array(2 * end);
  const { room } = attributes;
  for (let i = 0, at = attributes.used; at < end; i++, at++) room[at] = text.charCodeAt(i);
  attributes.used = end;
}

/** Takes in the value that stands in `bytes` from `start` to before `stop`; an empty one says nothing. */
export function putAttribute(
  { spans, faulty }: Attributes,
  position: number,
  bytes: Uint8Array,
  { start, stop }: { readonly start: number; readonly stop: number },
): void {
  if (start === stop) return;
  const span = spans[position];
  if (span.stop === span.start) setSpan(span, bytes, start, stop);
  else if (!equalsBytes(span, bytes.subarray(start, stop))) faulty[position] = 1;
}

function equalsBytes({ bytes, start, stop }: ByteSpan, other: Uint8Array): boolean {
  if (stop - start !== other.length) return false;
  for (let i = 0; i < other.length; i++) if (bytes[start + i] !== other[i]) return false;
  return true;
}

/** Whether an attribute is this text. */
export function isAttribute(attributes: Attributes, position: number, text: Uint8Array): boolean {
  return equalsBytes(attributes.spans[position], text);
}

/** Names of attributes, as in a structured event, and their positions. */
export function attributeNames(): Iterable<readonly [string, number]> {
  return ATTRIBUTES;
}

const STRUCTURED = new TextEncoder().encode("application/cloudevents");

/** Whether the content type says that the value is a whole event. */
export function saysStructured({ spans }: Attributes): boolean {
  const { bytes, start, stop } = spans[CONTENT_TYPE];
  if (stop - start < STRUCTURED.length) return false;
  for (let i = 0; i < STRUCTURED.length; i++) {
    const byte = bytes[start + i];
    const lower = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
    if (lower !== STRUCTURED[i]) return false;
  }
  return true;
}
