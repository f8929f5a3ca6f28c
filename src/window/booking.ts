import type { DecodedRecords, EventBatch } from "../event/batch.ts";
import type { StreamLedger } from "../event/ledger.ts";
import { DROP_REASONS, reasonCode } from "../event/reason.ts";

/** Books what one run of records gave: records by what came of them, rows as received. */
export function bookRecords(ledger: StreamLedger, decoded: DecodedRecords): void {
  ledger.decoded += decoded.ledger.decoded;
  ledger.undecodable += decoded.ledger.undecodable;
  ledger.ignored += decoded.ledger.ignored;
  ledger.oversize += decoded.ledger.oversize;
  ledger.received += decoded.rows;
  for (const reason of DROP_REASONS) {
    const count = decoded.unroutable[reason] ?? 0;
    ledger.received += count;
    ledger.dropped[reason] += count;
  }
}

/** Books the rows that a reason dropped; answers how many have none. */
export function bookReasons(ledger: StreamLedger, batch: EventBatch): number {
  const counts = new Float64Array(DROP_REASONS.length + 1);
  for (let row = 0; row < batch.rows; row++) counts[batch.reason[row]] += 1;
  for (const reason of DROP_REASONS) ledger.dropped[reason] += counts[reasonCode(reason)];
  return counts[0];
}
