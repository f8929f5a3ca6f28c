import type { BinsRef, CategoriesRef, SeriesRef } from "../counts/ref.ts";
import { LEAST_SLOT, type Season } from "../reference/season.ts";
import { slotOfTime } from "../reference/season-windows.ts";
import type { Calibration, Dispersion, Signal } from "../statistics/calibration.ts";
import { OWN_CELLS } from "../statistics/cells.ts";
import { directionsOf, type Directions } from "../statistics/directions.ts";
import { prepareSeries, type PreparedSeries } from "./prepared-series.ts";

/** A series whose windows are held against the same hour of other weeks. */
export interface PreparedSeason {
  readonly slots: readonly PreparedSlot[];
  /** The slot that stands for all where no window is meant: of those that can be judged the one of median traffic. */
  readonly typical: PreparedSlot;
}

export interface PreparedSlot {
  /** What measures hold the window against: the slot's shares. */
  readonly ref: SeriesRef;
  readonly prepared: PreparedSeries;
}

/** Prepares every slot at one level: some milliseconds. */
export function prepareSeason(options: { ref: SeriesRef; season: Season; alpha: number }): PreparedSeason {
  const { ref, season, alpha } = options;
  const directions = directionsOf(ref, season.signal);
  const slots = Array.from({ length: season.slots }, (_, slot): PreparedSlot => {
    const calibration = calibrationOfSlot(season, slot, directions.size);
    const prepared = prepareSeries({ ref, signal: season.signal, calibration, weeks: season.weeks, alpha });
    return { ref: refOfSlot(ref, directions, calibration), prepared: withheld(prepared) };
  });
  return { slots, typical: typicalOf(slots) };
}

/** What a reference without the season makes of every window. */
export function withoutSeason(ref: SeriesRef, signal: Signal): PreparedSeason {
  const prepared = prepareSeries({ ref, signal, calibration: undefined, alpha: 1 });
  const typical = { ref, prepared: { ...prepared, reason: "the reference knows no season of this column" } };
  return { slots: [typical], typical };
}

/** The slot of a window that begins at `from`, ms since the epoch, and lies within one hour. */
export function slotAt({ slots, typical }: PreparedSeason, from: number): PreparedSlot {
  return slots[slotOfTime(from, slots.length)] ?? typical;
}

function calibrationOfSlot(season: Season, slot: number, directions: number): Calibration {
  const own = (values: Float64Array): Float64Array =>
    values.slice(slot * directions, (slot + 1) * directions);
  const ofSlot = ({ deff, nu, tau }: Dispersion): Dispersion => ({
    deff: own(deff),
    nu: own(nu),
    tau: own(tau),
  });
  return {
    signal: season.signal,
    windowSize: season.windowSize,
    k: season.weeks,
    blocks: season.weeks,
    n: season.n[slot],
    meanRows: season.meanRows,
    counts: own(season.counts),
    share: ofSlot(season.share),
    logit: ofSlot(season.logit),
  };
}

function withheld(prepared: PreparedSeries): PreparedSeries {
  if (prepared.calibration.n >= LEAST_SLOT) return prepared;
  return { ...prepared, status: "too-few", reason: `fewer than ${LEAST_SLOT} reference values at this hour` };
}

function typicalOf(slots: readonly PreparedSlot[]): PreparedSlot {
  const judged = slots.filter(({ prepared }) => prepared.status === "ok");
  const candidates = (judged.length > 0 ? judged : slots).toSorted(
    (a, b) => a.prepared.calibration.n - b.prepared.calibration.n,
  );
  return candidates[candidates.length >> 1];
}

/**
 * The reference with a slot's shares. Directions are all that is known of a slot: within what they tell apart its values are
 * taken to lie as those of the whole reference do. PSI and whatever else is quoted on the same groups is exact.
 */
function refOfSlot(ref: SeriesRef, directions: Directions, { counts, n }: Calibration): SeriesRef {
  const groups = groupsOf(ref, directions);
  const before = new Float64Array(directions.size + 1);
  for (const [cell, group] of groups.entries()) before[group] += ref.counts[cell];
  const after = groupCounts(directions, counts, n);
  const scaled = ref.counts.map((count, cell) => {
    const group = groups[cell];
    // What is counted beside the values, such as missing ones, has no season of its own.
    if (group === undefined) return (count * n) / ref.total;
    return before[group] === 0 ? 0 : (count * after[group]) / before[group];
  });
  return withCounts(ref, scaled, n);
}

/** By cell of the section: which group of cells it belongs to; entry E is what no direction counts. */
function groupsOf(ref: SeriesRef, { sides, size }: Directions): number[] {
  if (sides.kind === "cuts") {
    return Array.from({ length: sides.bins }, (_, bin) => sides.cuts.filter((cut) => cut <= bin).length);
  }
  if (sides.kind !== "cells") return ref.counts.length === 0 ? [] : [size];
  const rest = Math.min(OWN_CELLS, sides.known);
  return Array.from({ length: sides.known + 1 }, (_, cell) => {
    const e = sides.cells.indexOf(Math.min(cell, rest));
    return e < 0 ? size : e;
  });
}

/** Values of each group: of numbers the span below the first cut comes first, and E is what lies above the last. */
function groupCounts({ sides, size }: Directions, counts: Float64Array, n: number): Float64Array {
  const groups = new Float64Array(size + 1);
  if (sides.kind === "cuts") {
    for (let g = 0; g <= size; g += 1) groups[g] = (g === 0 ? n : counts[g - 1]) - (g < size ? counts[g] : 0);
    return groups;
  }
  groups.set(counts);
  groups[size] = n - counts.reduce((sum, count) => sum + count, 0);
  return groups;
}

function withCounts(ref: SeriesRef, counts: Float64Array, total: number): SeriesRef {
  if (ref.kind === "categories") return { ...ref, counts, total } satisfies CategoriesRef;
  const { kind, column, grid } = ref;
  return {
    kind,
    column,
    grid,
    get lookup() {
      return ref.lookup;
    },
    counts,
    total,
  } satisfies BinsRef;
}
