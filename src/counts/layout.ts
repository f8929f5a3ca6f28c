import { createHash } from "node:crypto";
import { unitsOf } from "./sum-units.ts";
import { SUMMARY_KINDS } from "./summary-kinds.ts";
import type { SummaryKindName } from "./summary-kinds.ts";
import type { SeriesRef } from "./ref.ts";

/** Where every count of one (version, segment, pane) stands: one vector of integers, all columns in a row. */
export interface Layout {
  /** Hash of all that decides the meaning of the integers; panes of different layouts never add up. */
  readonly id: string;
  readonly sections: readonly Section[];
  /** Length of the vector. */
  readonly stride: number;
}

/** The part of the vector that one summary kind keeps of one column; that of `sums` holds that of `bins`. */
export interface Section {
  readonly kind: SummaryKindName;
  /** Name of the column; empty for kinds that look at whole events. */
  readonly column: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * One vector for all that is counted of one (version, segment, pane): arrivals first, then one section per series in the
 * order given, last the sections of the `summed` number columns, each of which begins with that of its bins. `pane` is the
 * pane's length in ms. The id is the first 16 hex digits of a SHA-256 over all of it.
 */
export function buildLayout(
  refs: readonly SeriesRef[],
  { pane, summed }: { readonly pane: number; readonly summed?: ReadonlySet<string> },
): Layout {
  const hash = createHash("sha256").update(JSON.stringify({ pane }));
  const sections: Section[] = [];
  const sums: Section[] = [];
  let stride = 0;
  const append = (kind: SummaryKindName, column: string, length: number): void => {
    const { version } = SUMMARY_KINDS[kind];
    sections.push({ kind, column, offset: stride, length });
    hash.update(JSON.stringify({ kind, version, column, length }));
    stride += length;
  };
  append("arrivals", "", SUMMARY_KINDS.arrivals.length());
  for (const ref of refs) {
    if (ref.kind === "bins") {
      const { column, grid } = ref;
      const { edges, low, high } = grid;
      const offset = stride;
      append("bins", column, SUMMARY_KINDS.bins.length(grid));
      // Decimal text names a double exactly, on any machine.
      hash.update(JSON.stringify({ edges: [...edges], low, high }));
      if (summed?.has(column) !== true) continue;
      const { version } = SUMMARY_KINDS.sums;
      const length = SUMMARY_KINDS.sums.length(grid);
      sums.push({ kind: "sums", column, offset, length });
      hash.update(JSON.stringify({ kind: "sums", version, length, span: unitsOf(grid)?.span ?? 0 }));
      stride = offset + length;
    } else {
      append("categories", ref.column, SUMMARY_KINDS.categories.length(ref.categories));
      hash.update(JSON.stringify({ categories: ref.categories }));
    }
  }
  return { id: hash.digest("hex").slice(0, 16), sections: [...sections, ...sums], stride };
}

/** By series in the order of the layout's refs: its section of the kind `sums`, where it is summed. */
export function sumsSections({ sections }: Layout, refs: readonly SeriesRef[]): (Section | undefined)[] {
  const byColumn = new Map(
    sections.filter(({ kind }) => kind === "sums").map((section) => [section.column, section]),
  );
  return refs.map(({ column }) => byColumn.get(column));
}
