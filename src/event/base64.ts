/**
 * Writes the bytes that base64 text (RFC 4648, either alphabet, padded or not) stands for to `into`, from its beginning, and
 * returns how many they are; -1 if it is none. `into` must hold three bytes for every four characters.
 */
export function decodeBase64(bytes: Uint8Array, start: number, stop: number, into: Uint8Array): number {
  let end = stop;
  while (end > start && stop - end < 2 && bytes[end - 1] === 0x3d) end--;
  if (end < stop && (stop - start) % 4 !== 0) return -1;
  if ((end - start) % 4 === 1) return -1;
  let length = 0;
  let word = 0;
  let bits = 0;
  for (let at = start; at < end; at++) {
    const digit = digitOf(bytes[at]);
    if (digit < 0) return -1;
    word = ((word << 6) | digit) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    into[length++] = word >> bits;
  }
  return length;
}

function digitOf(byte: number): number {
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x61 + 26;
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30 + 52;
  if (byte === 0x2b || byte === 0x2d) return 62;
  return byte === 0x2f || byte === 0x5f ? 63 : -1;
}
