import { viewBlock } from "./run.ts";
import type { Block, BlockReader, BlockWriter } from "./run.ts";

/** Blocks of runs in memory, outside the JavaScript heap. */
export interface MemoryBlocks extends BlockReader, BlockWriter {
  /** Forgets a run. */
  drop(sequence: number): void;
  /** Bytes. */
  size(): number;
}

export function createMemoryBlocks(): MemoryBlocks {
  const runs = new Map<number, Block[]>();
  return {
    read({ sequence }, number) {
      const block = runs.get(sequence)?.[number];
      if (block === undefined) throw new RangeError(`run ${sequence} has no block ${number}`);
      return block;
    },
    write({ sequence, width }, number, bytes) {
      const blocks = runs.get(sequence) ?? [];
      blocks[number] = viewBlock(new Uint8Array(bytes), width);
      runs.set(sequence, blocks);
    },
    drop(sequence) {
      runs.delete(sequence);
    },
    size() {
      let bytes = 0;
      for (const blocks of runs.values()) for (const block of blocks) bytes += block.fields.buffer.byteLength;
      return bytes;
    },
  };
}
