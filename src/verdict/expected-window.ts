import type { BinsRef, SeriesRef } from "../counts/ref.ts";
import { BINS_TAIL, CATEGORIES_TAIL, SUMS_SIDE } from "../counts/tails.ts";
import { sumOf } from "../counts/vector.ts";
import type { CaseSignal } from "../statistics/cases.ts";
import { OWN_CELLS } from "../statistics/cells.ts";
import type { Directions } from "../statistics/directions.ts";
import { normalQuantile, normalShare } from "../statistics/normal-table.ts";

/*
 * Windows as they would be counted on average, for questions about windows that nobody has seen yet. They are sections of
 * real numbers: nothing is drawn. What a question does not look at is 0 in them.
 */

/** The reference itself, brought to a window of `rows` values. */
export function calmWindow(ref: SeriesRef, rows: number): Float64Array {
  return ref.counts.map((count) => (count * rows) / ref.total);
}

/**
 * The same, but for what chance does: the share of every group is one standard error off, every other one too large. A distance
 * of shares is then about what it is on average while nothing changes: psi is the sum of (1 - p) deff (1/N + 1/M).
 * @param deff of each group (groups.ts)
 */
export function restlessWindow(
  ref: SeriesRef,
  { rows, deff }: { readonly rows: number; readonly deff: Float64Array },
): Float64Array {
  const { groupOf, values } = groupsOfSlots(ref);
  const shares = new Float64Array(deff.length);
  for (let slot = 0; slot < values; slot += 1) shares[groupOf(slot)] += ref.counts[slot] / ref.total;
  const noise = 1 / rows + 1 / ref.total;
  const factors = shares.map((p, group) => {
    const error = p > 0 ? Math.sqrt(((1 - p) / p) * deff[group] * noise) : 0;
    return Math.max(0, group % 2 === 0 ? 1 + error : 1 - error);
  });
  const calm = calmWindow(ref, rows);
  return calm.map((count, slot) => (slot < values ? count * factors[groupOf(slot)] : count));
}

/** Of each slot that holds values the group that psi takes it to: the span between deciles, or the category's cell. */
function groupsOfSlots(ref: SeriesRef): { groupOf: (slot: number) => number; values: number } {
  if (ref.kind === "categories") {
    const rest = Math.min(ref.categories.length, OWN_CELLS);
    return { groupOf: (slot) => Math.min(slot, rest), values: ref.categories.length + 1 };
  }
  const { deciles, edges } = ref.grid;
  const groups = Uint8Array.from({ length: edges.length + 1 }, (_, bin) => {
    const group = deciles.findIndex((last) => bin <= last);
    return group < 0 ? deciles.length : group;
  });
  return { groupOf: (slot) => groups[slot], values: groups.length };
}

/**
 * A window of `rows` values of a number column, all moved by `shift` standard deviations on the normal scale: the value at rank
 * u goes to rank Phi(Phi^-1(u) + shift). For a normal column that is a shift by so many sd, for any other the change that is as
 * large in ranks, which is all that counts on a grid can tell. The raw sd would not do: that of a heavy tail is its outliers'
 * own, and 0.3 of it moves everything.
 */
export function shiftedWindow(ref: BinsRef, shift: number, rows: number): Float64Array {
  const section = new Float64Array(ref.counts.length);
  let before = 0;
  for (const [bin, quantile] of quantilesOf(ref).entries()) {
    const after = normalShare(quantile - shift);
    section[bin] = (after - before) * rows;
    before = after;
  }
  return section;
}

/** Many rules ask about the same column. */
const quantiles = new WeakMap<BinsRef, Float64Array>();

/** Phi^-1 of the share at or below the upper end of each bin; -Infinity to +Infinity. */
function quantilesOf(ref: BinsRef): Float64Array {
  const known = quantiles.get(ref);
  if (known !== undefined) return known;
  let below = 0;
  const found = ref.counts.slice(0, ref.grid.edges.length + 1).map((count) => {
    below += count;
    return normalQuantile(below / ref.total);
  });
  quantiles.set(ref, found);
  return found;
}

