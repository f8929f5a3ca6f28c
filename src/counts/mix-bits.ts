/** The 32-bit finaliser of MurmurHash3: neighbouring numbers get unrelated ones, from 0 to 2^32 - 1. */
export function mixBits(number: number): number {
  let hash = number | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
