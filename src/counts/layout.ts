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

/** The part of the vector that one summary kind keeps of one column. That of `sums` holds that of `bins`, that of `distinct` the one of `categories`. */
export interface Section {
  readonly kind: SummaryKindName;
  /** Name of the column; empty for kinds that look at whole events. */
  readonly column: string;
  readonly offset: number;
  readonly length: number;
}

export interface LayoutOptions {
  /** Its length in ms. */
  readonly pane: number;
  /** The number columns whose values are summed, and the category columns whose different values are counted. */
  readonly extended?: ReadonlySet<string>;
}

/**
 * One vector for all that is counted of one (version, segment, pane): arrivals first, then one section per series in the
 * order given, last the sections `sums` and `distinct` of the extended columns, each of which begins with the column's own.
 * The id is the first 16 hex digits of a SHA-256 over all of it.
 */
export function buildLayout(refs: readonly SeriesRef[], { pane, extended }: LayoutOptions): Layout {
  const hash = createHash("sha256").update(JSON.stringify({ pane }));
  const sections: Section[] = [];
  const extensions: Section[] = [];
  let stride = 0;
  const append = (kind: SummaryKindName, column: string, length: number): void => {
    const { version } = SUMMARY_KINDS[kind];
    sections.push({ kind, column, offset: stride, length });
    hash.update(JSON.stringify({ kind, version, column, length }));
    stride += length;
  };
  /** Makes the section that was appended last the beginning of a longer one. */
  const extend = (kind: "sums" | "distinct", length: number): void => {
    const [{ column, offset, length: own }] = sections.slice(-1);
    const { version } = SUMMARY_KINDS[kind];
    extensions.push({ kind, column, offset, length });
    hash.update(JSON.stringify({ kind, version, column, length }));
    stride += length - own;
  };
  append("arrivals", "", SUMMARY_KINDS.arrivals.length());
  for (const ref of refs) {
    if (ref.kind === "bins") {
      const { edges, low, high } = ref.grid;
      append("bins", ref.column, SUMMARY_KINDS.bins.length(ref.grid));
      // Decimal text names a double exactly, on any machine.
      hash.update(JSON.stringify({ edges: [...edges], low, high }));
      if (extended?.has(ref.column) !== true) continue;
      extend("sums", SUMMARY_KINDS.sums.length(ref.grid));
      hash.update(JSON.stringify({ span: unitsOf(ref.grid)?.span ?? 0 }));
    } else {
      append("categories", ref.column, SUMMARY_KINDS.categories.length(ref.categories));
      hash.update(JSON.stringify({ categories: ref.categories }));
      if (extended?.has(ref.column) === true) {
        extend("distinct", SUMMARY_KINDS.distinct.length(ref.categories));
      }
    }
  }
  return { id: hash.digest("hex").slice(0, 16), sections: [...sections, ...extensions], stride };
}

/** By series in the order of the layout's refs: its section of the kind `sums` or `distinct`, where it has one. */
export function extendedSections({ sections }: Layout, refs: readonly SeriesRef[]): (Section | undefined)[] {
  const extensions = sections.filter(({ kind }) => kind === "sums" || kind === "distinct");
  const byColumn = new Map(extensions.map((section) => [section.column, section]));
  return refs.map(({ column }) => byColumn.get(column));
}
