import type { BatchColumn, EventBatch } from "../event/batch.ts";

/** The only column of a batch of labels. */
export function truthOf(batch: EventBatch): BatchColumn {
  const [truth] = batch.columns;
  if (truth === undefined) throw new Error(`labels of ${batch.plan.model} were decoded without their truth`);
  return truth;
}

/** A category is its code; NaN where there is none. */
export function valueOf(column: BatchColumn, row: number): number {
  if (column.type === "number") return column.values[row];
  return column.codes[row] < 0 ? Number.NaN : column.codes[row];
}

/** Room for the truths of `capacity` rows; `categories` where they are no numbers. */
export function createTruthColumn(
  isNumber: boolean,
  categories: readonly string[],
  capacity: number,
): BatchColumn {
  const validity = new Uint8Array(Math.ceil(capacity / 8));
  return isNumber
    ? { type: "number", values: new Float64Array(capacity), validity }
    : { type: "category", categories, codes: new Int32Array(capacity), validity };
}

/** NaN is no truth. */
export function writeTruth(column: BatchColumn, row: number, value: number): void {
  const bit = 1 << (row & 7);
  if (Number.isNaN(value)) column.validity[row >> 3] &= ~bit;
  else column.validity[row >> 3] |= bit;
  if (column.type === "number") column.values[row] = value;
  else column.codes[row] = Number.isNaN(value) ? -1 : value;
}
