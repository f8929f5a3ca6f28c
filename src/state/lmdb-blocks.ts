import { endOf, rowKey } from "./lmdb-keys.ts";
import type { LmdbRows } from "./lmdb-rows.ts";
import type { RunChange, RunIndex } from "./run-index.ts";
import { viewBlock } from "./run.ts";
import type { Block, BlockReader, BlockWriter, Run } from "./run.ts";
import { SEAL_BYTES, damaged, placeOf, sealInPlace, unseal } from "./sealed.ts";

/** One sorted-run index in the embedded store: heads in memory, blocks in LMDB. */
export interface LmdbIndex extends RunIndex {
  readonly number: number;
  runs: readonly Run[];
  /** Blocks whose checksum this process has seen to be right, by run: checking costs more than reading. */
  readonly checked: Map<number, Uint8Array>;
}

/** Reads the heads of an index. */
export function openIndex(rows: LmdbRows, number: number): LmdbIndex {
  const runs: Run[] = [];
  const end = number + 1 < 2 ** 32 ? rowKey("head", number + 1) : endOf("head");
  for (const { key, value } of rows.scan(rowKey("head", number), end))
    runs.push(unpackHead(unseal(value, { what: "a run", place: placeOf(key) })));
  const checked = new Map<number, Uint8Array>();
  return { number, runs, checked, blocks: createBlocks(rows, number, checked) };
}

/** Writes what a change makes of the heads, and drops what it leaves over. Only inside a transaction. */
export function writeChange(rows: LmdbRows, index: LmdbIndex, change: RunChange): void {
  for (const run of change.removed) {
    rows.remove(rowKey("head", index.number, run.sequence));
    for (let block = 0; block < run.firstHigh.length; block += 1) {
      rows.remove(rowKey("block", index.number, run.sequence, block));
    }
  }
  for (const run of change.added) {
    const key = rowKey("head", index.number, run.sequence);
    rows.put(key, packHead(run, placeOf(key)));
  }
}

/** Takes a change over in memory, once it is committed. */
export function applyChange(index: LmdbIndex, change: RunChange): void {
  index.runs = change.runs;
  for (const run of change.removed) index.checked.delete(run.sequence);
}

function createBlocks(
  rows: LmdbRows,
  number: number,
  checked: Map<number, Uint8Array>,
): BlockReader & BlockWriter {
  let sealed = new Uint8Array(0);
  let last: { bytes: Uint8Array; block: Block } | undefined;
  return {
    read({ sequence, width }, block) {
      const key = rowKey("block", number, sequence, block);
      const value = rows.peek(key);
      if (value === undefined) throw damaged(`Block ${block} of run ${sequence} is missing.`);
      const flags = checked.get(sequence) ?? new Uint8Array(block + 1);
      if (flags[block] !== 1) {
        unseal(value, { what: `block ${block} of run ${sequence}`, place: placeOf(key) });
        checked.set(sequence, markBlock(flags, block));
      }
      // Rows come in one buffer that is used again, so the columns of the last block mostly fit this one too.
      if (last === undefined || !standInOnePlace(value, last.bytes)) {
        last = { bytes: value, block: viewBlock(value.subarray(SEAL_BYTES), width) };
      }
      return last.block;
    },
    write({ sequence }, block, bytes) {
      const size = SEAL_BYTES + bytes.length;
      if (sealed.length !== size) sealed = new Uint8Array(size);
      sealed.set(bytes, SEAL_BYTES);
      const key = rowKey("block", number, sequence, block);
      sealInPlace(sealed, placeOf(key));
      rows.put(key, sealed);
    },
  };
}

function standInOnePlace(a: Uint8Array, b: Uint8Array): boolean {
  return a.buffer === b.buffer && a.byteOffset === b.byteOffset && a.length === b.length;
}

function markBlock(flags: Uint8Array, block: number): Uint8Array {
  let marked = flags;
  if (block >= flags.length) {
    marked = new Uint8Array(2 * block + 1);
    marked.set(flags);
  }
  marked[block] = 1;
  return marked;
}

const HEAD_BYTES = 32;

/** sequence, count, width, blocks: u32; expires: f64; then first ids and filter, all u32; little-endian. */
function packHead(run: Run, place: number): Uint8Array {
  const { firstHigh, firstLow, bloom } = run;
  const sealed = new Uint8Array(SEAL_BYTES + HEAD_BYTES + 4 * (2 * firstHigh.length + bloom.length));
  const view = new DataView(sealed.buffer, SEAL_BYTES);
  view.setUint32(0, run.sequence, true);
  view.setUint32(4, run.count, true);
  view.setUint32(8, run.width, true);
  view.setUint32(12, firstHigh.length, true);
  view.setFloat64(16, run.expires, true);
  const words = new Uint32Array(sealed.buffer, SEAL_BYTES + HEAD_BYTES);
  words.set(firstHigh, 0);
  words.set(firstLow, firstHigh.length);
  words.set(bloom, 2 * firstHigh.length);
  sealInPlace(sealed, place);
  return sealed;
}

/** The head of a run. */
export function unpackHead(payload: Uint8Array): Run {
  const bytes = new Uint8Array(payload);
  const view = new DataView(bytes.buffer);
  const blocks = view.getUint32(12, true);
  const words = new Uint32Array(bytes.buffer, HEAD_BYTES);
  return {
    sequence: view.getUint32(0, true),
    count: view.getUint32(4, true),
    width: view.getUint32(8, true),
    expires: view.getFloat64(16, true),
    firstHigh: words.subarray(0, blocks),
    firstLow: words.subarray(blocks, 2 * blocks),
    bloom: words.subarray(2 * blocks),
  };
}
