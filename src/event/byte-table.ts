/** A map from byte strings to small integers that makes no string to look one up: open addressing over a pool of bytes. */
export interface ByteTable {
  /** 1 + entry, or 0; a power of two long, at most half full. */
  slots: Int32Array;
  hashes: Int32Array;
  /** Entry e stands in `pool` from starts[e] to starts[e + 1]. */
  starts: Int32Array;
  codes: Int32Array;
  pool: Uint8Array;
  count: number;
}

/** A run of bytes, reused from look-up to look-up: nothing is made per value. */
export interface ByteSpan {
  bytes: Uint8Array;
  start: number;
  stop: number;
  /** hashBytes() of the run, where it is looked up in a table. */
  hash: number;
}

export function createSpan(): ByteSpan {
  return { bytes: new Uint8Array(0), start: 0, stop: 0, hash: HASH_START };
}

/** Points the span at a run of bytes; hashSpan must follow before a look-up. */
export function setSpan(span: ByteSpan, bytes: Uint8Array, start: number, stop: number): void {
  span.bytes = bytes;
  span.start = start;
  span.stop = stop;
}

export function hashSpan(span: ByteSpan): void {
  span.hash = hashBytes(span.bytes, span.start, span.stop);
}

/** Points the span at a string's UTF-8, and hashes it. */
export function spanText(span: ByteSpan, text: string): void {
  const bytes = ENCODER.encode(text);
  setSpan(span, bytes, 0, bytes.length);
  hashSpan(span);
}

const ENCODER = new TextEncoder();
export const HASH_START = 0x811c9dc5 | 0;
export const HASH_PRIME = 0x01000193;

/** FNV-1a, 32 bits. The readers inline it: hash = imul(hash ^ byte, HASH_PRIME), from HASH_START. */
function hashBytes(bytes: Uint8Array, start: number, stop: number): number {
  let hash = HASH_START;
  for (let i = start; i < stop; i++) hash = Math.imul(hash ^ bytes[i], HASH_PRIME);
  return hash;
}

export function createByteTable(): ByteTable {
  return {
    slots: new Int32Array(32),
    hashes: new Int32Array(16),
    starts: new Int32Array(17),
    codes: new Int32Array(16),
    pool: new Uint8Array(256),
    count: 0,
  };
}

/** The code of the span's bytes, whose hash must be set; -1 if they are not in the table. */
export function findCode(table: ByteTable, span: ByteSpan): number {
  const slots = table.slots;
  const mask = slots.length - 1;
  const hash = span.hash;
  for (let slot = mixHash(hash) & mask; ; slot = (slot + 1) & mask) {
    const entry = slots[slot] - 1;
    if (entry < 0) return -1;
    if (table.hashes[entry] === hash && holdsBytes(table, entry, span)) return table.codes[entry];
  }
}

function holdsBytes(table: ByteTable, entry: number, span: ByteSpan): boolean {
  const from = table.starts[entry];
  const { bytes, start, stop } = span;
  if (table.starts[entry + 1] - from !== stop - start) return false;
  const pool = table.pool;
  for (let i = start, k = from; i < stop; i++, k++) {
    if (bytes[i] !== pool[k]) return false;
  }
  return true;
}

/** Adds bytes that are not in the table yet. */
export function addCode(table: ByteTable, bytes: Uint8Array, code: number): void {
  const entry = table.count;
  if (entry === table.codes.length) growEntries(table);
  const from = table.starts[entry];
  const to = from + bytes.length;
  if (to > table.pool.length) {
    const pool = new Uint8Array(Math.max(to, table.pool.length * 2));
    pool.set(table.pool);
    table.pool = pool;
  }
  table.pool.set(bytes, from);
  table.starts[entry + 1] = to;
  const hash = hashBytes(bytes, 0, bytes.length);
  table.hashes[entry] = hash;
  table.codes[entry] = code;
  table.count = entry + 1;
  placeEntry(table, entry, hash);
}

export function clearTable(table: ByteTable): void {
  table.slots.fill(0);
  table.count = 0;
}

function placeEntry(table: ByteTable, entry: number, hash: number): void {
  const mask = table.slots.length - 1;
  let slot = mixHash(hash) & mask;
  while (table.slots[slot] !== 0) slot = (slot + 1) & mask;
  table.slots[slot] = entry + 1;
}

function growEntries(table: ByteTable): void {
  const room = table.codes.length * 2;
  table.hashes = growInts(table.hashes, room);
  table.codes = growInts(table.codes, room);
  table.starts = growInts(table.starts, room + 1);
  table.slots = new Int32Array(room * 2);
  for (let entry = 0; entry < table.count; entry++) placeEntry(table, entry, table.hashes[entry]);
}

function growInts(from: Int32Array, length: number): Int32Array {
  const grown = new Int32Array(length);
  grown.set(from);
  return grown;
}

/** FNV's low bits alone cluster. */
function mixHash(hash: number): number {
  return hash ^ (hash >>> 15);
}
