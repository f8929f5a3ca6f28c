import type { RecordLedger } from "./batch.ts";
import { DROP_REASONS, type DropReason } from "./reason.ts";

/**
 * Where every record and every row of a stream went. Both equations always hold:
 * records = decoded + undecodable + ignored + oversize; received = measured + waiting + sum(dropped).
 */
export interface StreamLedger extends RecordLedger {
  /** Rows that came in. */
  received: number;
  measured: number;
  /** Rows that wait for their other half: open join halves and early labels only. */
  waiting: number;
  dropped: Record<DropReason, number>;
  /** Labels that replaced an earlier truth; they are among the measured. */
  revised: number;
}

export function createStreamLedger(): StreamLedger {
  const dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0]));
  return {
    decoded: 0,
    undecodable: 0,
    ignored: 0,
    oversize: 0,
    received: 0,
    measured: 0,
    waiting: 0,
    // Object.fromEntries widens its keys; every reason is there, by construction.
    dropped: dropped as Record<DropReason, number>,
    revised: 0,
  };
}

/** Adds a ledger of another task (or of a delta) to this one, or with -1 takes it away. */
export function addLedger(into: StreamLedger, from: StreamLedger, sign: 1 | -1 = 1): void {
  into.decoded += sign * from.decoded;
  into.undecodable += sign * from.undecodable;
  into.ignored += sign * from.ignored;
  into.oversize += sign * from.oversize;
  into.received += sign * from.received;
  into.measured += sign * from.measured;
  into.waiting += sign * from.waiting;
  into.revised += sign * from.revised;
  for (const reason of DROP_REASONS) into.dropped[reason] += sign * from.dropped[reason];
}

/** Whether received = measured + waiting + sum(dropped). */
export function isBalanced(ledger: StreamLedger): boolean {
  const dropped = DROP_REASONS.reduce((sum, reason) => sum + ledger.dropped[reason], 0);
  return ledger.received === ledger.measured + ledger.waiting + dropped;
}
