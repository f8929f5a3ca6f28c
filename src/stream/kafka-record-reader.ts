import type { RecordHeaders } from "../event/records.ts";
import type { KafkaBytes } from "./kafka-bytes.ts";

/** A record as kafkajs hands it on; offset and timestamp (ms) are decimal text. */
export interface FetchedRecord extends RecordOrigin {
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
}

/** What all records of a batch share. */
interface RecordOrigin {
  readonly magicByte: number;
  readonly isControlRecord: boolean;
  readonly batchContext: {
    /** Decimal text. */
    readonly producerId: string;
    readonly inTransaction: boolean;
  };
}

/** The head of a batch, as far as its records depend on it. */
export interface BatchHead extends RecordOrigin {
  /** How many records it says it has. */
  readonly count: number;
  readonly firstOffset: number;
  /** ms. */
  readonly firstTimestamp: number;
  /** ms, decimal text: of all records alike, where the broker stamps them; else undefined. */
  readonly logTime: string | undefined;
}

/** Most records have none, and nobody writes to it. */
const NO_HEADERS: RecordHeaders = Object.freeze({});

/**
 * Reads the records of a batch of format 2 (https://kafka.apache.org/documentation/#record), and appends them; keys and values
 * are views. Offsets and timestamps are exact to 2^53.
 */
export function readRecords(from: KafkaBytes, head: BatchHead, into: FetchedRecord[]): void {
  const { magicByte, isControlRecord, batchContext, firstOffset, firstTimestamp, logTime } = head;
  for (let i = 0; i < head.count; i++) {
    const length = from.varint();
    const end = from.at + length;
    const attributes = from.int8();
    const timestamp = firstTimestamp + from.varint();
    const offset = firstOffset + from.varint();
    into.push({
      magicByte,
      attributes,
      timestamp: logTime ?? String(timestamp),
      offset: String(offset),
      key: from.varbytes(),
      value: from.varbytes(),
      headers: readHeaders(from),
      isControlRecord,
      batchContext,
    });
    from.at = end;
  }
}

/** By name; several of one name in a list. */
function readHeaders(from: KafkaBytes): RecordHeaders {
  const count = from.varint();
  if (count <= 0) return NO_HEADERS;
  const headers: Record<string, Buffer | null | (Buffer | null)[]> = {};
  for (let i = 0; i < count; i++) {
    const name = String(from.varbytes());
    const value = from.varbytes();
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else headers[name] = [before, value];
  }
  // A header without a value is null here, which kafkajs' types do not tell either.
  return headers as RecordHeaders;
}
