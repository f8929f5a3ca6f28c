import { DEFAULT_FLOOR } from "../../config/privacy-floor.ts";
import { CATEGORIES_TAIL } from "../../counts/tails.ts";
import { quotedCategory } from "../../counts/categories.ts";
import type { SeriesRef } from "../../counts/ref.ts";
import type { CategoryColumn, EventPlan } from "../../event/batch.ts";
import { LEARN_LIMIT } from "../../event/batch.ts";
import { listed } from "../../verdict/movement.ts";
import { formatShare } from "../../verdict/quantities.ts";
import type { sourceReader } from "../reference/source.ts";

/** A category that the reference never had. */
export interface UnseenCategory {
  readonly category: string;
  readonly n: number;
  /** Of all values of the column in the window. */
  readonly share: number;
}

/** More than these are not named. */
const MOST_NAMED = 5;

/** Whether the window's section of a column counts values that the reference never had. */
export function hasUnseen(ref: SeriesRef, section: Float64Array | undefined): boolean {
  return (
    section !== undefined &&
    ref.kind === "categories" &&
    section[ref.categories.length + CATEGORIES_TAIL.unseen] > 0
  );
}

/** The plan that names what another plan only counts; hashed columns stay as they are, for a name would give them away. */
export function unseenPlan(plan: EventPlan, names: ReadonlySet<string>): EventPlan {
  const columns = plan.columns.filter(
    ({ name, type, pii }) => type === "category" && !pii && names.has(name),
  );
  return {
    model: plan.model,
    needsId: false,
    columns: columns.map((column) => ({ ...column, learn: true })),
  };
}

/**
 * Reads the rows once more, by a plan of unseenPlan, and answers by column the most frequent of its unseen categories, but for
 * those that too few rows have in common to be named. Counts say how many there are; their names would have no bound, so nothing
 * but this keeps them.
 */
export async function nameUnseen(
  plan: EventPlan,
  read: ReturnType<typeof sourceReader>,
): Promise<Record<string, UnseenCategory[]>> {
  const tallies = plan.columns.map(() => ({
    values: 0,
    counts: [] as number[],
    categories: [] as readonly string[],
  }));
  await read((batch) => {
    for (const [position, tally] of tallies.entries()) {
      const column = batch.columns[position];
      if (column.type !== "category") continue;
      tally.categories = column.categories;
      const sound = (row: number): boolean => batch.reason[row] === 0;
      tally.values += countCodes(column, { rows: batch.rows, sound, into: tally.counts });
    }
  });
  const found = plan.columns.map(({ name, categories }, position) => {
    const { values, counts, categories: learnt } = tallies[position];
    const unseen = counts
      .map((n = 0, code) => ({ category: learnt[code] ?? "", n, share: n / values, code }))
      .filter(({ n, code }) => n >= DEFAULT_FLOOR && code >= categories.length && code < LEARN_LIMIT)
      .toSorted((a, b) => b.n - a.n || a.code - b.code)
      .slice(0, MOST_NAMED);
    return [name, unseen.map(({ category, n, share }) => ({ category, n, share }))] as const;
  });
  return Object.fromEntries(found);
}

/** Adds the sound rows' codes to the counts, and answers how many have one. */
function countCodes(
  { codes }: CategoryColumn,
  { rows, sound, into }: { rows: number; sound: (row: number) => boolean; into: number[] },
): number {
  let values = 0;
  for (let row = 0; row < rows; row += 1) {
    const code = codes[row];
    if (code < 0 || !sound(row)) continue;
    values += 1;
    if (code < LEARN_LIMIT) into[code] = (into[code] ?? 0) + 1;
  }
  return values;
}

/** "New are XNA (2.1%) and ZZZ (1%)." */
export function describeUnseen(unseen: readonly UnseenCategory[]): string {
  if (unseen.length === 0) return "";
  const named = unseen.map(({ category, share }) => `${quotedCategory(category)} (${formatShare(share)})`);
  return `New ${unseen.length === 1 ? "is" : "are"} ${listed(named)}.`;
}
