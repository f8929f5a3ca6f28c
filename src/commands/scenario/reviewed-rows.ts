import type { SeriesRef } from "../../counts/ref.ts";
import { CATEGORIES_TAIL } from "../../counts/tails.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import type { ReviewCondition, ReviewPlan } from "../../window/review-plan.ts";
import { partsUnder } from "./column-changes.ts";
import { columnRandom } from "./declared-columns.ts";
import { countUpTo, splitSpan } from "./distribution.ts";
import type { DrawnSegment } from "./drawn-segments.ts";
import type { Part } from "./parts.ts";
import type { Synthetic } from "./scenario.ts";
import { drawnColumns } from "./traffic.ts";
import type { DrawnColumn, DrawnRows } from "./traffic.ts";

/** How many rows met the conditions of a rule that picks events, over a story. */
export interface Reviewed {
  readonly review: string;
  /** So many of every span of `per` ms are picked at most. */
  readonly most: number;
  readonly per: number;
  /** Each within one span. */
  readonly slices: readonly ReviewedSlice[];
  /** Of recorded files: how many rows there were, since the slices of these do not say. */
  readonly rows?: number;
}

interface ReviewedSlice {
  /** ms since the epoch. */
  readonly start: number;
  rows: number;
  meeting: number;
}

/** Counts the rows of drawn panes that would meet the conditions of rules. */
export interface ReviewedRows {
  /** `block`: what was counted of the rows, in a pane that starts at `start`, ms. */
  add(drawn: DrawnRows, pane: { readonly start: number; readonly block: Float64Array }): void;
  readonly found: readonly Reviewed[];
}

/**
 * Rows are drawn column by column, and so are those that meet conditions: of what a bin holds the part that lies between the
 * bounds, and of several columns as many rows as if they knew nothing of each other. By a chance of its own, so that asking
 * changes nothing else.
 */
export function openReviewedRows(options: {
  readonly fitted: FittedModel;
  readonly story: Synthetic;
  /** Names of the rules. */
  readonly asked: ReadonlySet<string>;
}): ReviewedRows {
  const { fitted, story, asked } = options;
  const columns = drawnColumns(fitted, story.columns);
  const { reviews = [] } = fitted.counting;
  const rules = reviews.filter(({ name }) => asked.has(name)).map((plan) => openRule(plan, options, columns));
  return {
    found: rules.map(({ reviewed }) => reviewed),
    add(drawn, { start, block }) {
      // The segments of one grouping are all rows; others hold the same ones once more.
      if (!drawn.segment.isPart) return;
      for (const { slices, meetingIn } of rules) {
        let slice = slices.at(-1);
        if (slice?.start !== start) slices.push((slice = { start, rows: 0, meeting: 0 }));
        slice.rows += drawn.rows;
        slice.meeting += meetingIn(drawn, block);
      }
    },
  };
}

interface OpenRule {
  readonly reviewed: Reviewed;
  readonly slices: ReviewedSlice[];
  /** How many of the rows meet it. */
  meetingIn(drawn: DrawnRows, block: Float64Array): number;
}

function openRule(
  { name, most, per, conditions }: ReviewPlan,
  { fitted, story }: { readonly fitted: FittedModel; readonly story: Synthetic },
  columns: readonly DrawnColumn[],
): OpenRule {
  const random = columnRandom(story.seed, `review ${name}`);
  const watched = columns.flatMap((column) => {
    const { position } = fitted.counting.columns[column.position];
    const own = conditions.filter((condition) => condition.columns.includes(position));
    return own.length === 0 ? [] : [{ column, own, shares: new Map<string, Float64Array>() }];
  });
  const sharesFor = (
    { column, own, shares }: (typeof watched)[number],
    { segment, changes }: { readonly segment: DrawnSegment; readonly changes: readonly number[] },
  ): Float64Array => {
    const key = `${segment.name}/${changes.join()}`;
    const known = shares.get(key);
    if (known !== undefined) return known;
    const told = changes.map((position) => story.changes[position]);
    const parts = partsUnder({ fitted, segment, column, changes: told });
    const made = meetingShares(parts, column.ref, own);
    shares.set(key, made);
    return made;
  };
  const slices: ReviewedSlice[] = [];
  return {
    reviewed: { review: name, most, per, slices },
    slices,
    meetingIn(drawn, block) {
      let meeting = 0;
      for (const one of watched) {
        let rows = 0;
        for (const [slot, share] of sharesFor(one, drawn).entries()) {
          if (share > 0) rows += random.binomial(block[one.column.section.offset + slot], share);
        }
        // Those of them that have met another condition already are counted once.
        if (rows > 0) meeting += random.binomial(rows, 1 - meeting / drawn.rows);
      }
      return meeting;
    },
  };
}

/** By slot of the column's section: which part of what is counted there meets one of the conditions. */
function meetingShares(
  parts: readonly Part[],
  ref: SeriesRef,
  conditions: readonly ReviewCondition[],
): Float64Array {
  if (ref.kind === "categories") {
    const shares = new Float64Array(ref.categories.length + CATEGORIES_TAIL.unseen + 1);
    if (conditions.some(({ kind }) => kind === "novel")) shares[shares.length - 1] = 1;
    return shares;
  }
  const edges = ref.grid.edges;
  const bounds = conditions.flatMap(({ low, high }) => [low, high]);
  const cuts = Float64Array.from(new Set([...edges, ...bounds])).sort();
  const all = new Float64Array(edges.length + 1);
  const meeting = new Float64Array(edges.length + 1);
  for (const part of parts) {
    if (part.kind !== "span") continue;
    for (const { share, mean } of splitSpan(part, cuts)) {
      const slot = countUpTo(edges, mean);
      all[slot] += share;
      if (conditions.some((condition) => meets(condition, mean))) meeting[slot] += share;
    }
  }
  return meeting.map((share, slot) => (all[slot] > 0 ? Math.min(1, share / all[slot]) : 0));
}

function meets({ kind, low, high }: ReviewCondition, value: number): boolean {
  if (kind === "between") return value >= low && value <= high;
  if (kind === "above") return value > low;
  return kind === "below" && value < high;
}
