import { DEFAULT_FLOOR } from "../config/privacy-floor.ts";
import type { CategoryColumn } from "../event/batch.ts";
import { CATEGORIES_TAIL } from "./tails.ts";
import type { CategoriesRef } from "./ref.ts";
import { sumOf } from "./vector.ts";

/** `counts` is the reference's own section, and is kept as it is. */
export function prepareCategories(series: {
  column: string;
  categories: readonly string[];
  counts: Float64Array;
  floor?: number;
}): CategoriesRef {
  const { column, categories, counts, floor = DEFAULT_FLOOR } = series;
  const known = categories.length;
  const total = sumOf(counts, 0, known) + counts[known + CATEGORIES_TAIL.unseen];
  return { kind: "categories", column, categories, floor, counts, total };
}

/** What stands for the categories that too few have in common to be named. */
export const RARE_CATEGORY = "other";

/** The category's name as people may see it. */
export function shownCategory({ categories, counts, floor }: CategoriesRef, code: number): string {
  return counts[code] < floor ? RARE_CATEGORY : categories[code];
}

/** A category within a sentence: an empty one, or one of blanks, in quotes. */
export function quotedCategory(category: string): string {
  return category.trim() === "" ? JSON.stringify(category) : category;
}

/**
 * Where the codes of a batch's dictionary count in the section of a reference, which may know other categories, or the same
 * in another order. Entry 0 is for code -1 (missing), entry code + 1 for a code, the last one for all codes beyond (unseen).
 */
export function slotsOfCodes(dictionary: readonly string[], ref: CategoriesRef): Int32Array {
  const known = ref.categories.length;
  const position = new Map(ref.categories.map((category, slot) => [category, slot]));
  const unseen = known + CATEGORIES_TAIL.unseen;
  const slots = new Int32Array(dictionary.length + 2).fill(unseen);
  slots[0] = known + CATEGORIES_TAIL.missing;
  for (const [code, category] of dictionary.entries()) slots[code + 1] = position.get(category) ?? unseen;
  return slots;
}

/** Writes for each of the first `rows` cells where it counts in its section. Faulty cells are written as missing. */
export function slotCategories(
  column: CategoryColumn,
  slotOfCode: Int32Array,
  rows: number,
  into: Int32Array,
): void {
  const { codes } = column;
  const beyond = slotOfCode.length - 1;
  for (let row = 0; row < rows; row += 1) {
    const entry = codes[row] + 1;
    into[row] = slotOfCode[entry < beyond ? entry : beyond];
  }
}
