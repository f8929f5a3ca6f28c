import type { IdList } from "../join/entries.ts";

/** Positions of the ids in ascending 64-bit order; equal ids stay in the order in which they came. */
export function orderIds(ids: IdList): Uint32Array {
  const { order, largest } = sortIntoBuckets(ids);
  // Ids are keyed hashes, so buckets hold one or two. Ids that are not spread evenly are only slower.
  if (largest > LARGEST_BUCKET) return order.sort((a, b) => compareIds(ids, a, b));
  for (let i = 1; i < order.length; i += 1) {
    const position = order[i];
    let slot = i;
    while (slot > 0 && compareIds(ids, order[slot - 1], position) > 0) {
      order[slot] = order[slot - 1];
      slot -= 1;
    }
    order[slot] = position;
  }
  return order;
}

const LARGEST_BUCKET = 32;
const MOST_BUCKET_BITS = 16;

/** Order by the leading bits of the ids, about one bucket an id. */
function sortIntoBuckets(ids: IdList): { order: Uint32Array; largest: number } {
  const { high, count } = ids;
  const bits = Math.min(Math.max(Math.ceil(Math.log2(count)), 1), MOST_BUCKET_BITS);
  const shift = 32 - bits;
  const next = new Uint32Array(2 ** bits);
  for (let i = 0; i < count; i += 1) {
    const bucket = high[i] >>> shift;
    next[bucket] += 1;
  }
  let slot = 0;
  let largest = 0;
  for (let bucket = 0; bucket < next.length; bucket += 1) {
    const size = next[bucket];
    if (size > largest) largest = size;
    next[bucket] = slot;
    slot += size;
  }
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) {
    const bucket = high[i] >>> shift;
    const place = next[bucket];
    next[bucket] = place + 1;
    order[place] = i;
  }
  return { order, largest };
}

function compareIds(ids: IdList, a: number, b: number): number {
  return ids.high[a] - ids.high[b] || ids.low[a] - ids.low[b] || a - b;
}
