import type { DecodedRecords } from "./event/batch.ts";
import { DROP_REASONS } from "./event/reason.ts";
import type { RecordBatch } from "./event/records.ts";
import { REFUSALS } from "./event/refusal.ts";
import type { Delivery } from "./stream/source.ts";

/** Gives the records of a delivery the offsets that follow what is stored of their stream. */
export function numberRecords({ offsets, count }: RecordBatch, first: number): void {
  for (let record = 0; record < count; record++) offsets[record] = first + record;
}

/** Tells of every record that was refused whole, and of every row that was dropped, why. */
export function tellDropped(
  { offsets }: RecordBatch,
  { batches, refused }: DecodedRecords,
  dropped: NonNullable<Delivery["dropped"]>,
): void {
  const first = offsets[0];
  for (let i = 0; i < refused.count; i++) dropped(refused.offsets[i] - first, REFUSALS[refused.why[i]]);
  for (const batch of batches) {
    for (let row = 0; row < batch.rows; row++) {
      const reason = batch.reason[row];
      if (reason !== 0) dropped(batch.offset[row] - first, DROP_REASONS[reason - 1]);
    }
  }
}
