/** Bytes before the message: a flag, and the message's length as an unsigned number of 32 bits, big-endian. */
export const FRAME_BYTES = 5;

/**
 * Whether the bytes are one message with the frame that gRPC puts before it on HTTP/2. protobuf never begins with 0, which is
 * no tag, and with 1 only by a field of another wire type than ours.
 */
export function isFramed(bytes: Uint8Array): boolean {
  if (bytes.length < FRAME_BYTES || bytes[0] > 1) return false;
  const length = bytes[1] * 2 ** 24 + bytes[2] * 2 ** 16 + bytes[3] * 2 ** 8 + bytes[4];
  return length === bytes.length - FRAME_BYTES;
}

/** Whether the message of framed bytes is compressed; by what, only a header says. */
export function isCompressed(bytes: Uint8Array): boolean {
  return bytes[0] === 1;
}

/** Bytes that Confluent's serializer puts before a message: 0, the schema's id, and 0 for the first message of the schema. */
export const REGISTRY_BYTES = 6;

/** Whether the bytes may have the frame of a schema registry, as Seldon's have where one is set: protobuf never begins with 0. */
export function isRegistered(bytes: Uint8Array): boolean {
  return bytes.length > REGISTRY_BYTES && bytes[0] === 0 && bytes[5] === 0;
}
