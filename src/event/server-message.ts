import { createSpan, setSpan } from "./byte-table.ts";
import type { ByteSpan } from "./byte-table.ts";
import { clearAttributes, createAttributes, hasAttribute, TIME } from "./cloud-event.ts";
import type { Attributes } from "./cloud-event.ts";
import { createStructuredReader } from "./cloud-event-json.ts";
import type { StructuredReader } from "./cloud-event-json.ts";

/** A request or a response as its record carries it: the body, and what stands around it. One per decoder. */
export interface ServerMessage {
  readonly attributes: Attributes;
  readonly structured: StructuredReader;
  /** What the record says of its body; `either` leaves it to the body. */
  kind: "request" | "response" | "either";
  body: Uint8Array;
  /** What stands around the body, "" where nothing does. */
  readonly id: ByteSpan;
  readonly time: ByteSpan;
  readonly model: ByteSpan;
  /** Counts only where the body names none. */
  readonly version: ByteSpan;
  /** Whether the body's own id stands in for one that is missing. */
  takesBodyId: boolean;
  /** Whether it was said twice and differently, or is no text. */
  isIdDoubtful: boolean;
  isTimeDoubtful: boolean;
}

/** What became of a record when its message was opened. */
export const OPENED = 0;
/** Of no interest: other events, requests for health and metadata, other components. */
export const IGNORED = 1;
export const UNDECODABLE = 2;
/** The response of a call that failed. */
export const FAILED = 3;
export type Opening = typeof OPENED | typeof IGNORED | typeof UNDECODABLE | typeof FAILED;

/** Opens messages of one format: `value` is the record's, whose headers have been read, `key` its key. */
export type MessageOpener = (message: ServerMessage, value: Uint8Array, key: Uint8Array | null) => Opening;

const EMPTY = new Uint8Array(0);

export function createMessage(): ServerMessage {
  return {
    attributes: createAttributes(),
    structured: createStructuredReader(),
    kind: "either",
    body: EMPTY,
    id: createSpan(),
    time: createSpan(),
    model: createSpan(),
    version: createSpan(),
    takesBodyId: true,
    isIdDoubtful: false,
    isTimeDoubtful: false,
  };
}

/** Forgets the record before. */
export function clearMessage(message: ServerMessage): void {
  clearAttributes(message.attributes);
  message.kind = "either";
  message.body = EMPTY;
  setSpan(message.id, EMPTY, 0, 0);
  setSpan(message.time, EMPTY, 0, 0);
  setSpan(message.model, EMPTY, 0, 0);
  setSpan(message.version, EMPTY, 0, 0);
  message.takesBodyId = true;
  message.isIdDoubtful = false;
  message.isTimeDoubtful = false;
}

/** Lets a field be the first of these attributes that is there; they are asked in this order. */
export function takeAttribute(
  { attributes }: ServerMessage,
  into: ByteSpan,
  positions: readonly number[],
): void {
  for (const position of positions) {
    if (!hasAttribute(attributes, position)) continue;
    const { bytes, start, stop } = attributes.spans[position];
    setSpan(into, bytes, start, stop);
    return;
  }
}

/** Lets the id be the first of these attributes that is there. */
export function takeId(message: ServerMessage, positions: readonly number[]): void {
  const { faulty } = message.attributes;
  takeAttribute(message, message.id, positions);
  for (const position of positions) if (faulty[position] === 1) message.isIdDoubtful = true;
}

const ONLY_TIME = [TIME];

/** Lets the time be that attribute. */
export function takeTime(message: ServerMessage): void {
  takeAttribute(message, message.time, ONLY_TIME);
  message.isTimeDoubtful = message.attributes.faulty[TIME] === 1;
}

/** Lets the record's key be its id; an empty one is none. */
export function takeKey(message: ServerMessage, key: Uint8Array | null): boolean {
  if (key === null || key.length === 0) return false;
  setSpan(message.id, key, 0, key.length);
  return true;
}
