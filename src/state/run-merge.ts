import { addEntry, finishRun, startRun } from "./run-writer.ts";
import type { Block, BlockReader, BlockWriter, Run } from "./run.ts";

/** Merges runs (oldest first) into one; of entries with one id the youngest run's stays. Holds one block of each. */
export function mergeRuns(runs: readonly Run[], sequence: number, blocks: BlockReader & BlockWriter): Run {
  const writer = startRun({
    sequence,
    width: runs[0]?.width ?? 0,
    expires: runs.reduce((latest, run) => Math.max(latest, run.expires), -Infinity),
    most: runs.reduce((sum, run) => sum + run.count, 0),
    blocks,
  });
  const cursors = runs.map((run) => openCursor(run, blocks));
  for (;;) {
    const least = nextEntry(cursors, blocks);
    if (least === undefined) return finishRun(writer);
    addEntry(writer, least.block, least.position);
    step(least, blocks);
  }
}

/** Where a merge stands in one run; `position` is past the block's end once the run is used up. */
interface Cursor {
  readonly run: Run;
  blockNumber: number;
  block: Block;
  position: number;
}

const NO_BLOCK: Block = {
  count: 0,
  fields: new Float64Array(0),
  high: new Uint32Array(0),
  low: new Uint32Array(0),
};

function openCursor(run: Run, blocks: BlockReader): Cursor {
  const cursor = { run, blockNumber: -1, block: NO_BLOCK, position: -1 };
  step(cursor, blocks);
  return cursor;
}

function step(cursor: Cursor, blocks: BlockReader): void {
  cursor.position += 1;
  if (cursor.position < cursor.block.count || cursor.blockNumber + 1 >= cursor.run.firstHigh.length) return;
  cursor.blockNumber += 1;
  // The reader gives its buffer to the next cursor, so the block must be ours.
  cursor.block = copyBlock(blocks.read(cursor.run, cursor.blockNumber));
  cursor.position = 0;
}

function copyBlock({ count, fields, high, low }: Block): Block {
  return { count, fields: fields.slice(), high: high.slice(), low: low.slice() };
}

/** The cursor at the least id; of several the youngest run's, and the others step over theirs. */
function nextEntry(cursors: readonly Cursor[], blocks: BlockReader): Cursor | undefined {
  let least: Cursor | undefined;
  let leastHigh = 0;
  let leastLow = 0;
  for (const cursor of cursors) {
    const { block, position } = cursor;
    if (position >= block.count) continue;
    const high = block.high[position] ?? 0;
    const low = block.low[position] ?? 0;
    if (least !== undefined) {
      if (high > leastHigh || (high === leastHigh && low > leastLow)) continue;
      if (high === leastHigh && low === leastLow) step(least, blocks);
    }
    least = cursor;
    leastHigh = high;
    leastLow = low;
  }
  return least;
}
