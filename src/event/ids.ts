import { createHash, createHmac } from "node:crypto";
import type { ByteSpan } from "./byte-table.ts";

/** What one key file gives: separate keys for separate uses, so that none says anything about another. */
export interface PrivacyKeys {
  /** For SipHash of ids, 16 bytes. */
  readonly id: Uint8Array;
  /** For HMAC of pii categories, 32 bytes. */
  readonly pii: Uint8Array;
  /** For what is kept of rows while a reference is learnt of them, 32 bytes. */
  readonly sample: Uint8Array;
  /** For records between their acknowledgement and their count, 32 bytes. */
  readonly journal: Uint8Array;
  /** Names the key without revealing it; references carry it. */
  readonly keyId: string;
}

/** Derives the keys from a key file's bytes, any length above 0 (HKDF-SHA-256, RFC 5869, empty salt). */
export function deriveKeys(secret: Uint8Array): PrivacyKeys {
  return {
    id: deriveKey(secret, "driftd event id").subarray(0, 16),
    pii: deriveKey(secret, "driftd pii category"),
    sample: deriveKey(secret, "driftd sample"),
    journal: deriveKey(secret, "driftd journal"),
    keyId: Buffer.from(deriveKey(secret, "driftd key id").subarray(0, 8)).toString("hex"),
  };
}

/** One block of HKDF: 32 bytes. */
function deriveKey(secret: Uint8Array, use: string): Uint8Array {
  const extracted = createHmac("sha256", new Uint8Array(32)).update(secret).digest();
  const block = createHmac("sha256", extracted).update(use).update(Uint8Array.of(1)).digest();
  return new Uint8Array(block);
}

/** A key for a process that was given none: ids need no secret, only a fixed one. */
export function publicKeys(): PrivacyKeys {
  return deriveKeys(createHash("sha256").update("driftd").digest());
}

/** The value that stands for a pii category: HMAC-SHA-256 cut to 128 bits, as 32 hexadecimal digits. */
export function hashCategory(key: Uint8Array, value: Uint8Array): string {
  return createHmac("sha256", key).update(value).digest("hex").slice(0, 32);
}

/** A key of SipHash, and the last result (unsigned halves). One per decoder. */
export interface SipHash {
  /** Four little-endian words. */
  readonly key: Int32Array;
  high: number;
  low: number;
}

/** @param key 16 bytes */
export function createSipHash(key: Uint8Array): SipHash {
  return { key: Int32Array.from([0, 4, 8, 12], (at) => readWord(key, at, 4)), high: 0, low: 0 };
}

/**
 * SipHash-2-4 of the span's bytes into `sip.high` and `sip.low`: v0 to v3 as 32-bit halves in local variables.
 * Aumasson, Bernstein 2012: SipHash, a fast short-input PRF.
 */
export function hashId(sip: SipHash, span: ByteSpan): void {
  const { key } = sip;
  const { bytes, start, stop } = span;
  let low0 = key[0] ^ 0x70736575;
  let high0 = key[1] ^ 0x736f6d65;
  let low1 = key[2] ^ 0x6e646f6d;
  let high1 = key[3] ^ 0x646f7261;
  let low2 = key[0] ^ 0x6e657261;
  let high2 = key[1] ^ 0x6c796765;
  let low3 = key[2] ^ 0x79746573;
  let high3 = key[3] ^ 0x74656462;
  const words = ((stop - start) >>> 3) + 1;
  // After the last word comes one turn without a word, of four rounds.
  for (let word = 0; word <= words; word++) {
    const at = start + word * 8;
    const isWord = word < words;
    let low = 0;
    let high = 0;
    if (isWord) {
      low = readWord(bytes, at, Math.min(stop - at, 4));
      high = readWord(bytes, at + 4, Math.min(stop - at - 4, 4));
      if (word === words - 1) high |= (stop - start) << 24;
    } else low2 ^= 0xff;
    low3 ^= low;
    high3 ^= high;
    for (let round = isWord ? 2 : 4; round > 0; round--) {
      let sum = (low0 >>> 0) + (low1 >>> 0);
      high0 = (high0 + high1 + (sum > MOST ? 1 : 0)) | 0;
      low0 = sum | 0;
      let turned = (low1 << 13) | (high1 >>> 19);
      high1 = ((high1 << 13) | (low1 >>> 19)) ^ high0;
      low1 = turned ^ low0;
      turned = low0;
      low0 = high0;
      high0 = turned;
      sum = (low2 >>> 0) + (low3 >>> 0);
      high2 = (high2 + high3 + (sum > MOST ? 1 : 0)) | 0;
      low2 = sum | 0;
      turned = (low3 << 16) | (high3 >>> 16);
      high3 = ((high3 << 16) | (low3 >>> 16)) ^ high2;
      low3 = turned ^ low2;
      sum = (low0 >>> 0) + (low3 >>> 0);
      high0 = (high0 + high3 + (sum > MOST ? 1 : 0)) | 0;
      low0 = sum | 0;
      turned = (low3 << 21) | (high3 >>> 11);
      high3 = ((high3 << 21) | (low3 >>> 11)) ^ high0;
      low3 = turned ^ low0;
      sum = (low2 >>> 0) + (low1 >>> 0);
      high2 = (high2 + high1 + (sum > MOST ? 1 : 0)) | 0;
      low2 = sum | 0;
      turned = (low1 << 17) | (high1 >>> 15);
      high1 = ((high1 << 17) | (low1 >>> 15)) ^ high2;
      low1 = turned ^ low2;
      turned = low2;
      low2 = high2;
      high2 = turned;
    }
    low0 ^= low;
    high0 ^= high;
  }
  sip.low = (low0 ^ low1 ^ low2 ^ low3) >>> 0;
  sip.high = (high0 ^ high1 ^ high2 ^ high3) >>> 0;
}

/** The last result as 16 hexadecimal digits. */
export function rankOf({ high, low }: SipHash): string {
  return [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");
}

const MOST = 0xffffffff;

/** Up to four bytes, least significant first; 0 for none. */
function readWord(bytes: Uint8Array, at: number, count: number): number {
  let word = 0;
  for (let i = 0; i < count; i++) word |= bytes[at + i] << (8 * i);
  return word;
}
