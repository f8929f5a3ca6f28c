import { createSpan, spanText } from "./byte-table.ts";
import type { ByteSpan } from "./byte-table.ts";
import { createSipHash, hashId } from "./ids.ts";
import type { SipHash } from "./ids.ts";

/**
 * How different values are told apart without keeping them: each falls into one of the cells by its hash, into a register
 * evenly, and into a rank with half the probability of the one before. Which cells are empty says how many there were.
 */
export const DISTINCT = { registers: 512, ranks: 20, cells: 512 * 20 } as const;

/** References and daemons must agree, and values of pii columns come hashed under the secret key already. */
const OPEN_KEY = new Uint8Array(16);

export function createDistinctHash(): SipHash {
  return createSipHash(OPEN_KEY);
}

/** The cell of the value whose UTF-8 the span holds: rank by rank, from 0. */
export function cellOfSpan(hash: SipHash, span: ByteSpan): number {
  hashId(hash, span);
  const register = hash.high >>> 23;
  const rank = Math.min(DISTINCT.ranks - 1, Math.clz32(hash.low));
  return rank * DISTINCT.registers + register;
}

/** The cells of a list of categories. */
export function cellsOfTexts(texts: readonly string[]): Int32Array {
  const hash = createDistinctHash();
  const span = createSpan();
  return Int32Array.from(texts, (text) => {
    spanText(span, text);
    return cellOfSpan(hash, span);
  });
}
