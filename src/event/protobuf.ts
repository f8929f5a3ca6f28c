/** A place in a protobuf message, and the last varint read there. One is used again and again. */
export interface Wire {
  bytes: Uint8Array;
  at: number;
  /** The lower and upper 32 bits of the varint, signed. */
  low: number;
  high: number;
}

/** The wire types (protobuf encoding specification); the two of groups, long withdrawn, are not read. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

export function createWire(): Wire {
  return { bytes: new Uint8Array(0), at: 0, low: 0, high: 0 };
}

/** Reads a varint that ends at or before `stop`; false if there is none. */
export function readVarint(wire: Wire, stop: number): boolean {
  const { bytes } = wire;
  let at = wire.at;
  wire.high = 0;
  if (at < stop && bytes[at] < 0x80) {
    wire.low = bytes[at];
    wire.at = at + 1;
    return true;
  }
  let low = 0;
  let high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    if (at >= stop) return false;
    const byte = bytes[at++];
    const bits = byte & 0x7f;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high = bits >>> 4;
    } else if (shift < 63) high |= bits << (shift - 32);
    else high |= (bits & 1) << 31;
    if (byte < 0x80) {
      wire.low = low;
      wire.high = high;
      wire.at = at;
      return true;
    }
  }
  return false;
}

/** Reads the length of a field, and answers where its content ends; -1 if that is not before `stop`. */
export function readEnd(wire: Wire, stop: number): number {
  if (!readVarint(wire, stop) || wire.high !== 0 || wire.low < 0) return -1;
  const end = wire.at + wire.low;
  return end <= stop ? end : -1;
}

/** Skips the content of a field whose tag has been read. */
export function skipField(wire: Wire, type: number, stop: number): boolean {
  if (type === VARINT) return readVarint(wire, stop);
  if (type === LENGTH) {
    const end = readEnd(wire, stop);
    if (end >= 0) wire.at = end;
    return end >= 0;
  }
  if (type !== FIXED64 && type !== FIXED32) return false;
  wire.at += type === FIXED64 ? 8 : 4;
  return wire.at <= stop;
}
