import type { IdList } from "../join/entries.ts";

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const PASSES = 6;

/** Positions of the ids in ascending 64-bit order; equal ids stay in the order in which they came. */
export function orderIds(ids: IdList): Uint32Array {
  const order = new Uint32Array(ids.count);
  for (let i = 0; i < order.length; i += 1) order[i] = i;
  // The counting passes touch 12,288 counters, which a short list does not repay.
  return ids.count < 512 ? order.sort((a, b) => compareIds(ids, a, b)) : radixSort(ids, order);
}

function compareIds(ids: IdList, a: number, b: number): number {
  return (ids.high[a] ?? 0) - (ids.high[b] ?? 0) || (ids.low[a] ?? 0) - (ids.low[b] ?? 0) || a - b;
}

/** Least significant digit first: linear, stable, and indifferent to how the ids are spread. */
function radixSort(ids: IdList, order: Uint32Array): Uint32Array {
  let from: Uint32Array = order;
  let to: Uint32Array = new Uint32Array(order.length);
  const next = new Uint32Array(DIGITS);
  for (let pass = 0; pass < PASSES; pass += 1) {
    const half = pass < 3 ? ids.low : ids.high;
    const shift = (pass % 3) * DIGIT_BITS;
    if (!countDigits(half, shift, { count: ids.count, next })) continue;
    for (let i = 0; i < from.length; i += 1) {
      const position = from[i] ?? 0;
      const digit = ((half[position] ?? 0) >>> shift) & (DIGITS - 1);
      const slot = next[digit] ?? 0;
      next[digit] = slot + 1;
      to[slot] = position;
    }
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/** Fills `next` with the first slot of every digit; false if all have the same digit, so that the pass changes nothing. */
function countDigits(half: Uint32Array, shift: number, work: { count: number; next: Uint32Array }): boolean {
  const { count, next } = work;
  next.fill(0);
  for (let i = 0; i < count; i += 1) {
    const digit = ((half[i] ?? 0) >>> shift) & (DIGITS - 1);
    next[digit] = (next[digit] ?? 0) + 1;
  }
  let slot = 0;
  for (let digit = 0; digit < DIGITS; digit += 1) {
    const size = next[digit] ?? 0;
    if (size === count) return false;
    next[digit] = slot;
    slot += size;
  }
  return true;
}
