import type { BatchColumn, EventBatch } from "../event/batch.ts";
import { refuseRow } from "../event/envelope-fault.ts";
import { reasonCode } from "../event/reason.ts";

const ORPHAN_LABEL = reasonCode("orphan-label");

/** A label without a truth says nothing. */
export function refuseEmpty(batch: EventBatch, truth: BatchColumn): void {
  for (let row = 0; row < batch.rows; row++) {
    const isEmpty = truth.type === "number" ? Number.isNaN(truth.values[row]) : truth.codes[row] < 0;
    if (isEmpty && batch.reason[row] === 0) refuseRow(batch, row, "truth");
  }
}

/** Where no predictions are kept, no label can meet one. */
export function refuseOrphans(batch: EventBatch): void {
  for (let row = 0; row < batch.rows; row++) if (batch.reason[row] === 0) batch.reason[row] = ORPHAN_LABEL;
}
