import type { BinsRef, CategoriesRef, SeriesRef } from "../../counts/ref.ts";
import { CATEGORIES_TAIL } from "../../counts/tails.ts";
import { sumOf } from "../../counts/vector.ts";
import { pointsOf } from "../numeric-bins.ts";

/** A section by single values or categories: those that the reference holds, and all others together. */
export interface ValueCells {
  readonly reference: Float64Array;
  readonly window: Float64Array;
  /** Values of the window that the reference does not hold; what they are is not known. */
  readonly other: number;
}

/** Undefined where bins of the reference hold more than one value: then counts do not tell values. */
export function cellsOf(ref: CategoriesRef, section: Float64Array): ValueCells;
export function cellsOf(ref: SeriesRef, section: Float64Array): ValueCells | undefined;
export function cellsOf(ref: SeriesRef, section: Float64Array): ValueCells | undefined {
  return ref.kind === "bins" ? pointCells(ref, section) : categoryCells(ref, section);
}

function pointCells(ref: BinsRef, section: Float64Array): ValueCells | undefined {
  const reference: number[] = [];
  const window: number[] = [];
  let other = 0;
  for (const [bin, point] of pointsOf(ref.grid).entries()) {
    if (ref.counts[bin] === 0) other += section[bin];
    else if (point === 0) return undefined;
    else {
      reference.push(ref.counts[bin]);
      window.push(section[bin]);
    }
  }
  return { reference: Float64Array.from(reference), window: Float64Array.from(window), other };
}

function categoryCells(ref: CategoriesRef, section: Float64Array): ValueCells {
  const known = ref.categories.length;
  const unseen = known + CATEGORIES_TAIL.unseen;
  const held = [...ref.categories.keys()].filter((code) => ref.counts[code] > 0);
  // What the reference itself did not keep apart is a category of its own.
  const kept = ref.counts[unseen] > 0 ? [...held, unseen] : held;
  const window = Float64Array.from(kept, (code) => section[code]);
  return {
    reference: Float64Array.from(kept, (code) => ref.counts[code]),
    window,
    other: sumOf(section, 0, unseen + 1) - sumOf(window),
  };
}

/** Values of the reference, and of the window. */
export function totalsOf({ reference, window, other }: ValueCells): { n: number; m: number } {
  return { n: sumOf(reference), m: sumOf(window) + other };
}

/** At least so many: new values are at least one. */
export function distinctOf({ reference, other }: ValueCells): number {
  return reference.length + Number(other > 0);
}
