import { createHash, createHmac } from "node:crypto";
import type { ByteSpan } from "./byte-table.ts";

/** What one key file gives: separate keys for separate uses, so that none says anything about another. */
export interface PrivacyKeys {
  /** For SipHash of ids, 16 bytes. */
  readonly id: Uint8Array;
  /** For HMAC of pii categories, 32 bytes. */
  readonly pii: Uint8Array;
  /** Names the key without revealing it; references carry it. */
  readonly keyId: string;
}

/** Derives the keys from a key file's bytes, any length above 0 (HKDF-SHA-256, RFC 5869, empty salt). */
export function deriveKeys(secret: Uint8Array): PrivacyKeys {
  return {
    id: deriveKey(secret, "driftd event id").subarray(0, 16),
    pii: deriveKey(secret, "driftd pii category"),
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

/** SipHash's state, v0 to v3 as pairs of 32-bit halves [low, high], and the result. One per decoder. */
export interface SipHash {
  readonly key: Int32Array;
  readonly state: Int32Array;
  high: number;
  low: number;
}

/** @param key 16 bytes */
export function createSipHash(key: Uint8Array): SipHash {
  const view = new DataView(key.buffer, key.byteOffset, 16);
  return {
    key: Int32Array.of(
      view.getInt32(0, true),
      view.getInt32(4, true),
      view.getInt32(8, true),
      view.getInt32(12, true),
    ),
    state: new Int32Array(8),
    high: 0,
    low: 0,
  };
}

/**
 * SipHash-2-4 of the span's bytes into `sip.high` and `sip.low` (unsigned).
 * Aumasson, Bernstein 2012: SipHash, a fast short-input PRF.
 */
export function hashId(sip: SipHash, span: ByteSpan): void {
  const { key, state } = sip;
  const { bytes, start, stop } = span;
  state[0] = key[0] ^ 0x70736575;
  state[1] = key[1] ^ 0x736f6d65;
  state[2] = key[2] ^ 0x6e646f6d;
  state[3] = key[3] ^ 0x646f7261;
  state[4] = key[0] ^ 0x6e657261;
  state[5] = key[1] ^ 0x6c796765;
  state[6] = key[2] ^ 0x79746573;
  state[7] = key[3] ^ 0x74656462;
  const length = stop - start;
  const whole = start + (length & ~7);
  for (let i = start; i < whole; i += 8) mixWord(state, readWord(bytes, i, 4), readWord(bytes, i + 4, 4));
  const left = length & 7;
  const low = readWord(bytes, whole, Math.min(left, 4));
  const high = readWord(bytes, whole + 4, Math.max(left - 4, 0)) | ((length & 0xff) << 24);
  mixWord(state, low, high);
  state[4] ^= 0xff;
  for (let round = 0; round < 4; round++) mixRound(state);
  sip.low = (state[0] ^ state[2] ^ state[4] ^ state[6]) >>> 0;
  sip.high = (state[1] ^ state[3] ^ state[5] ^ state[7]) >>> 0;
}

/** `count` bytes, least significant first. */
function readWord(bytes: Uint8Array, at: number, count: number): number {
  let word = 0;
  for (let i = 0; i < count; i++) word |= bytes[at + i] << (8 * i);
  return word;
}

function mixWord(state: Int32Array, low: number, high: number): void {
  state[6] ^= low;
  state[7] ^= high;
  mixRound(state);
  mixRound(state);
  state[0] ^= low;
  state[1] ^= high;
}

/** One SipRound. */
function mixRound(state: Int32Array): void {
  add(state, 0, 2);
  rotateXor(state, 2, 0, 13);
  swapHalves(state, 0);
  add(state, 4, 6);
  rotateXor(state, 6, 4, 16);
  add(state, 0, 6);
  rotateXor(state, 6, 0, 21);
  add(state, 4, 2);
  rotateXor(state, 2, 4, 17);
  swapHalves(state, 4);
}

/** 64-bit state[a] += state[b]. */
function add(state: Int32Array, a: number, b: number): void {
  const low = (state[a] >>> 0) + (state[b] >>> 0);
  state[a] = low;
  state[a + 1] = state[a + 1] + state[b + 1] + (low > 0xffffffff ? 1 : 0);
}

/** 64-bit state[a] = rotateLeft(state[a], bits) ^ state[b], 0 < bits < 32. */
function rotateXor(state: Int32Array, a: number, b: number, bits: number): void {
  const low = state[a];
  const high = state[a + 1];
  state[a] = ((low << bits) | (high >>> (32 - bits))) ^ state[b];
  state[a + 1] = ((high << bits) | (low >>> (32 - bits))) ^ state[b + 1];
}

function swapHalves(state: Int32Array, a: number): void {
  const low = state[a];
  state[a] = state[a + 1];
  state[a + 1] = low;
}
