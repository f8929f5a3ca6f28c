import type { EventBatch } from "../event/batch.ts";
import { reasonCode } from "../event/reason.ts";
import { ARRIVALS } from "./tails.ts";

export interface ArrivalCounting {
  readonly blocks: Float64Array;
  /** Where the row's vector begins in `blocks`; -1 = the row counts nowhere. Rows dropped as invalid may have one. */
  readonly rowBlock: Int32Array;
  /** Of the arrivals section. */
  readonly offset: number;
  readonly batch: EventBatch;
  /** 1 where a row has a faulty cell (markFaultyRows). */
  readonly faulty: Uint8Array;
}

/** Counts measured, faulty and invalid rows. Rows dropped for any other reason are the ledger's, not a pane's. */
export function addArrivals({ blocks, rowBlock, offset, batch, faulty }: ArrivalCounting): void {
  const invalid = reasonCode("invalid");
  const { reason, rows } = batch;
  for (let row = 0; row < rows; row += 1) {
    const block = rowBlock[row];
    if (block < 0) continue;
    const start = block + offset;
    if (reason[row] === 0) {
      blocks[start + ARRIVALS.measured] += 1;
      if (faulty[row] === 1) blocks[start + ARRIVALS.faulty] += 1;
    } else if (reason[row] === invalid) {
      blocks[start + ARRIVALS.invalid] += 1;
    }
  }
}

/** Rows that came, good or bad, and records that could not be decoded, of a section. */
export function countArrived(section: Float64Array): number {
  return section[ARRIVALS.measured] + section[ARRIVALS.invalid] + section[ARRIVALS.undecodable];
}

/** Sets 1 for every row with at least one faulty cell and 0 for the others. */
export function markFaultyRows(batch: EventBatch, into: Uint8Array): void {
  into.fill(0, 0, batch.rows);
  for (let fault = 0; fault < batch.faults; fault += 1) into[batch.faultRow[fault]] = 1;
}
