import { addEntry, finishRun, startRun } from "./run-writer.ts";
import { BLOCK_ENTRIES } from "./run.ts";
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
  const heads = Float64Array.from(cursors, leadingBits);
  for (;;) {
    const least = leastHead(cursors, heads);
    const cursor = cursors[least];
    if (cursor === undefined) return finishRun(writer);
    addEntry(writer, cursor.block, cursor.position);
    for (let i = 0; i < least; i += 1) {
      const older = cursors[i];
      // The youngest of equal ids has been taken; the others are stepped over.
      if (heads[i] !== heads[least] || older === undefined || compareCursors(older, cursor) !== 0) continue;
      step(older, blocks);
      heads[i] = leadingBits(older);
    }
    step(cursor, blocks);
    heads[least] = leadingBits(cursor);
  }
}

/** Where a merge stands in one run; `position` is past the block's end once the run is used up. */
interface Cursor {
  readonly run: Run;
  blockNumber: number;
  /** Its own, used again for every block of the run: a merge of a million entries would else leave 100 MB behind. */
  readonly block: Omit<Block, "count">;
  count: number;
  position: number;
}

function openCursor(run: Run, blocks: BlockReader): Cursor {
  const most = Math.min(run.count, BLOCK_ENTRIES);
  const block = {
    fields: new Float64Array(most * run.width),
    high: new Uint32Array(most),
    low: new Uint32Array(most),
  };
  const cursor = { run, blockNumber: -1, block, count: 0, position: -1 };
  step(cursor, blocks);
  return cursor;
}

function step(cursor: Cursor, blocks: BlockReader): void {
  cursor.position += 1;
  if (cursor.position < cursor.count || cursor.blockNumber + 1 >= cursor.run.firstHigh.length) return;
  cursor.blockNumber += 1;
  // The reader gives its buffer to the next cursor, so the block must be ours.
  const { count, fields, high, low } = blocks.read(cursor.run, cursor.blockNumber);
  cursor.block.fields.set(fields);
  cursor.block.high.set(high);
  cursor.block.low.set(low);
  cursor.count = count;
  cursor.position = 0;
}

/** The 53 bits of the cursor's id that a double can hold: they nearly always decide. Infinity once it is used up. */
function leadingBits({ block, count, position }: Cursor): number {
  if (position >= count) return Infinity;
  return block.high[position] * 2 ** 21 + (block.low[position] >>> 11);
}

/** The cursor at the least id, of equal ones the youngest; -1 once all are used up. */
function leastHead(cursors: readonly Cursor[], heads: Float64Array): number {
  let least = -1;
  let bits = Infinity;
  for (let i = 0; i < heads.length; i += 1) {
    const head = heads[i];
    if (head > bits || head === Infinity) continue;
    const cursor = cursors[i];
    const before = cursors[least];
    if (head === bits && cursor !== undefined && before !== undefined && compareCursors(cursor, before) > 0)
      continue;
    least = i;
    bits = head;
  }
  return least;
}

/** By the bits that `leadingBits` leaves out, where those are equal. */
function compareCursors(a: Cursor, b: Cursor): number {
  return a.block.low[a.position] - b.block.low[b.position];
}
