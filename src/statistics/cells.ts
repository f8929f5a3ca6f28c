import { quotedCategory, shownCategory } from "../counts/categories.ts";
import { CATEGORIES_TAIL } from "../counts/tails.ts";
import type { CategoriesRef } from "../counts/ref.ts";
import { sumOf } from "../counts/vector.ts";

/*
 * The cells of a category column: the most frequent categories one by one, and one cell `rest` for all others together
 * with what the reference had never seen. 49 of their own, so that a small category that grows is not hidden in the rest.
 */
export const OWN_CELLS = 49;

/** The count of the cell `rest` of a section with `known` categories. */
export function restCount(section: Float64Array, known: number): number {
  return section[known + CATEGORIES_TAIL.unseen] + sumOf(section, OWN_CELLS, known);
}

export function cellName(ref: CategoriesRef, cell: number): string {
  return cell < Math.min(ref.categories.length, OWN_CELLS)
    ? `category ${quotedCategory(shownCategory(ref, cell))}`
    : "any other category";
}
