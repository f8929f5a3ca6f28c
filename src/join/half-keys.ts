import type { EventBatch } from "../event/batch.ts";
import { mixRowHigh, mixRowLow } from "../event/row-id.ts";
import type { IdList } from "./entries.ts";
import type { JoinPlan } from "./half-plans.ts";

/**
 * Keys under which a batch's halves are looked up: the id within the age of the half's event time, and where `within` reaches
 * into the age before or after, the id there as well. So whoever uses an id again later begins anew, whatever the other side
 * has been doing meanwhile.
 */
export interface HalfKeys extends IdList {
  /** By row: position of its second key in the list; -1 without one. The first one stands at the row's own position. */
  readonly near: Int32Array;
}

/** Ages stand where no row of a record does, so that both can be mixed into one id. */
const AGES = 0x80000000;

export function keyHigh(high: number, age: number): number {
  return mixRowHigh(high, (age ^ AGES) >>> 0);
}

export function keyLow(low: number, age: number): number {
  return mixRowLow(low, (age ^ AGES) >>> 0);
}

export function keysOf(batch: EventBatch, { within, age: length }: JoinPlan): HalfKeys {
  const { rows, time, idHigh, idLow } = batch;
  const near = new Int32Array(rows).fill(-1);
  const high = new Uint32Array(2 * rows);
  const low = new Uint32Array(2 * rows);
  let count = rows;
  for (let row = 0; row < rows; row++) {
    const age = Math.floor(time[row] / length);
    high[row] = keyHigh(idHigh[row], age);
    low[row] = keyLow(idLow[row], age);
    const before = Math.floor((time[row] - within) / length);
    const other = before === age ? Math.floor((time[row] + within) / length) : before;
    // Also where the time is no number.
    if (other === age || other !== other) continue;
    near[row] = count;
    high[count] = keyHigh(idHigh[row], other);
    low[count] = keyLow(idLow[row], other);
    count++;
  }
  return { high, low, count, near };
}
