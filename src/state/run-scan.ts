import type { EntryBlock } from "../join/entries.ts";
import type { BlockReader, Run } from "./run.ts";

/**
 * The entries of runs (oldest first) that do not expire before `since`, ms, in blocks that are the reader's own: entries that a
 * younger run hides among them.
 */
export function* scanRuns(runs: readonly Run[], since: number, blocks: BlockReader): Generator<EntryBlock> {
  for (const run of runs) {
    if (run.expires < since) continue;
    for (let number = 0; number < run.firstHigh.length; number += 1) {
      // What the block lies in is used again by the next look-up.
      const { count, high, low, fields } = blocks.read(run, number);
      yield {
        count,
        high: high.slice(),
        low: low.slice(),
        fields: fields.slice(),
        width: run.width,
      };
    }
  }
}
