import type { SeriesRef } from "../../counts/ref.ts";
import { fallback } from "../../reference/calibration.ts";
import type { Reference } from "../../reference/reference.ts";
import { LEAST_NULL_CASES, LEAST_WINDOWS } from "../../statistics/calibration.ts";
import type { Calibration, Signal } from "../../statistics/calibration.ts";
import { OWN_CELLS } from "../../statistics/cells.ts";
import { directionsOf } from "../../statistics/directions.ts";
import { fitWeights } from "./cell-weights.ts";
import type { CellWeights } from "./cell-weights.ts";
import { meanMemory, memoryOf, rhoOf } from "./share-memory.ts";
import type { WanderingShare } from "./share-memory.ts";

/**
 * How the values of one column of one segment wander by themselves, so that windows vary as the reference's own do: by direction,
 * as far as its deff says. Rows that owed nothing to each other would make every scenario calmer than life.
 */
export interface Overdispersion {
  readonly values: WanderingValues;
  /** Of all rows without faults. */
  readonly missing: WanderingShare;
  /** Of all values. */
  readonly novel: WanderingShare;
}

export type WanderingValues =
  /** Numbers: the shares at or above each cut, a position among the bins; they ascend. */
  | { readonly kind: "cuts"; readonly cuts: readonly number[]; readonly shares: readonly WanderingShare[] }
  /** One category against all others. */
  | { readonly kind: "cell"; readonly cell: number; readonly share: WanderingShare }
  | {
      readonly kind: "cells";
      readonly cells: readonly number[];
      readonly shares: readonly number[];
      readonly weights: CellWeights;
    };

/** How all that wanders of one column does so. */
export interface Unrest {
  /** What a pane remembers of the last one, 0 to 1. */
  readonly memory: number;
  /** The same of what is missing, and of what is novel. */
  readonly missing: number;
  readonly novel: number;
  /** Some days are wilder than others: the variance of how much, around 1; and how long such a day is, ms. */
  readonly wildness: number;
  readonly span: number;
}

export interface Asked {
  readonly reference: Reference;
  readonly ref: SeriesRef;
  /** Positions among the reference's segments and columns. */
  readonly segment: number;
  readonly column: number;
  /** Of the model's windows and of panes, ms. */
  readonly size: number;
  readonly pane: number;
}

/** Undefined where the reference knows too few windows of the column, or says that its rows owe nothing to each other. */
export function unrestOf({ reference, column, size, pane }: Asked): Unrest | undefined {
  const find = (signal: Signal): Calibration | undefined =>
    calibrationIn(reference, { segment: 0, column, size, signal });
  const found = find("distribution");
  if (found === undefined) return undefined;
  const { share, k, blocks, windowSize } = found;
  return {
    memory: memoryIn(found, pane),
    missing: memoryIn(find("missing") ?? found, pane),
    novel: memoryIn(find("novel") ?? found, pane),
    wildness: medianOf([...share.nu].map((nu, e) => wildnessOf({ nu, tau: share.tau[e], k, blocks }))),
    span: Math.max(pane, Math.round(k / Math.max(1, blocks)) * windowSize),
  };
}

/** From what its directions say. Of what windows differ by only a part is shared by all their rows, and only that can be remembered. */
function memoryIn({ share, k, windowSize }: Calibration, pane: number): number {
  const lasting = [...share.deff].flatMap((deff, e) => {
    // nu knows the memory as it was found, of which tau is a bound.
    const found = Math.max(1, Math.min(share.tau[e], k / (share.nu[e] + 1)));
    return deff > LOUD ? [1 + ((found - 1) * deff) / (deff - 1)] : [];
  });
  return memoryOf(medianOf(lasting), Math.max(1, Math.round(windowSize / pane)));
}

/** Of less than this the memory is no more than a guess. */
const LOUD = 1.5;

/**
 * Blocks of w windows that are equally wild have nu = K. Where the variance of a block is itself multiplied by something of mean 1
 * and variance v, var(s) / mean(s)^2 is (2/w)(1 + v) + v, of which nu is 2 n_b / that. What memory alone explains is none of it.
 */
