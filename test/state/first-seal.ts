import { crc32 } from "node:zlib";

/** A value as earlier versions sealed it: version and checksum of the payload, wherever it stood. */
export function firstSeal(payload: Uint8Array): Buffer {
  const sealed = Buffer.alloc(8 + payload.length);
  sealed.writeUInt32LE(1, 0);
  sealed.writeUInt32LE(crc32(payload), 4);
  sealed.set(payload, 8);
  return sealed;
}
