import type { SeriesRef } from "../../counts/ref.ts";
import { OWN_CELLS } from "../../statistics/cells.ts";
import { normalQuantile, normalShare } from "../../statistics/normal-table.ts";
import { weigh } from "./cell-weights.ts";
import { cellOf } from "./overdispersion.ts";
import type { Overdispersion, Unrest, WanderingValues } from "./overdispersion.ts";
import { drawGamma } from "./random.ts";
import type { Random } from "./random.ts";
import type { WanderingShare } from "./share-memory.ts";

/** Standard normals of one column that remember each other from pane to pane. */
export interface Walk {
  readonly values: Float64Array;
  /** How much more or less than usual it wanders at present, around 1. */
  wildness: number;
  /** Moves on to the pane that starts at `start`, ms; called once for each in order. */
  advance(start: number): void;
}

/** The places of a walk: what is missing, what is novel, then two that move the distribution of numbers, or one each cell. */
const MISSING = 0;
const NOVEL = 1;
const FIRST = 2;

export function openWalk(random: Random, unrest: Unrest, ref: SeriesRef): Walk {
  const { memory, missing, novel, wildness, span } = unrest;
  const moving = ref.kind === "bins" ? 2 : cellOf(ref.categories.length, ref.categories.length) + 1;
  const values = new Float64Array(FIRST + moving);
  const memories = values.map(() => memory);
  memories[MISSING] = missing;
  memories[NOVEL] = novel;
  let block = Number.NaN;
  const walk: Walk = {
    values,
    wildness: 1,
    advance(start) {
      for (let i = 0; i < values.length; i += 1) {
        const kept = Number.isNaN(block) ? 0 : memories[i];
        values[i] = kept * values[i] + Math.sqrt(1 - kept * kept) * random.normal();
      }
      const now = Math.floor(start / span);
      if (now === block) return;
      block = now;
      walk.wildness = wildness > 0 ? drawGamma(random, 1 / wildness) * wildness : 1;
    },
  };
  return walk;
}

/** What the shares of a column are in a pane, relative to what they are on the whole. */
export interface Tilt {
  readonly missing: number;
  readonly novel: number;
  /** By group: of numbers what lies below the first cut, then behind each; of categories by cell. */
  readonly groups: Float64Array;
}

/** Where rows of a section's slot belong in a tilt. */
export function groupOf({ values }: Overdispersion, slot: number, ref: SeriesRef): number {
  if (values.kind !== "cuts") return cellOf(slot, ref.kind === "categories" ? ref.categories.length : 0);
  let group = 0;
  while (group < values.cuts.length && slot >= values.cuts[group]) group += 1;
  return group;
}

/**
 * A segment's own walk is mixed with that of all rows: what moves those moves its rows, too. `common` is its part of the variance,
 * 0 to 1.
 */
export function tiltOf(
  overdispersion: Overdispersion,
  { whole, own, common }: { readonly whole: Walk; readonly own: Walk; readonly common: number },
): Tilt {
  const { values, missing, novel } = overdispersion;
  const ofWhole = Math.sqrt(common);
  const ofOwn = Math.sqrt(1 - common);
  const { wildness } = whole;
  const normalAt = (place: number): number => ofWhole * whole.values[place] + ofOwn * own.values[place];
  const relative = (one: WanderingShare, place: number): number =>
    one.rho === 0 || one.share === 0 ? 1 : moveShare(one, normalAt(place), wildness) / one.share;
  return {
    missing: relative(missing, MISSING),
    novel: relative(novel, NOVEL),
    groups: tiltValues(values, { normalAt, wildness }),
  };
}

function tiltValues(
  values: WanderingValues,
  { normalAt, wildness }: { readonly normalAt: (place: number) => number; readonly wildness: number },
): Float64Array {
  if (values.kind === "cuts") {
    const { shares } = values;
    return tiltCuts(shares, (e) => moveShare(shares[e], cutNormal(e, shares.length, normalAt), wildness));
  }
  const groups = new Float64Array(OWN_CELLS + 1).fill(1);
  if (values.kind === "cell") {
    const { cell, share } = values;
    const moved = moveShare(share, normalAt(FIRST + cell), wildness);
    groups.fill((1 - moved) / (1 - share.share));
    groups[cell] = moved / share.share;
    return groups;
  }
  const { cells, shares, weights } = values;
  const wild = Math.sqrt(wildness);
  const moved = new Float64Array(cells.length);
  weigh(weights, (position) => wild * normalAt(FIRST + cells[position]), moved);
  for (const [position, cell] of cells.entries()) groups[cell] = moved[position] / shares[position];
  return groups;
}

/** Cuts next to each other move together, and the outermost of both sides by themselves: the angle between them is a right one. */
function cutNormal(e: number, cuts: number, normalAt: (place: number) => number): number {
  const angle = cuts < 2 ? 0 : (e / (cuts - 1) - 0.5) * (Math.PI / 2);
  return Math.cos(angle) * normalAt(FIRST) + Math.sin(angle) * normalAt(FIRST + 1);
}

/** See share-memory.ts: its mean stays where it is. */
function moveShare({ share, rho }: WanderingShare, normal: number, wildness: number): number {
  if (rho === 0 || share <= 0 || share >= 1) return share;
  const now = Math.min(LARGEST_RHO, rho * wildness);
  return normalShare((normalQuantile(share) + Math.sqrt(now) * normal) / Math.sqrt(1 - now));
}

const LARGEST_RHO = 0.95;

/** Shares at or above the cuts never rise from one to the next. */
function tiltCuts(shares: readonly WanderingShare[], move: (e: number) => number): Float64Array {
  const groups = new Float64Array(shares.length + 1);
  let usual = 1;
  let moved = 1;
  for (let e = 0; e <= shares.length; e += 1) {
    const nextUsual = e < shares.length ? shares[e].share : 0;
    const nextMoved = e < shares.length ? Math.min(moved, move(e)) : 0;
    groups[e] = usual > nextUsual ? (moved - nextMoved) / (usual - nextUsual) : 1;
    usual = nextUsual;
    moved = nextMoved;
  }
  return groups;
}
