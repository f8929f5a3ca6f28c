import type { RecordHeaders } from "../event/records.ts";
import type { KafkaBytes } from "./kafka-bytes.ts";

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
  /** ms: of all records alike, where the broker stamps them; else undefined. */
  readonly logTime: number | undefined;
}

interface RecordParts {
  readonly position: number;
  readonly time: number;
  readonly attributes: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
}

/** A record as kafkajs hands it on, whose offset and timestamp (ms) are text only for who asks for text. */
export class FetchedRecord implements RecordOrigin {
  readonly magicByte: number;
  readonly isControlRecord: boolean;
  readonly batchContext: RecordOrigin["batchContext"];
  readonly attributes: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
  /** The offset. */
  readonly position: number;
  /** The timestamp, ms. */
  readonly time: number;

  constructor(origin: RecordOrigin, parts: RecordParts) {
    this.magicByte = origin.magicByte;
    this.isControlRecord = origin.isControlRecord;
    this.batchContext = origin.batchContext;
    this.attributes = parts.attributes;
    this.key = parts.key;
    this.value = parts.value;
    this.headers = parts.headers;
    this.position = parts.position;
    this.time = parts.time;
  }

  get offset(): string {
    return String(this.position);
  }

  get timestamp(): string {
    return String(this.time);
  }
}

/** Most records have none, and nobody writes to it. */
const NO_HEADERS: RecordHeaders = Object.freeze(Object.create(null));

/**
 * Reads the records of a batch of format 2 (https://kafka.apache.org/documentation/#record), and appends them; keys and values
 * are views. Offsets and timestamps are exact to 2^53.
 */
export function readRecords(from: KafkaBytes, head: BatchHead, into: FetchedRecord[]): void {
  const { count, firstOffset, firstTimestamp, logTime } = head;
  for (let i = 0; i < count; i++) {
    const length = from.varint();
    const end = from.at + length;
    const attributes = from.int8();
    const timestamp = firstTimestamp + from.varint();
    into.push(
      new FetchedRecord(head, {
        attributes,
        time: logTime ?? timestamp,
        position: firstOffset + from.varint(),
        key: from.varbytes(),
        value: from.varbytes(),
        headers: readHeaders(from),
      }),
    );
    from.at = end;
  }
}

/** By name; several of one name in a list. */
function readHeaders(from: KafkaBytes): RecordHeaders {
  const count = from.varint();
  if (count <= 0) return NO_HEADERS;
  // Inherits nothing: whoever sends a header may call it "constructor".
  const headers: Record<string, Buffer | null | (Buffer | null)[]> = Object.create(null);
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
