/** Bytes that writeVarint takes for an integer from 0 to 2^53. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

/** 7 bits a byte, least significant first; the top bit says that more follow. Returns the position behind it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let end = at;
  let rest = value;
  while (rest >= 128) {
    bytes[end] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
    end += 1;
  }
  bytes[end] = rest;
  return end + 1;
}

/** Bytes that writeSignedVarint takes for an integer of magnitude at most 2^53. */
export function signedVarintSize(value: number): number {
  const magnitude = Math.abs(value);
  return magnitude < 64 ? 1 : 1 + varintSize(Math.floor(magnitude / 64));
}

/** The first byte holds 6 bits and, in bit 6, the sign: zigzag would double the number beyond 2^53. */
export function writeSignedVarint(bytes: Uint8Array, at: number, value: number): number {
  const magnitude = Math.abs(value);
  const first = (magnitude % 64) | (value < 0 ? 64 : 0);
  bytes[at] = magnitude < 64 ? first : first | 128;
  return magnitude < 64 ? at + 1 : writeVarint(bytes, at + 1, Math.floor(magnitude / 64));
}

/** Reads what the two writers wrote, from `at` on. */
export class VarintReader {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  unsigned(): number {
    let value = 0;
    let place = 1;
    let byte = 128;
    while (byte >= 128) {
      byte = this.#bytes[this.at++];
      value += (byte & 127) * place;
      place *= 128;
    }
    return value;
  }

  signed(): number {
    const first = this.#bytes[this.at++];
    const magnitude = (first & 63) + (first >= 128 ? 64 * this.unsigned() : 0);
    return (first & 64) === 0 ? magnitude : -magnitude;
  }
}
