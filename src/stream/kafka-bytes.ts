/** Reads Kafka's wire format from a place on (https://kafka.apache.org/protocol#protocol_types). What it answers are views. */
export class KafkaBytes {
  at: number;
  readonly bytes: Buffer;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  int8(): number {
    return this.bytes.readInt8(this.at++);
  }

  int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  /** Decimal. */
  int64(): string {
    this.at += 8;
    return this.bytes.readBigInt64BE(this.at - 8).toString();
  }

  string(): string {
    return this.take(this.int16()).toString();
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read);
  }

  take(length: number): Buffer {
    const { at } = this;
    this.at = at + length;
    return this.bytes.subarray(at, at + length);
  }

  /** Nothing where the length is -1. */
  skip(length: number): void {
    if (length > 0) this.at += length;
  }

  /** A zigzag integer of up to 64 bits; exact to 2^53. */
  varint(): number {
    const { bytes } = this;
    let byte = bytes[this.at++];
    if (byte < 128) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 127;
    let place = 128;
    do {
      byte = bytes[this.at++];
      value += (byte & 127) * place;
      place *= 128;
    } while (byte >= 128);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Bytes after their length; null where that is -1. */
  varbytes(): Buffer | null {
    const length = this.varint();
    return length < 0 ? null : this.take(length);
  }
}
