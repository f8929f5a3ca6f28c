import type { FoundEntries, IdList } from "../join/entries.ts";
import { mayHold } from "./bloom.ts";
import { orderIds } from "./id-order.ts";
import type { Block, BlockReader, Run } from "./run.ts";

/**
 * Looks ids up in the runs of one index (oldest first); an entry of a younger run hides those of older ones. Ids are taken in
 * ascending order, so that filters and blocks are each walked through once.
 */
export function findEntries(runs: readonly Run[], ids: IdList, blocks: BlockReader): FoundEntries {
  const width = runs.at(-1)?.width ?? 0;
  const answer = {
    found: new Uint8Array(ids.count),
    fields: new Float64Array(ids.count * width),
    width,
  };
  if (runs.length === 0) return answer;
  const pending = orderIds(ids);
  let left = pending.length;
  for (let i = runs.length - 1; i >= 0 && left > 0; i -= 1) {
    const run = runs[i];
    if (run !== undefined) left = searchRun(run, { ids, pending, left, answer }, blocks);
  }
  return answer;
}

interface Search {
  readonly ids: IdList;
  /** Positions not found yet, ascending by id; the first `left` are meaningful. */
  readonly pending: Uint32Array;
  readonly left: number;
  readonly answer: FoundEntries;
}

/** Takes what the run holds out of `pending`; returns how many are left. */
function searchRun(run: Run, search: Search, blocks: BlockReader): number {
  const { ids, pending, left, answer } = search;
  const { width } = answer;
  let blockNumber = -1;
  let block: Block | undefined;
  let kept = 0;
  for (let i = 0; i < left; i += 1) {
    const position = pending[i];
    const high = ids.high[position];
    const low = ids.low[position];
    if (mayHold(run.bloom, high, low)) {
      const number = lastAtMost(run.firstHigh, run.firstLow, high, low);
      if (number >= 0 && number !== blockNumber) {
        blockNumber = number;
        block = blocks.read(run, number);
      }
      const entry = number < 0 || block === undefined ? -1 : lastAtMost(block.high, block.low, high, low);
      if (block !== undefined && entry >= 0 && block.high[entry] === high && block.low[entry] === low) {
        answer.found[position] = 1;
        for (let k = 0; k < width; k += 1)
          answer.fields[position * width + k] = block.fields[entry * width + k];
        continue;
      }
    }
    pending[kept] = position;
    kept += 1;
  }
  return kept;
}

/** Position of the last id of ascending columns that is not above the one asked for; -1 if there is none. */
function lastAtMost(columnHigh: Uint32Array, columnLow: Uint32Array, high: number, low: number): number {
  let below = -1;
  let above = columnHigh.length;
  while (above - below > 1) {
    const middle = (below + above) >>> 1;
    const there = columnHigh[middle];
    if (there < high || (there === high && columnLow[middle] <= low)) below = middle;
    else above = middle;
  }
  return below;
}
