import { FRAME_BYTES, isCompressed, isFramed, isRegistered, REGISTRY_BYTES } from "./message-frame.ts";
import { gunzip, isGzip } from "./gunzip.ts";
import { readJsonBody } from "./json-body.ts";
import { skipSpace } from "./json-text.ts";
import { readProtobuf } from "./oip-protobuf.ts";
import type { MessageKind } from "./oip-protobuf.ts";
import { startBody } from "./tensor-reader.ts";
import type { TensorReader } from "./tensor-reader.ts";

export const READ = 0;
export const UNDECODABLE = 1;
/** Compressed bytes that hold more than a record may. */
export const OVERSIZE = 2;
export type BodyOutcome = typeof READ | typeof UNDECODABLE | typeof OVERSIZE;

export interface BodyOptions {
  /** What the body is by what stands around it; JSON says it itself. */
  readonly kind: MessageKind;
  /** The most that compressed bytes may hold. */
  readonly maxBytes: number;
}

/**
 * Reads the body of a request or response into reader.body, whose arrays are valid until the next call: JSON (V1, V2, with
 * Triton's binary data behind it) or protobuf, with or without the frame of gRPC or of a schema registry, compressed by gzip or
 * not. What it is, its bytes say. Never throws.
 */
export function readBody(reader: TensorReader, bytes: Uint8Array, options: BodyOptions): BodyOutcome {
  const { kind, maxBytes } = options;
  if (isGzip(bytes)) return readCompressed(reader, bytes, options);
  if (isFramed(bytes)) {
    const message = bytes.subarray(FRAME_BYTES);
    if (message.length > maxBytes) return OVERSIZE;
    if (isCompressed(bytes)) return readCompressed(reader, message, options);
    startBody(reader, message);
    if (readProtobuf(reader, kind)) return READ;
  }
  if (isRegistered(bytes)) {
    startBody(reader, bytes.subarray(REGISTRY_BYTES));
    return readProtobuf(reader, kind) ? READ : UNDECODABLE;
  }
  return readPlain(reader, bytes, kind) ? READ : UNDECODABLE;
}

function readCompressed(reader: TensorReader, bytes: Uint8Array, options: BodyOptions): BodyOutcome {
  const unpacked = gunzip(bytes, options.maxBytes);
  if (unpacked === "oversize") return OVERSIZE;
  if (unpacked === "undecodable") return UNDECODABLE;
  return readPlain(reader, unpacked, options.kind) ? READ : UNDECODABLE;
}

function readPlain(reader: TensorReader, bytes: Uint8Array, kind: MessageKind): boolean {
  startBody(reader, bytes);
  const start = skipSpace(bytes, 0);
  if (bytes[start] === 0x7b) {
    if (readJsonBody(reader)) return true;
    // White space may also be the beginning of protobuf: a line feed is the tag of the model's name.
    if (start === 0) return false;
    startBody(reader, bytes);
  }
  return bytes.length > 0 && readProtobuf(reader, kind);
}
