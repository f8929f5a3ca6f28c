/**
 * A blocked bloom filter over 64-bit hashes: every id sets four bits of one 512-bit block, about ten bits an entry (1.5%
 * false positives; seven bits would halve that, and cost every merge twice the time). The block follows from the id's order, so that ids asked for in order walk through the filter.
 */
const BITS_PER_ENTRY = 10;
const WORDS_PER_BLOCK = 16;
const PROBES = 4;

/** An empty filter for this many entries. */
export function createBloom(entries: number): Uint32Array {
  return new Uint32Array(Math.ceil((entries * BITS_PER_ENTRY) / 512) * WORDS_PER_BLOCK);
}

export function addToBloom(bloom: Uint32Array, high: number, low: number): void {
  const base = blockOf(bloom, high);
  let probe = Math.imul(low ^ high, 0x9e3779b1);
  const step = Math.imul(low, 0x85ebca6b) | 1;
  for (let i = 0; i < PROBES; i += 1) {
    const bit = probe >>> 23;
    const word = base + (bit >>> 5);
    bloom[word] |= 1 << (bit & 31);
    probe = (probe + step) | 0;
  }
}

/** False only if the id was never added. */
export function mayHold(bloom: Uint32Array, high: number, low: number): boolean {
  const base = blockOf(bloom, high);
  let probe = Math.imul(low ^ high, 0x9e3779b1);
  const step = Math.imul(low, 0x85ebca6b) | 1;
  for (let i = 0; i < PROBES; i += 1) {
    const bit = probe >>> 23;
    if ((bloom[base + (bit >>> 5)] & (1 << (bit & 31))) === 0) return false;
    probe = (probe + step) | 0;
  }
  return true;
}

function blockOf(bloom: Uint32Array, high: number): number {
  return Math.floor((high / 0x1_0000_0000) * (bloom.length / WORDS_PER_BLOCK)) * WORDS_PER_BLOCK;
}
