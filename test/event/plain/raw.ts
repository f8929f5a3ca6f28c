import { OTHER_CELL } from "./body.ts";
import type { PlainCell } from "./body.ts";

const SIZES: Readonly<Record<string, number>> = {
  BOOL: 1,
  INT8: 1,
  UINT8: 1,
  INT16: 2,
  UINT16: 2,
  FP16: 2,
  BF16: 2,
  INT32: 4,
  UINT32: 4,
  FP32: 4,
  INT64: 8,
  UINT64: 8,
  FP64: 8,
};

export const DATATYPE_NAMES: ReadonlySet<string> = new Set([...Object.keys(SIZES), "BYTES"]);

/** The cells of a raw tensor; undefined if the bytes are none. */
export function plainRaw(datatype: string, bytes: Uint8Array): PlainCell[] | undefined {
  const buffer = Buffer.from(bytes);
  if (datatype === "BYTES") return plainTexts(buffer);
  const size = SIZES[datatype];
  if (buffer.length % size !== 0) return undefined;
  return Array.from({ length: buffer.length / size }, (_, i) => plainNumber(datatype, buffer, i * size));
}

function plainNumber(datatype: string, buffer: Buffer, at: number): PlainCell {
  switch (datatype) {
    case "BOOL":
      return buffer[at] !== 0;
    case "FP16":
      return plainFloat(buffer.readUInt16LE(at), 5, 10);
    case "BF16":
      return plainFloat(buffer.readUInt16LE(at), 8, 7);
    case "FP32":
      return buffer.readFloatLE(at);
    case "FP64":
      return buffer.readDoubleLE(at);
    case "INT64":
      return plainWide(buffer.readBigInt64LE(at));
    case "UINT64":
      return plainWide(buffer.readBigUInt64LE(at));
    default: {
      const bytes = SIZES[datatype];
      return datatype.startsWith("U") ? buffer.readUIntLE(at, bytes) : buffer.readIntLE(at, bytes);
    }
  }
}

export function plainWide(value: bigint): PlainCell {
  return value >= 2n ** 53n || value < -(2n ** 53n) ? value : Number(value);
}

/** IEEE 754, by its definition. */
function plainFloat(bits: number, exponentBits: number, fractionBits: number): number {
  const bias = 2 ** (exponentBits - 1) - 1;
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> fractionBits) % 2 ** exponentBits;
  const fraction = (bits % 2 ** fractionBits) / 2 ** fractionBits;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}

function plainTexts(buffer: Buffer): PlainCell[] | undefined {
  const cells: PlainCell[] = [];
  let at = 0;
  while (at < buffer.length) {
    if (at + 4 > buffer.length) return undefined;
    const end = at + 4 + buffer.readUInt32LE(at);
    if (end > buffer.length) return undefined;
    cells.push(plainText(buffer.subarray(at + 4, end)));
    at = end;
  }
  return cells;
}

export function plainText(bytes: Uint8Array): PlainCell {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return OTHER_CELL;
  }
}
