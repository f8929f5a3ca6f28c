import type { IdList } from "../join/entries.ts";

/** An id as the field of a hash: its high half, then its low one, little-endian. */
export const ID_BYTES = 8;

export function writeId(
  view: DataView,
  at: number,
  id: { readonly high: number; readonly low: number },
): void {
  view.setUint32(at, id.high, true);
  view.setUint32(at + 4, id.low, true);
}

export function readId(view: DataView, at: number): { readonly high: number; readonly low: number } {
  return { high: view.getUint32(at, true), low: view.getUint32(at + 4, true) };
}

/** Ids, by the hash of a generation that they belong to. */
export interface Buckets {
  /** Positions, bucket after bucket; within one as they came. */
  readonly order: Uint32Array;
  /** Where each bucket begins in `order`, and one more where the last ends. */
  readonly starts: Uint32Array;
}

/** Ids are keyed hashes, so their low bits spread them evenly over a power of two. */
export function orderByBucket({ low, count }: Pick<IdList, "low" | "count">, buckets: number): Buckets {
  const mask = buckets - 1;
  const starts = new Uint32Array(buckets + 1);
  for (let i = 0; i < count; i += 1) starts[(low[i] & mask) + 1] += 1;
  for (let bucket = 0; bucket < buckets; bucket += 1) starts[bucket + 1] += starts[bucket];
  const next = starts.slice();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) {
    const bucket = low[i] & mask;
    order[next[bucket]] = i;
    next[bucket] += 1;
  }
  return { order, starts };
}

/** The buckets that have any ids, and how many each, as 32-bit integers, little-endian. */
export function filledBuckets({ starts }: Buckets): { readonly numbers: number[]; readonly counts: Buffer } {
  const numbers: number[] = [];
  for (let bucket = 0; bucket + 1 < starts.length; bucket += 1) {
    if (starts[bucket + 1] > starts[bucket]) numbers.push(bucket);
  }
  const counts = Buffer.allocUnsafe(4 * numbers.length);
  for (const [i, bucket] of numbers.entries()) {
    counts.writeUInt32LE(starts[bucket + 1] - starts[bucket], 4 * i);
  }
  return { numbers, counts };
}
