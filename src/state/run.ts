import { MINUTE } from "../config/quantity.ts";

/**
 * A sorted run: entries of one commit, or of several that were merged, ordered by 64-bit id and cut into blocks. The head
 * (bloom filter, first id of every block) stays in memory; blocks are read when an id may be in them.
 */
export interface Run {
  /** Rises with every run of an index: of two runs that hold an id, the one with the higher sequence is right. */
  readonly sequence: number;
  readonly count: number;
  /** Float64 fields per entry. */
  readonly width: number;
  /** When the whole run may be dropped, ms since the epoch: the latest `expires` of what was merged into it. */
  readonly expires: number;
  /** First id of every block, ascending. */
  readonly firstHigh: Uint32Array;
  readonly firstLow: Uint32Array;
  readonly bloom: Uint32Array;
}

/** Where the blocks of one index are kept. */
export interface BlockReader {
  /** A block of a run, valid until the next call. Throws STATE_DAMAGED if it is not what was written. */
  read(run: Pick<Run, "sequence" | "width">, block: number): Block;
}

export interface BlockWriter {
  /** Must copy `bytes`: they are overwritten by the next block. */
  write(run: Pick<Run, "sequence" | "width">, block: number, bytes: Uint8Array): void;
}

/** Small enough that one id costs one short copy, large enough that a store of millions has thousands of rows. */
export const BLOCK_ENTRIES = 1024;

/** A block as columns on its own bytes: fields, then high and low halves of the ids. */
export interface Block {
  readonly count: number;
  readonly fields: Float64Array;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/** Bytes of a block; typed arrays are little-endian on every platform that the store runs on. */
export function blockBytes(count: number, width: number): number {
  return count * (8 * width + 8);
}

/** Lays columns over the bytes of a block, copying only where they are not aligned to eight. */
export function viewBlock(bytes: Uint8Array, width: number): Block {
  const count = bytes.length / (8 * width + 8);
  if (!Number.isInteger(count))
    throw new RangeError(`a block of ${bytes.length} bytes does not hold ${width} fields an entry`);
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const { buffer, byteOffset } = aligned;
  const ids = byteOffset + 8 * count * width;
  return {
    count,
    fields: new Float64Array(buffer, byteOffset, count * width),
    high: new Uint32Array(buffer, ids, count),
    low: new Uint32Array(buffer, ids + 4 * count, count),
  };
}

/**
 * Where the merge of an index's youngest runs begins; `runs.length` if nothing is to be merged. Runs are oldest first. A run is
 * merged with all younger ones once together they are as large as it is, so that about log2(entries / entries per
 * commit) + 8 runs remain. Runs whose expiries are far apart stay apart, or the oldest entry would live as long as the youngest.
 */
export function planMerge(runs: readonly Run[]): number {
  const newest = runs.at(-1);
  if (newest === undefined) return 0;
  let earliest = newest.expires;
  let latest = newest.expires;
  for (const run of runs) {
    earliest = Math.min(earliest, run.expires);
    latest = Math.max(latest, run.expires);
  }
  const spread = Math.max(LEAST_SPREAD, (latest - earliest) / 4);
  let start = runs.length;
  let younger = 0;
  earliest = newest.expires;
  latest = newest.expires;
  for (let i = runs.length - 1; i >= 0; i -= 1) {
    const run = runs[i];
    if (run === undefined) break;
    earliest = Math.min(earliest, run.expires);
    latest = Math.max(latest, run.expires);
    if (younger + run.count > LARGEST_MERGE || latest - earliest > spread) break;
    if (run.count <= younger && runs.length - i >= LEAST_RUNS) start = i;
    younger += run.count;
  }
  return start;
}

/** Fewer runs than this cost a look-up less than merging them costs a commit. */
const LEAST_RUNS = 8;
/** Entries: what one commit can be held up by is bounded (about 0.05 s), and with it how long a probe of /healthz waits. */
const LARGEST_MERGE = 524_288;
/** Milliseconds. */
const LEAST_SPREAD = MINUTE;