/** A window of which a part x, from 0 to 1, is the second's, and the rest the first's. */
export function mixWindows(calm: Float64Array, changed: Float64Array, x: number): Float64Array {
  return calm.map((count, slot) => (1 - x) * count + x * changed[slot]);
}

interface Shared {
  readonly ref: SeriesRef;
  readonly directions: Directions;
  /** Position of the direction whose share is `to`, between 0 and 1. */
  readonly e: number;
  readonly to: number;
  readonly rows: number;
}

/** A window of `rows` in which one direction has the share `to`; the values on either side keep their proportions. */
export function windowOfShare({ ref, directions, e, to, rows }: Shared): Float64Array {
  const { sides } = directions;
  if (sides.kind === "cases") return windowOfCases(ref, sides.signal, { to, rows });
  const isOwn = sides.kind === "cuts" ? (slot: number) => slot >= sides.cuts[e] : inCell(sides, e);
  // Values stand first in either kind of section, the unseen ones right behind the known.
  const values = sides.kind === "cuts" ? sides.bins : sides.known + 1;
  let own = 0;
  for (let slot = 0; slot < values; slot += 1) if (isOwn(slot)) own += ref.counts[slot];
  const section = new Float64Array(ref.counts.length);
  for (let slot = 0; slot < values; slot += 1) {
    const share = isOwn(slot) ? to / own : (1 - to) / (ref.total - own);
    section[slot] = ref.counts[slot] * share * rows;
  }
  return section;
}

function inCell(sides: { cells: Int32Array; known: number }, e: number): (slot: number) => boolean {
  const cell = sides.cells[e];
  const rest = Math.min(OWN_CELLS, sides.known);
  return cell < rest ? (slot) => slot === cell : (slot) => slot >= rest;
}

const NUMBER_SLOTS = { missing: BINS_TAIL.missing, novel: BINS_TAIL.high } as const;
const CATEGORY_SLOTS = { missing: CATEGORIES_TAIL.missing, novel: CATEGORIES_TAIL.unseen } as const;

/** Missing values are counted beside the values; novel numbers among them, once more; novel categories in place of them. */
function windowOfCases(
  ref: SeriesRef,
  signal: CaseSignal,
  { to, rows }: { to: number; rows: number },
): Float64Array {
  const tail = ref.kind === "bins" ? ref.grid.edges.length + 1 : ref.categories.length;
  const known = sumOf(ref.counts, 0, tail);
  const isAmong = signal === "novel" && ref.kind === "bins";
  const values = isAmong ? rows : (1 - to) * rows;
  const section = ref.counts.map((count) => (count * values) / known);
  section.fill(0, tail);
  const slots = ref.kind === "bins" ? NUMBER_SLOTS : CATEGORY_SLOTS;
  section[tail + slots[signal]] = to * rows;
  return section;
}

/** The same window as measures of sums read it: a section of the kind `sums`. */
export function addExpectedSums(ref: BinsRef, window: Float64Array): Float64Array {
  const sums = scaleSums(ref, window);
  if (sums === undefined) return window;
  const section = new Float64Array(window.length + sums.length);
  section.set(window);
  section.set(sums, window.length);
  return section;
}

/** The reference's sums where its bins have other counts: within each bin the values lie as the reference's do. */
export function scaleSums({ sums, counts, grid }: BinsRef, bins: Float64Array): Float64Array | undefined {
  if (sums === undefined) return undefined;
  const last = grid.edges.length;
  const ratio = (bin: number): number => (counts[bin] === 0 ? 0 : bins[bin] / counts[bin]);
  const low = sums.length - 2 * SUMS_SIDE.length;
  const high = low + SUMS_SIDE.length;
  // The sums of the inner bins stand first, then those of the two outermost.
  return sums.map((sum, slot) => sum * ratio(slot < low ? slot + 1 : slot < high ? 0 : last));
}
