/** The room that a whole number of 64 bits needs: a sign and twenty digits. */
export const DECIMAL_ROOM = 21;
const DIGITS = 20;

/**
 * Writes the decimal digits of an unsigned whole number of 64 bits, given as two halves of 32, to `into` from `at` on, and
 * returns the position after them. There must be room for twenty.
 */
export function writeDecimal(high: number, low: number, into: Uint8Array, at: number): number {
  // Four digits at a time and sixteen bits at a time, so that no step leaves 31 bits.
  let a = high >>> 16;
  let b = high & 0xffff;
  let c = low >>> 16;
  let d = low & 0xffff;
  const stop = at + DIGITS;
  let first = stop;
  do {
    let rest = a;
    a = (rest / 10_000) | 0;
    rest = ((rest - a * 10_000) << 16) | b;
    b = (rest / 10_000) | 0;
    rest = ((rest - b * 10_000) << 16) | c;
    c = (rest / 10_000) | 0;
    rest = ((rest - c * 10_000) << 16) | d;
    d = (rest / 10_000) | 0;
    rest -= d * 10_000;
    for (let i = 0; i < 4; i++) {
      const next = (rest / 10) | 0;
      into[--first] = 0x30 + rest - next * 10;
      rest = next;
    }
  } while ((a | b | c | d) !== 0);
  while (first < stop - 1 && into[first] === 0x30) first++;
  for (let i = first; i < stop; i++) into[at + i - first] = into[i];
  return at + stop - first;
}
