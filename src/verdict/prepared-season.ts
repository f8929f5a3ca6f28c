import type { BinsRef, CategoriesRef, SeriesRef } from "../counts/ref.ts";
import { LEAST_SLOT, type Season } from "../reference/season.ts";
import { slotOfTime } from "../reference/season-windows.ts";
import type { Calibration, Dispersion, Signal } from "../statistics/calibration.ts";
import { OWN_CELLS } from "../statistics/cells.ts";
import { directionsOf, type Directions } from "../statistics/directions.ts";
import { prepareSeries, type PreparedSeries } from "./prepared-series.ts";

/** A series whose windows are held against the same hour of other weeks. */
export interface PreparedSeason {
  /** 168 hours of the week, or 24 of the day. */
  readonly slots: number;
  /** Half a millisecond and 3 KB each, so that a slot is prepared when its hour first comes. */
  readonly slot: (slot: number) => PreparedSlot;
  /** The slot that stands for all where no window is meant: of those that can be judged the one of median traffic. */
  readonly typical: PreparedSlot;
}

export interface PreparedSlot {
  /** What measures hold the window against: the slot's shares. */
  readonly ref: SeriesRef;
  readonly prepared: PreparedSeries;
}

/** A season ready for one level. */
export function prepareSeason(options: { ref: SeriesRef; season: Season; alpha: number }): PreparedSeason {
  const { ref, season, alpha } = options;
  const { signal, weeks, slots } = season;
  const directions = directionsOf(ref, signal);
  const known = new Map<number, PreparedSlot>();
  const slot = (position: number): PreparedSlot => {
    const found = known.get(position);
    if (found !== undefined) return found;
    const calibration = calibrationOfSlot(season, position, directions.size);
    const prepared = withheld(prepareSeries({ ref, signal, calibration, weeks, alpha }));
    const made = { ref: refOfSlot(ref, directions, calibration), prepared };
    known.set(position, made);
    return made;
  };
  return { slots, slot, typical: slot(typicalOf(season, slot)) };
}

/** What a reference without the season makes of every window. */
export function withoutSeason(ref: SeriesRef, signal: Signal): PreparedSeason {
  const prepared = prepareSeries({ ref, signal, calibration: undefined, alpha: 1 });
  const typical = { ref, prepared: { ...prepared, reason: "the reference knows no season of this column" } };
  return { slots: 24, slot: () => typical, typical };
}

/** The slot of a window that begins at `from`, ms since the epoch, and lies within one hour. */
export function slotAt({ slots, slot, typical }: PreparedSeason, from: number): PreparedSlot {
  return Number.isFinite(from) ? slot(slotOfTime(from, slots)) : typical;
}

/** From the slot of median traffic on outwards, the first that can be judged; that one itself where none can. */
function typicalOf({ n, slots }: Season, slot: (position: number) => PreparedSlot): number {
  const middle = (slots - 1) / 2;
  const byTraffic = Array.from(n.keys()).toSorted((a, b) => n[a] - n[b]);
  const outwards = Array.from(byTraffic.keys()).toSorted(
    (a, b) => Math.abs(a - middle) - Math.abs(b - middle),
  );
  const candidates = outwards.map((rank) => byTraffic[rank]);
  return candidates.find((position) => slot(position).prepared.status === "ok") ?? candidates[0];
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
