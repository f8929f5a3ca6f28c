import { readSync } from "node:fs";
import { damaged } from "./sealed.ts";

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;

/** What one of the two meta pages of an LMDB file says. */
export interface Meta {
  readonly pageSize: number;
  /** Root pages. */
  readonly freeList: number;
  readonly rows: number;
  /** The last page that was ever taken; the file may be shorter. */
  readonly last: number;
  readonly transaction: number;
}

/** That of the last commit, then that of the one before. None for a data version that this module does not know. */
export function readMetas(file: number, path: string): Meta[] {
  const first = readBytes(file, 0, META_END);
  if (first.length < META_END || first.readUInt32LE(24) !== MAGIC)
    throw damaged(`${path} is not a state file.`);
  if (first.readUInt32LE(28) !== DATA_VERSION) return [];
  const pageSize = first.readUInt32LE(48);
  if (pageSize < 512 || pageSize > 65_536) throw damaged(`${path} has pages of ${pageSize} bytes.`);
  const second = readBytes(file, pageSize, META_END);
  const isMeta = second.length === META_END && second.readUInt32LE(24) === MAGIC;
  if (!isMeta || second.readUInt32LE(48) !== pageSize) throw damaged(`${path} has lost its second page.`);
  return [readMeta(first), readMeta(second)].toSorted((a, b) => b.transaction - a.transaction);
}

const META_END = 160;

function readMeta(page: Buffer): Meta {
  return {
    pageSize: page.readUInt32LE(48),
    freeList: readNumber(page, 88),
    rows: readNumber(page, 136),
    last: readNumber(page, 144),
    transaction: readNumber(page, 152),
  };
}

export function readBytes(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, position));
}

export function readNumber(bytes: Buffer, offset: number): number {
  return Number(bytes.readBigUInt64LE(offset));
}
