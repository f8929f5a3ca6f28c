import { gunzipSync } from "node:zlib";

/** Whether the bytes begin as gzip does: bodies are logged as they travelled, and nothing else may say so. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** What gzip bytes hold; a code where they are corrupt or hold more than `maxBytes`. */
export function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array | "undecodable" | "oversize" {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const isTooLong = error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    return isTooLong ? "oversize" : "undecodable";
  }
}
