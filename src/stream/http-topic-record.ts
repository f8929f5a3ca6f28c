import type { StreamConfig } from "../config/config.ts";
import { headerBytes } from "../event/records.ts";
import type { RecordBatch, RecordHeaders } from "../event/records.ts";
import { TURNED_AWAY } from "../event/turned-away.ts";
import type { TurnedAwayWhy } from "../event/turned-away.ts";
import type { OutgoingRecord } from "./kafka-sender.ts";

/** Where the records of a stream go. */
export interface Topic {
  readonly topic: string;
  /** Headers of requests that say nothing of a record. */
  readonly leftOut: ReadonlySet<string>;
}

/** Of the connection, or of the body as it came. */
const TRANSPORT = [
  "host",
  "connection",
  "keep-alive",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "content-length",
  "accept",
  "accept-encoding",
  "accept-language",
  "user-agent",
  "sec-fetch-mode",
];

/** Throws where the stream has no topic. */
export function describeTopic({ name, topic, map }: StreamConfig): Topic {
  if (topic === undefined) throw new Error(`stream ${name} has no topic`);
  const asked = Object.values(map).flatMap((source) => ("header" in source ? [source.header] : []));
  return { topic, leftOut: new Set(TRANSPORT.filter((header) => !asked.includes(header))) };
}

/** A record as Kafka keeps it: what decodes it there finds what it would have found here. */
export function recordOf(source: {
  readonly batch: RecordBatch;
  readonly place: number;
  readonly key: Uint8Array | null;
  readonly leftOut: Topic["leftOut"];
}): OutgoingRecord {
  const { batch, place, key, leftOut } = source;
  return {
    key: asBuffer(key),
    value: asBuffer(batch.values[place] ?? null),
    headers: kafkaHeaders(batch.headers[place] ?? {}, leftOut),
    timestamp: String(batch.timestamps[place]),
  };
}

/** Stands for a request, or an item of one, of which nothing is kept but that it came. */
export function standIn(why: TurnedAwayWhy, time: number | undefined): OutgoingRecord {
  const timestamp = time === undefined ? {} : { timestamp: String(time) };
  return { key: null, value: null, headers: { [TURNED_AWAY]: why }, ...timestamp };
}

function kafkaHeaders(headers: RecordHeaders, leftOut: Topic["leftOut"]): OutgoingRecord["headers"] {
  const kept: Record<string, Buffer | Buffer[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || leftOut.has(name)) continue;
    const isOne = typeof value === "string" || value instanceof Uint8Array;
    kept[name] = isOne ? bufferOf(value) : value.map(bufferOf);
  }
  return kept;
}

function bufferOf(value: Uint8Array | string): Buffer {
  return asBuffer(headerBytes(value));
}

function asBuffer(bytes: Uint8Array): Buffer;
function asBuffer(bytes: Uint8Array | null): Buffer | null;
function asBuffer(bytes: Uint8Array | null): Buffer | null {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Of one request to a broker, which takes 1 MiB by default. */
const REQUEST_BYTES = 900_000;

/** The place after the last record of a request that begins at `start`: at least one goes along. */
export function endOfRequest(records: readonly OutgoingRecord[], start: number): number {
  let bytes = 0;
  let end = start;
  while (end < records.length && (end === start || bytes < REQUEST_BYTES)) {
    bytes += sizeOf(records[end]);
    if (end > start && bytes > REQUEST_BYTES) break;
    end += 1;
  }
  return end;
}

/** Bytes of a record, and of what Kafka adds to it, at most. */
function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = 64 + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, one] of Object.entries(headers)) {
    bytes += 8 + name.length;
    for (const part of [one].flat()) bytes += part?.length ?? 0;
  }
  return bytes;
}
