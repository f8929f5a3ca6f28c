import { binColumn } from "../../counts/bins.ts";
import type { Section } from "../../counts/layout.ts";
import type { BinsRef, CategoriesRef, SeriesRef } from "../../counts/ref.ts";
import { addSlots } from "../../counts/slots.ts";
import { addSums, stepColumn } from "../../counts/sums.ts";
import { BINS_TAIL, CATEGORIES_TAIL, categoriesLength } from "../../counts/tails.ts";
import { cellsOfTexts, DISTINCT } from "../../event/distinct-cell.ts";
import { evenSpan } from "./parts.ts";
import type { Part, Span } from "./parts.ts";

/** What can become of one row of a column, and how likely each is: nothing but numbers to draw from. */
export interface Distribution {
  /** They add up to 1, or there is none. */
  readonly probabilities: Float64Array;
  /** By outcome: what a row adds to the column's section. */
  readonly additions: readonly Addition[];
}

/** Amounts, and at which positions of a section they are added. */
export interface Addition {
  readonly slots: readonly number[];
  readonly amounts: readonly number[];
}

/** Puts the parts on a column's own bins or categories. `section` is the longest one of the column. */
export function distributionOf(parts: readonly Part[], ref: SeriesRef, section: Section): Distribution {
  const { probabilities, additions } =
    ref.kind === "bins" ? numberOutcomes(parts, ref, section) : categoryOutcomes(parts, ref, section);
  return { probabilities: Float64Array.from(probabilities), additions };
}

interface Outcomes {
  readonly probabilities: number[];
  readonly additions: Addition[];
}

const one = (slot: number): Addition => ({ slots: [slot], amounts: [1] });

function categoryOutcomes(parts: readonly Part[], ref: CategoriesRef, section: Section): Outcomes {
  const { categories } = ref;
  const known = categories.length;
  const positions = new Map(categories.map((name, position) => [name, position]));
  const firstCell = section.length - DISTINCT.cells;
  const countsCells = section.length > categoriesLength(categories);
  const outcomes: Outcomes = { probabilities: [], additions: [] };
  for (const part of parts) {
    if (part.kind === "span") continue;
    outcomes.probabilities.push(part.share);
    if (part.kind !== "category") {
      const fault = part.kind === "invalid" ? CATEGORIES_TAIL.invalid : CATEGORIES_TAIL.missing;
      outcomes.additions.push(one(known + fault));
      continue;
    }
    const slot = positions.get(part.name ?? "") ?? known + CATEGORIES_TAIL.unseen;
    const [cell] = countsCells ? cellsOfTexts([part.name ?? ""]) : [];
    outcomes.additions.push(
      cell === undefined ? one(slot) : { slots: [slot, firstCell + cell], amounts: [1, 1] },
    );
  }
  return outcomes;
}

function numberOutcomes(parts: readonly Part[], ref: BinsRef, section: Section): Outcomes {
  const tail = ref.grid.edges.length + 1;
  const outcomes: Outcomes = { probabilities: [], additions: [] };
  const spans: Span[] = [];
  const cuts = cutsOf(ref);
  for (const part of parts) {
    if (part.kind === "span") spans.push(...splitSpan(part, cuts));
    else if (part.kind !== "category") {
      outcomes.probabilities.push(part.share);
      outcomes.additions.push(one(tail + BINS_TAIL[part.kind]));
    }
  }
  outcomes.probabilities.push(...spans.map(({ share }) => share));
  outcomes.additions.push(
    ...additionsOf(
      Float64Array.from(spans, ({ mean }) => mean),
      ref,
      section,
    ),
  );
  return outcomes;
}

/** Where a bin ends, or novel values begin, ascending. */
function cutsOf({ grid }: BinsRef): Float64Array {
  const cuts = [...new Set([...grid.edges, grid.low, grid.high])];
  return Float64Array.from(cuts.filter((cut) => !Number.isNaN(cut))).sort();
}

/** Cuts a span in two or more where a cut lies in it. @param cuts ascending */
export function splitSpan(span: Span, cuts: Float64Array): Span[] {
  const { from, to, share } = span;
  let first = countUpTo(cuts, from);
  if (!(to > from) || !(cuts[first] < to)) return [span];
  const spans: Span[] = [];
  for (let begin = from; begin < to; first += 1) {
    const end = Math.min(cuts[first] ?? to, to);
    spans.push(evenSpan(begin, end, share * ((end - begin) / (to - from))));
    begin = end;
  }
  return spans;
}

/** How many are no greater than the value: of a grid's edges the bin that it falls into. */
export function countUpTo(ascending: Float64Array, value: number): number {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ascending[middle] <= value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** What each value adds, as the counting of events itself says. */
function additionsOf(values: Float64Array, ref: BinsRef, section: Section): Addition[] {
  const rows = values.length;
  const column = {
    type: "number",
    values,
    validity: new Uint8Array(((rows + 63) >> 6) * 8).fill(255),
  } as const;
  const slots = new Int32Array(rows);
  const amounts = new Int32Array(rows);
  binColumn(column, ref, rows, slots);
  stepColumn({ column, grid: ref.grid, slots, rows, into: amounts });
  const own = { ...section, offset: 0 };
  const block = new Float64Array(section.length);
  const rowBlock = new Int32Array(1);
  // Behind a section of the kind `sums` stand more than the bins, whose counters addSlots finds from the end.
  const bins = { ...own, length: ref.counts.length };
  return Array.from(slots, (slot, row) => {
    block.fill(0);
    const counting = { blocks: block, rowBlock, slots: Int32Array.of(slot), rows: 1 };
    addSlots({ ...counting, section: bins });
    if (section.kind === "sums")
      addSums({ ...counting, section: own }, ref.grid, amounts.subarray(row, row + 1));
    return additionOf(block);
  });
}

/** Also of a section of labels: what stands in it, and where. */
export function additionOf(block: Float64Array): Addition {
  const slots: number[] = [];
  const amounts: number[] = [];
  for (let slot = 0; slot < block.length; slot += 1) {
    if (block[slot] === 0) continue;
    slots.push(slot);
    amounts.push(block[slot]);
  }
  return { slots, amounts };
}
