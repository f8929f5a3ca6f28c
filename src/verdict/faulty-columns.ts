import type { Layout, Section } from "../counts/layout.ts";
import { BINS_TAIL, CATEGORIES_TAIL } from "../counts/tails.ts";

/** A column and how many of its cells in a window were of another type, or outside what its rule allows. */
export interface FaultyColumn {
  readonly column: string;
  readonly cells: number;
}

/** The columns with faulty cells, most first. `sum` is a whole window, laid out by `layout`. */
export function faultyColumns({ sections }: Layout, sum: Float64Array): FaultyColumn[] {
  return sections
    .flatMap((section) => {
      const slot = invalidSlot(section);
      return slot === undefined ? [] : [{ column: section.column, cells: sum[slot] }];
    })
    .filter(({ cells }) => cells > 0)
    .sort((a, b) => b.cells - a.cells);
}

function invalidSlot({ kind, offset, length }: Section): number | undefined {
  if (kind === "bins") return offset + length - BINS_TAIL.length + BINS_TAIL.invalid;
  return kind === "categories"
    ? offset + length - CATEGORIES_TAIL.length + CATEGORIES_TAIL.invalid
    : undefined;
}
