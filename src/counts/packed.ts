import { crc32 } from "node:zlib";
import { CodedError } from "../config/coded-error.ts";
import { ENCODINGS, smallest, writeBody } from "./packed-body.ts";
import { VarintReader, varintSize, writeVarint } from "./varint.ts";

/*
 * A vector of integers as bytes: version, encoding (packed-body.ts), length of the vector (varint), body, CRC-32 of all
 * before it (little-endian).
 */
const FORMAT_VERSION = 1;
const CRC_BYTES = 4;
/** In the place of an encoding: the body is no vector. */
const OPAQUE = 255;

/** Packs vector[offset..offset + length): integers of magnitude at most 2^53. Takes the smallest encoding. */
export function pack(vector: Float64Array, offset = 0, length = vector.length - offset): Uint8Array {
  const { encoding, size } = smallest(vector, offset, length);
  const bytes = new Uint8Array(2 + varintSize(length) + size + CRC_BYTES);
  bytes[0] = FORMAT_VERSION;
  bytes[1] = encoding;
  const at = writeVarint(bytes, 2, length);
  writeBody({ bytes, at, vector, offset, length, encoding });
  seal(bytes, at + size);
  return bytes;
}

function seal(bytes: Uint8Array, end: number): void {
  const crc = crc32(bytes.subarray(0, end));
  for (let byte = 0; byte < CRC_BYTES; byte += 1) bytes[end + byte] = crc >>> (8 * byte);
}

/** Packs what is no vector, so that it can stand in a pane too. */
export function packBytes(body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + body.length + CRC_BYTES);
  bytes[0] = FORMAT_VERSION;
  bytes[1] = OPAQUE;
  bytes.set(body, 2);
  seal(bytes, 2 + body.length);
  return bytes;
}

/** What packBytes packed, as a view. The bytes must have passed checkPacked. */
export function openBytes(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(2, bytes.length - CRC_BYTES);
}

/** What to do about a state that is damaged, wherever that is found. */
export const WAY_OUT =
  " Stop driftd. `driftd state verify` says all that is damaged, and `driftd state export` saves what can still be read. Then put " +
  "a copy back, or move the state directory away and start again: with `from: earliest` all that Kafka still keeps is counted anew.";

/**
 * Refuses bytes that are not as they were packed: STATE_DAMAGED, or STATE_NEWER where a later driftd wrote them. To be
 * called once when bytes come from outside; `where` is named in the error.
 */
export function checkPacked(bytes: Uint8Array, where: string): void {
  const end = bytes.length - CRC_BYTES;
  const stored = end < 3 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(end, true);
  if (stored !== crc32(bytes.subarray(0, Math.max(0, end)))) {
    throw new CodedError(
      "STATE_DAMAGED",
      `Counts in ${where} are damaged: their checksum does not match.${WAY_OUT}`,
    );
  }
  if (bytes[0] !== FORMAT_VERSION) {
    throw new CodedError(
      "STATE_NEWER",
      `Counts in ${where} have format ${bytes[0]}, which a later driftd wrote. Run that one.`,
    );
  }
}

/**
 * Adds (sign 1) or subtracts (sign -1) a packed vector without unpacking it first: how a window takes up and gives back
 * its panes. The bytes must have passed checkPacked. `into` must have the packed length, else STATE_DAMAGED.
 */
export function unpackInto(bytes: Uint8Array, into: Float64Array, sign: 1 | -1): void {
  const reader = new VarintReader(bytes, 2);
  const length = reader.unsigned();
  const { at } = reader;
  if (length !== into.length) {
    throw new CodedError(
      "STATE_DAMAGED",
      `Counts of ${length} numbers were found where ${into.length} belong.${WAY_OUT}`,
    );
  }
  const encoding = bytes[1];
  if (encoding <= ENCODINGS.u32) addFixed({ bytes, at, into, sign, width: 1 << encoding });
  else if (encoding === ENCODINGS.dense) addDense(bytes, at, into, sign);
  else if (encoding === ENCODINGS.sparse) addSparse(bytes, at, into, sign);
  else addSigned({ bytes, at, into, sign, sparse: encoding === ENCODINGS.signedSparse });
}

/** The vector itself; undefined where the body is none (packBytes). The bytes must have passed checkPacked. */
export function unpack(bytes: Uint8Array): Float64Array | undefined {
  if (bytes[1] === OPAQUE) return undefined;
  const vector = new Float64Array(new VarintReader(bytes, 2).unsigned());
  unpackInto(bytes, vector, 1);
  return vector;
}

interface Adding {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly into: Float64Array;
  readonly sign: 1 | -1;
}

function addFixed({ bytes, at, into, sign, width }: Adding & { width: number }): void {
  if (width === 1) {
    for (let i = 0; i < into.length; i += 1) into[i] += sign * bytes[at + i];
  } else if (width === 2) {
    for (let i = 0; i < into.length; i += 1) {
      into[i] += sign * (bytes[at + 2 * i] | (bytes[at + 2 * i + 1] << 8));
    }
  } else {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < into.length; i += 1) into[i] += sign * view.getUint32(at + 4 * i, true);
  }
}

// Nearly every count and gap fits one byte, so that case stands in the loop; the rest is read on.

function addDense(bytes: Uint8Array, start: number, into: Float64Array, sign: 1 | -1): void {
  let at = start;
  for (let i = 0; i < into.length; i += 1) {
    let value = bytes[at++];
    if (value >= 128) {
      value &= 127;
      let place = 128;
      let byte = 0;
      do {
        byte = bytes[at++];
        value += (byte & 127) * place;
        place *= 128;
      } while (byte >= 128);
    }
    into[i] += sign * value;
  }
}

function addSparse(bytes: Uint8Array, start: number, into: Float64Array, sign: 1 | -1): void {
  const end = bytes.length - CRC_BYTES;
  let at = start;
  let i = -1;
  while (at < end) {
    let gap = bytes[at++];
    if (gap >= 128) {
      gap &= 127;
      let shift = 7;
      let byte = 0;
      do {
        byte = bytes[at++];
        gap |= (byte & 127) << shift;
        shift += 7;
      } while (byte >= 128);
    }
    i += gap + 1;
    let value = bytes[at++];
    if (value >= 128) {
      value &= 127;
      let place = 128;
      let byte = 0;
      do {
        byte = bytes[at++];
        value += (byte & 127) * place;
        place *= 128;
      } while (byte >= 128);
    }
    into[i] += sign * value;
  }
}

function addSigned({ bytes, at: start, into, sign, sparse }: Adding & { sparse: boolean }): void {
  const end = bytes.length - CRC_BYTES;
  const reader = new VarintReader(bytes, start);
  let i = -1;
  while (reader.at < end) {
    i += sparse ? reader.unsigned() + 1 : 1;
    into[i] += sign * reader.signed();
  }
}
