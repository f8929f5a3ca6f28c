import type { BlockReader, BlockWriter } from "./run.ts";

/** Blocks of runs in memory, outside the JavaScript heap. */
export interface MemoryBlocks extends BlockReader, BlockWriter {
  /** Forgets a run. */
  drop(sequence: number): void;
  /** Bytes. */
  size(): number;
}

export function createMemoryBlocks(): MemoryBlocks {
  const runs = new Map<number, Uint8Array[]>();
  return {
    read(sequence, block) {
      const bytes = runs.get(sequence)?.[block];
      if (bytes === undefined) throw new RangeError(`run ${sequence} has no block ${block}`);
      return bytes;
    },
    write(sequence, block, bytes) {
      const blocks = runs.get(sequence) ?? [];
      blocks[block] = bytes.slice();
      runs.set(sequence, blocks);
    },
    drop(sequence) {
      runs.delete(sequence);
    },
    size() {
      let bytes = 0;
      for (const blocks of runs.values()) for (const block of blocks) bytes += block.length;
      return bytes;
    },
  };
}
