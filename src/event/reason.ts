/** Why a row was received and not measured: a closed list. received = measured + waiting + sum(dropped by reason). */
export const DROP_REASONS = [
  "invalid",
  "late",
  "future",
  "duplicate",
  "conflict",
  "orphan-input",
  "orphan-output",
  "orphan-label",
  "failed",
  "unknown-model",
  "overflow",
  "expired",
  "sampled",
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

/** The code that a batch's `reason` column holds: 0 is none. */
export function reasonCode(reason: DropReason): number {
  return DROP_REASONS.indexOf(reason) + 1;
}
