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

/** Adds a ledger of another task (or of a delta) to this one. */
export function addLedger(into: StreamLedger, from: StreamLedger): void {
  into.decoded += from.decoded;
  into.undecodable += from.undecodable;
  into.ignored += from.ignored;
  into.oversize += from.oversize;
  into.received += from.received;
  into.measured += from.measured;
  into.waiting += from.waiting;
  into.revised += from.revised;
  for (const reason of DROP_REASONS) into.dropped[reason] += from.dropped[reason];
}

/** Adds what one ledger has more than an earlier one of the same task. */
export function moveLedger(into: StreamLedger, before: StreamLedger, after: StreamLedger): void {
  addLedger(into, after);
  const negated = { ...before, dropped: { ...before.dropped } };
  for (const key of LEDGER_KEYS) negated[key] = -before[key];
  for (const reason of DROP_REASONS) negated.dropped[reason] = -before.dropped[reason];
  addLedger(into, negated);
}

const LEDGER_KEYS = [
  "decoded",
  "undecodable",
  "ignored",
  "oversize",
  "received",
  "measured",
  "waiting",
  "revised",
] as const;

/** Whether received = measured + waiting + sum(dropped). */
export function isBalanced(ledger: StreamLedger): boolean {
  const dropped = DROP_REASONS.reduce((sum, reason) => sum + ledger.dropped[reason], 0);
  return ledger.received === ledger.measured + ledger.waiting + dropped;
}
