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
  /** What the batch's records stand in. */
  readonly bytes: Buffer;
  readonly attributes: number;
  /** Above the batch's first offset. */
  readonly offsetDelta: number;
  /** After the batch's first timestamp, ms. */
  readonly timeDelta: number;
  /** Where key and value begin, and how long they are; -1: there is none. */
  readonly keyAt: number;
  readonly keyLength: number;
  readonly valueAt: number;
  readonly valueLength: number;
  readonly headers: RecordHeaders;
}

/**
 * A record as kafkajs hands it on. The thousands of an answer wait until those before them are taken in, long enough to be moved
 * to where only a whole collection finds them: they are kept small, and what they are made of is made when it is asked for.
 */
export class FetchedRecord implements RecordOrigin {
  readonly attributes: number;
  readonly headers: RecordHeaders;
  private readonly head: BatchHead;
  private readonly bytes: Buffer;
  private readonly offsetDelta: number;
  private readonly timeDelta: number;
  private readonly keyAt: number;
  private readonly keyLength: number;
  private readonly valueAt: number;
  private readonly valueLength: number;

  constructor(head: BatchHead, parts: RecordParts) {
    this.attributes = parts.attributes;
    this.headers = parts.headers;
    this.head = head;
    this.bytes = parts.bytes;
    this.offsetDelta = parts.offsetDelta;
    this.timeDelta = parts.timeDelta;
    this.keyAt = parts.keyAt;
    this.keyLength = parts.keyLength;
    this.valueAt = parts.valueAt;
    this.valueLength = parts.valueLength;
  }

  get magicByte(): number {
    return this.head.magicByte;
  }

  get isControlRecord(): boolean {
    return this.head.isControlRecord;
  }

  get batchContext(): RecordOrigin["batchContext"] {
    return this.head.batchContext;
  }

  get key(): Buffer | null {
    return this.keyLength < 0 ? null : this.bytes.subarray(this.keyAt, this.keyAt + this.keyLength);
  }

  get value(): Buffer | null {
    return this.valueLength < 0 ? null : this.bytes.subarray(this.valueAt, this.valueAt + this.valueLength);
  }

  /** The offset. */
  get position(): number {
    return this.head.firstOffset + this.offsetDelta;
  }

  /** The timestamp, ms. */
  get time(): number {
    return this.head.logTime ?? this.head.firstTimestamp + this.timeDelta;
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
  for (let i = 0; i < head.count; i++) {
    const length = from.varint();
    const end = from.at + length;
    const attributes = from.int8();
    const timeDelta = from.varint();
    const offsetDelta = from.varint();
    const keyLength = from.varint();
    const keyAt = from.at;
    from.skip(keyLength);
    const valueLength = from.varint();
    const valueAt = from.at;
    from.skip(valueLength);
    into.push(
      new FetchedRecord(head, {
        bytes: from.bytes,
        attributes,
        offsetDelta,
        timeDelta,
        keyAt,
        keyLength,
        valueAt,
        valueLength,
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