function wildnessOf({ nu, tau, k, blocks }: { nu: number; tau: number; k: number; blocks: number }): number {
  if (blocks < 2 || nu >= k / tau - 1) return 0;
  const chance = (2 * blocks) / k;
  return Math.min(MOST_WILDNESS, Math.max(0, ((2 * blocks) / nu - chance) / (1 + chance)));
}

/** One block in five that has it all. */
const MOST_WILDNESS = 4;

export function overdispersionOf(asked: Asked, unrest: Unrest): Overdispersion {
  const panes = Math.max(1, Math.round(asked.size / asked.pane));
  const single = (signal: "missing" | "novel"): WanderingShare => {
    const calibration = calibrationOf(asked, signal);
    if (calibration === undefined || calibration.counts[0] < LEAST_NULL_CASES) return { share: 0, rho: 0 };
    const { share, variance } = momentsOf(calibration, 0);
    return { share, rho: rhoOf(share, { memory: unrest[signal], panes, variance }) };
  };
  const values = valuesOf(asked, { memory: unrest.memory, panes });
  return { values, missing: single("missing"), novel: single("novel") };
}

function valuesOf(
  asked: Asked,
  window: { readonly memory: number; readonly panes: number },
): WanderingValues {
  const { sides, size } = directionsOf(asked.ref, "distribution");
  const found = calibrationOf(asked, "distribution");
  const known = Array.from({ length: size }, (_, e) => e).flatMap((e) =>
    found !== undefined && found.counts[e] > 0 && found.counts[e] < found.n
      ? [{ e, ...momentsOf(found, e) }]
      : [],
  );
  const wander = ({ share, variance }: Moments): WanderingShare => {
    return { share, rho: rhoOf(share, { ...window, variance }) };
  };
  if (sides.kind !== "cells") {
    const cuts = sides.kind === "cuts" ? known.map(({ e }) => sides.cuts[e]) : [];
    return { kind: "cuts", cuts, shares: known.map(wander) };
  }
  const [only] = known;
  if (only !== undefined && size === 1) return { kind: "cell", cell: sides.cells[0], share: wander(only) };
  // Of a pane more varies than of the mean of a window of them.
  const part = meanMemory(window.memory, window.panes);
  return {
    kind: "cells",
    cells: known.map(({ e }) => sides.cells[e]),
    shares: known.map(({ share }) => share),
    weights: fitWeights(known.map(({ share, variance }) => ({ share, variance: variance / part }))),
  };
}

/** The cell that a slot of a category column's section belongs to: rare categories and unseen ones share the last. */
export function cellOf(slot: number, known: number): number {
  return Math.min(slot, known, OWN_CELLS);
}

interface Moments {
  readonly share: number;
  readonly variance: number;
}

/** What of a window's share is not chance: deff = 1 + (what rows share) * M / (q (1 - q)). */
function momentsOf(calibration: Calibration, e: number): Moments {
  const { counts, n, meanRows, share } = calibration;
  const q = counts[e] / n;
  return { share: q, variance: (q * (1 - q) * (share.deff[e] - 1)) / meanRows };
}

/** As it is judged by: a small segment borrows from all rows. */
function calibrationOf({ reference, segment, column, size }: Asked, signal: Signal): Calibration | undefined {
  const parent = calibrationIn(reference, { segment: 0, column, size, signal });
  const own = reference.segments[segment].columns[column].calibrations.find(
    (one) => one.signal === signal && one.windowSize === size,
  );
  if (own === undefined || parent === undefined) return undefined;
  return segment > 0 && own.k < LEAST_WINDOWS ? fallback(own, parent) : own;
}

function calibrationIn(
  { segments, independent }: Reference,
  { segment, column, size, signal }: { segment: number; column: number; size: number; signal: Signal },
): Calibration | undefined {
  const found = segments[segment].columns[column].calibrations.find(
    (one) => one.signal === signal && one.windowSize === size,
  );
  return independent || found === undefined || found.k < LEAST_WINDOWS ? undefined : found;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
