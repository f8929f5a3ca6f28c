import { gunzipSync } from "node:zlib";
import type { PlainBody } from "./body.ts";
import { plainJsonBody } from "./json-body.ts";
import { plainProtobuf } from "./protobuf.ts";

/** Any body, slowly; undefined if it is undecodable. */
export function plainBody(bytes: Uint8Array, kind: "request" | "response"): PlainBody | undefined {
  if (bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b) return plainCompressed(bytes, kind);
  const buffer = Buffer.from(bytes);
  if (bytes.length >= 5 && bytes[0] <= 1 && buffer.readUInt32BE(1) === bytes.length - 5) {
    const message = bytes.subarray(5);
    if (bytes[0] === 1) return plainCompressed(message, kind);
    const framed = plainProtobuf(message, kind);
    if (framed !== undefined) return framed;
  }
  // Confluent's frame: 0, the schema's id, and the first message of the schema.
  if (bytes.length > 6 && bytes[0] === 0 && bytes[5] === 0) return plainProtobuf(bytes.subarray(6), kind);
  return plainUncompressed(bytes, kind);
}

function plainCompressed(bytes: Uint8Array, kind: "request" | "response"): PlainBody | undefined {
  try {
    return plainUncompressed(gunzipSync(bytes, { maxOutputLength: 1_048_576 }), kind);
  } catch {
    return undefined;
  }
}

function plainUncompressed(bytes: Uint8Array, kind: "request" | "response"): PlainBody | undefined {
  if (bytes.length === 0) return undefined;
  const json = plainJsonBody(bytes);
  if (json !== undefined || bytes[0] === 0x7b) return json;
  return plainProtobuf(bytes, kind);
}
