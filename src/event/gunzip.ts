import { gunzipSync } from "node:zlib";

/** Whether the bytes begin as gzip does: bodies are logged as they travelled, and nothing else may say so. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** What gzip bytes hold; a code where they are corrupt or hold more than `maxBytes`. */
export function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array | "undecodable" | "oversize" {
  if (!hasHeader(bytes)) return "undecodable";
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes, chunkSize: chunkSize(bytes.length) });
  } catch (error) {
    const isTooLong = error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    return isTooLong ? "oversize" : "undecodable";
  }
}

/** Whether the header is one by RFC 1952 and the bytes are as many as the shortest file has. */
function hasHeader(bytes: Uint8Array): boolean {
  return bytes.length >= 18 && bytes[2] === 8 && (bytes[3] & 0xe0) === 0;
}

/**
 * What zlib makes room for at a time. Where bytes are corrupt it keeps that until the event loop's next turn, which a batch of
 * records does not wait for: it must be in proportion to the bytes. JSON and protobuf rarely unpack to more than this.
 */
function chunkSize(packed: number): number {
  return Math.min(Math.max(packed * 8, 64), 65_536);
}
