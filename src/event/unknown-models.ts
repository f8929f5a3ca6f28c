import { addCode, createByteTable, findCode } from "./byte-table.ts";
import type { ByteSpan, ByteTable } from "./byte-table.ts";

/** Names that records gave of models which no rule file of their stream has: the first few, since a producer may make names up. */
export interface UnknownModels {
  /** Positions in `names`. */
  readonly known: ByteTable;
  readonly names: string[];
}

const MOST = 16;
/** A longer text is no name; bytes. */
const LONGEST = 128;

export function createUnknownModels(): UnknownModels {
  return { known: createByteTable(), names: [] };
}

/** @param span the name as it came, hashed */
export function noteUnknownModel({ known, names }: UnknownModels, span: ByteSpan): void {
  const { bytes, start, stop } = span;
  if (names.length >= MOST || stop === start || stop - start > LONGEST || findCode(known, span) >= 0) return;
  const name = bytes.slice(start, stop);
  addCode(known, name, names.length);
  names.push(new TextDecoder().decode(name));
}
