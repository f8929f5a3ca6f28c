/** The most characters of a whole number of 64 bits, sign included. */
export const LONGEST_DECIMAL = 20;

/**
 * Writes the decimal digits of an unsigned whole number of 64 bits, given as two halves of 32, to `into` from `at` on, and
 * returns the position after them.
 */
export function writeDecimal(high: number, low: number, into: Uint8Array, at: number): number {
  // Sixteen bits at a time, so that no step leaves 32.
  let a = high >>> 16;
  let b = high & 0xffff;
  let c = low >>> 16;
  let d = low & 0xffff;
  let stop = at;
  do {
    let rest = a % 10;
    a = (a - rest) / 10;
    rest = (rest << 16) | b;
    b = (rest / 10) | 0;
    rest = ((rest - b * 10) << 16) | c;
    c = (rest / 10) | 0;
    rest = ((rest - c * 10) << 16) | d;
    d = (rest / 10) | 0;
    into[stop++] = 0x30 + rest - d * 10;
  } while ((a | b | c | d) !== 0);
  for (let first = at, last = stop - 1; first < last; first++, last--) {
    const digit = into[first];
    into[first] = into[last];
    into[last] = digit;
  }
  return stop;
}
