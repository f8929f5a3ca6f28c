import { HOUR } from "../../config/quantity.ts";
import { hourOf, hourOfDay, hourOfWeek } from "../../reference/hour-slots.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import { changeParts } from "./change-parts.ts";
import { touchedShare } from "./drawn-segments.ts";
import type { DrawnSegment } from "./drawn-segments.ts";
import { partsOf } from "./parts.ts";
import type { Part } from "./parts.ts";
import type { Change, ColumnEffect, Rate, Synthetic } from "./scenario.ts";

/** Rows per ms. */
export function rateAt({ reference }: FittedModel, rate: Rate | undefined, time: number): number {
  if (rate?.kind === "rows") return rate.perMs;
  return usualRate(reference, time) * (rate?.by ?? 1);
}

/** Rows per ms in the reference at this hour, as far as it knows; NaN where its rows have no time. */
export function usualRate(reference: FittedModel["reference"], time: number): number {
  const [{ hourOfWeek: byWeek, hourOfDay: byDay }] = reference.segments;
  const hour = hourOf(time);
  const known = [byWeek[hourOfWeek(hour)], byDay[hourOfDay(hour)]].find((rows) => !Number.isNaN(rows));
  const span = reference.to - reference.from;
  return known === undefined ? reference.rows / (span > 0 ? span : Number.NaN) : known / HOUR;
}

/** The versions that rows come from, and which part of them. */
export function versionShares(
  { changes, version: own }: Synthetic,
  active: readonly number[],
): { version: string; share: number }[] {
  const rollouts = active.flatMap((position) => {
    const { effect } = changes[position];
    return effect.kind === "rollout" ? [{ version: effect.version, share: effect.share }] : [];
  });
  const rest = 1 - rollouts.reduce((sum, { share }) => sum + share, 0);
  return rest > 0 ? [{ version: own, share: rest }, ...rollouts] : rollouts;
}

/** The share of the rows that cannot be measured at all. */
export function invalidShare({ changes }: Synthetic, active: readonly number[]): number {
  return active.reduce((share, position) => {
    const { effect } = changes[position];
    return effect.kind === "invalidRows" ? effect.share : share;
  }, 0);
}

/** A segment's share of the rows, as the changes of their number and of the columns that it is told by leave it. */
export function rowFactor(of: {
  fitted: FittedModel;
  segment: DrawnSegment;
  changes: readonly Change[];
}): number {
  const { fitted, segment, changes } = of;
  return changes.reduce((factor, change) => {
    const { effect } = change;
    if (effect.kind === "traffic")
      return factor * (1 + touchedShare(fitted, segment, change) * (effect.by - 1));
    if (effect.kind !== "column" || !segment.keys.includes(effect.column)) return factor;
    return moveSegment({ factor, fitted, segment, effect: { ...effect, of: effect.effect } });
  }, segment.share);
}

/** What becomes of a segment's share of the rows where a column changes that it is told by. */
function moveSegment(moved: {
  factor: number;
  fitted: FittedModel;
  segment: DrawnSegment;
  effect: { readonly column: string; readonly of: ColumnEffect };
}): number {
  const { factor, fitted, segment, effect } = moved;
  const value = segment.values?.[effect.column];
  if (effect.of.kind === "shares") {
    const position = fitted.counting.columns.findIndex(({ ref }) => ref.column === effect.column);
    if (position < 0) return factor;
    const { ref } = fitted.counting.columns[position];
    const before = partsOf(ref, ref.counts);
    const shareOf = (parts: readonly Part[], isIt: (name: string | undefined) => boolean): number =>
      parts.reduce((sum, part) => (part.kind === "category" && isIt(part.name) ? sum + part.share : sum), 0);
    const named = effect.of.shares;
    const isOwn = (name: string | undefined): boolean =>
      value === undefined ? name === undefined || !(name in named) : name === value;
    const old = shareOf(before, isOwn);
    return old === 0 ? factor : (factor * shareOf(changeParts(before, effect.of), isOwn)) / old;
  }
  if (!("share" in effect.of)) return factor;
  // Rows without a known value of the key are in the grouping's `other`.
  const kept = factor * (1 - effect.of.share);
  return value === undefined ? kept + effect.of.share : kept;
}
