import { signedVarintSize, varintSize, writeSignedVarint, writeVarint } from "./varint.ts";

/*
 * How the body of a packed vector is written: fixed-width little-endian counts; varints (7 bits a byte, least significant
 * first); the non-zero entries only, each as the gap to the one before and its value. `signed` varints hold the sign in bit 6
 * of their first byte, so that fixed-point sums stay exact up to 2^53.
 */
export const ENCODINGS = {
  u8: 0,
  u16: 1,
  u32: 2,
  dense: 3,
  sparse: 4,
  signedDense: 5,
  signedSparse: 6,
} as const;

type Encoding = (typeof ENCODINGS)[keyof typeof ENCODINGS];

export interface Choice {
  readonly encoding: Encoding;
  readonly size: number;
}

/** The encoding that takes the fewest bytes. */
export function smallest(vector: Float64Array, offset: number, length: number): Choice {
  const sizes = measure(vector, offset, length);
  const choices: Choice[] = sizes.negative
    ? [
        { encoding: ENCODINGS.signedDense, size: sizes.signedDense },
        { encoding: ENCODINGS.signedSparse, size: sizes.signedSparse },
      ]
    : [
        { encoding: ENCODINGS.dense, size: sizes.dense },
        { encoding: ENCODINGS.sparse, size: sizes.sparse },
      ];
  // Fixed widths come last but win ties: they are the fastest to add.
  for (const encoding of [ENCODINGS.u32, ENCODINGS.u16, ENCODINGS.u8]) {
    const fits = !sizes.negative && sizes.greatest < 2 ** (8 << encoding);
    if (fits) choices.push({ encoding, size: length << encoding });
  }
  return choices.reduce((best, choice) => (choice.size <= best.size ? choice : best));
}

function measure(vector: Float64Array, offset: number, length: number) {
  let negative = false;
  let greatest = 0;
  let nonZero = 0;
  // Bytes beyond one for every gap and value, since nearly all take one.
  let moreGap = 0;
  let more = 0;
  let moreSigned = 0;
  let previous = -1;
  for (let i = 0; i < length; i += 1) {
    const value = vector[offset + i];
    if (value === 0) continue;
    nonZero += 1;
    if (i - previous > 128) moreGap += varintSize(i - previous - 1) - 1;
    previous = i;
    const magnitude = Math.abs(value);
    if (value < 0) negative = true;
    if (magnitude > greatest) greatest = magnitude;
    if (magnitude >= 64) moreSigned += signedVarintSize(value) - 1;
    if (magnitude >= 128) more += varintSize(magnitude) - 1;
  }
  return {
    negative,
    greatest,
    dense: length + more,
    sparse: 2 * nonZero + moreGap + more,
    signedDense: length + moreSigned,
    signedSparse: 2 * nonZero + moreGap + moreSigned,
  };
}

interface Writing {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly vector: Float64Array;
  readonly offset: number;
  readonly length: number;
}

export function writeBody(writing: Writing & { encoding: Encoding }): void {
  if (writing.encoding <= ENCODINGS.u32) writeFixed({ ...writing, width: 1 << writing.encoding });
  else writeVarints(writing);
}

function writeFixed({ bytes, at, vector, offset, length, width }: Writing & { width: number }): void {
  if (width === 1) {
    for (let i = 0; i < length; i += 1) bytes[at + i] = vector[offset + i];
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < length; i += 1) {
    if (width === 2) view.setUint16(at + 2 * i, vector[offset + i], true);
    else view.setUint32(at + 4 * i, vector[offset + i], true);
  }
}

function writeVarints({
  bytes,
  at,
  vector,
  offset,
  length,
  encoding,
}: Writing & { encoding: Encoding }): void {
  const write = encoding >= ENCODINGS.signedDense ? writeSignedVarint : writeVarint;
  const sparse = encoding === ENCODINGS.sparse || encoding === ENCODINGS.signedSparse;
  let end = at;
  let previous = -1;
  for (let i = 0; i < length; i += 1) {
    const value = vector[offset + i];
    if (sparse) {
      if (value === 0) continue;
      end = writeVarint(bytes, end, i - previous - 1);
      previous = i;
    }
    if (value >= 0 && value < 64) bytes[end++] = value;
    else end = write(bytes, end, value);
  }
}
