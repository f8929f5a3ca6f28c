import type { Alert } from "../../verdict/alert.ts";
import { formatCount, formatShare } from "../../verdict/quantities.ts";

/** `FeatureDrift fraud/amount v7 region=eu`. */
export function nameAlert({ alert, model, column, version, segment }: Alert): string {
  const where = column === undefined ? model : `${model}/${column}`;
  return [alert, where, version, segment].filter((part) => part !== undefined && part !== "").join(" ");
}

/** `2026-03-02 14:05`, UTC; ms since the epoch. */
export function formatTime(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString().slice(0, 16).replace("T", " ") : "nowhere";
}

/** `3 of 4 (75%)`. */
export function formatPart(part: number, whole: number): string {
  return `${formatCount(part)} of ${formatCount(whole)} (${formatShare(part / whole)})`;
}
