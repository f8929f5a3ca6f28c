import type { IndexEntries } from "../join/entries.ts";
import { addToBloom, createBloom } from "./bloom.ts";
import { orderIds } from "./id-order.ts";
import { BLOCK_ENTRIES, blockBytes, viewBlock } from "./run.ts";
import type { Block, BlockWriter, Run } from "./run.ts";

/** Sorts the entries of one commit into a run; of entries with one id the last stays. */
export function buildRun(entries: IndexEntries, sequence: number, blocks: BlockWriter): Run {
  const { count, width, expires, high, low, fields } = entries;
  const order = orderIds(entries);
  const writer = startRun({ sequence, width, expires, most: count, blocks });
  for (let i = 0; i < count; i += 1) {
    const position = order[i];
    const next = order[i + 1];
    if (next !== undefined && high[position] === high[next] && low[position] === low[next]) continue;
    addEntry(writer, { high, low, fields }, position);
  }
  return finishRun(writer);
}

/** A run being written: entries must come in ascending order of id, each id once. */
export interface RunWriter {
  readonly head: Omit<Run, "count">;
  readonly blocks: BlockWriter;
  readonly bytes: Uint8Array;
  readonly block: Block;
  /** Entries in the block being filled. */
  filled: number;
  /** Blocks already written. */
  written: number;
}

/** `most`: no more entries than this will be added. */
export function startRun(run: {
  sequence: number;
  width: number;
  expires: number;
  most: number;
  blocks: BlockWriter;
}): RunWriter {
  const { sequence, width, expires, most, blocks } = run;
  const blockCount = Math.ceil(most / BLOCK_ENTRIES);
  const bytes = new Uint8Array(blockBytes(Math.min(most, BLOCK_ENTRIES), width));
  return {
    head: {
      sequence,
      width,
      expires,
      firstHigh: new Uint32Array(blockCount),
      firstLow: new Uint32Array(blockCount),
      bloom: createBloom(most),
    },
    blocks,
    bytes,
    block: viewBlock(bytes, width),
    filled: 0,
    written: 0,
  };
}

/** Adds the entry at `position` of some columns. */
export function addEntry(
  writer: RunWriter,
  columns: { high: Uint32Array; low: Uint32Array; fields: Float64Array },
  position: number,
): void {
  if (writer.filled === BLOCK_ENTRIES) writeBlock(writer);
  const { head, block, filled } = writer;
  const high = columns.high[position];
  const low = columns.low[position];
  if (filled === 0) {
    head.firstHigh[writer.written] = high;
    head.firstLow[writer.written] = low;
  }
  block.high[filled] = high;
  block.low[filled] = low;
  const from = position * head.width;
  const to = filled * head.width;
  for (let i = 0; i < head.width; i += 1) block.fields[to + i] = columns.fields[from + i];
  addToBloom(head.bloom, high, low);
  writer.filled = filled + 1;
}

export function finishRun(writer: RunWriter): Run {
  const { head } = writer;
  const count = writer.written * BLOCK_ENTRIES + writer.filled;
  if (writer.filled > 0) writeBlock(writer);
  return {
    ...head,
    count,
    firstHigh: head.firstHigh.slice(0, writer.written),
    firstLow: head.firstLow.slice(0, writer.written),
  };
}

function writeBlock(writer: RunWriter): void {
  const { head, block, filled } = writer;
  let bytes = writer.bytes;
  if (filled < block.count) {
    bytes = new Uint8Array(blockBytes(filled, head.width));
    const short = viewBlock(bytes, head.width);
    short.fields.set(block.fields.subarray(0, filled * head.width));
    short.high.set(block.high.subarray(0, filled));
    short.low.set(block.low.subarray(0, filled));
  }
  writer.blocks.write(head, writer.written, bytes);
  writer.written += 1;
  writer.filled = 0;
}
