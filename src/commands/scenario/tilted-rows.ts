import type { SeriesRef } from "../../counts/ref.ts";
import { BINS_TAIL, CATEGORIES_TAIL } from "../../counts/tails.ts";
import type { Addition, Distribution } from "./distribution.ts";
import { drawRows, splitRows } from "./draw.ts";
import type { Overdispersion } from "./overdispersion.ts";
import type { Random } from "./random.ts";
import { groupOf } from "./unrest.ts";
import type { Tilt } from "./unrest.ts";

/** Outcomes of which the same is to be said of how they wander. */
interface OutcomeGroup {
  readonly kind: "value" | "novel" | "missing" | "fault";
  /** Of a tilt's groups. */
  readonly group: number;
  /** Of all rows. */
  share: number;
  /** Among themselves. */
  distribution: Distribution;
}

/** A distribution, cut where its overdispersion moves one part of it against another. */
export type GroupedDistribution = readonly OutcomeGroup[];

export function groupOutcomes(
  { probabilities, additions }: Distribution,
  overdispersion: Overdispersion,
  ref: SeriesRef,
): GroupedDistribution {
  const found = new Map<string, Pick<OutcomeGroup, "kind" | "group"> & { outcomes: number[] }>();
  for (const [outcome, addition] of additions.entries()) {
    const kind = kindOf(addition, ref);
    const isValue = kind === "value" || kind === "novel";
    const group = isValue ? groupOf(overdispersion, addition.slots[0], ref) : 0;
    const one = found.get(`${kind} ${group}`) ?? { kind, group, outcomes: [] };
    found.set(`${kind} ${group}`, one);
    one.outcomes.push(outcome);
  }
  return [...found.values()].flatMap(({ kind, group, outcomes }) => {
    const share = outcomes.reduce((sum, outcome) => sum + probabilities[outcome], 0);
    const distribution = {
      probabilities: Float64Array.from(outcomes, (outcome) => probabilities[outcome] / share),
      additions: outcomes.map((outcome) => additions[outcome]),
    };
    return share > 0 ? [{ kind, group, share, distribution }] : [];
  });
}

function kindOf({ slots }: Addition, ref: SeriesRef): OutcomeGroup["kind"] {
  if (ref.kind === "categories") {
    const tail = ref.categories.length;
    if (slots[0] === tail + CATEGORIES_TAIL.missing) return "missing";
    if (slots[0] === tail + CATEGORIES_TAIL.invalid) return "fault";
    return slots[0] === tail + CATEGORIES_TAIL.unseen ? "novel" : "value";
  }
  const tail = ref.grid.edges.length + 1;
  if (slots[0] === tail + BINS_TAIL.missing) return "missing";
  if (slots[0] === tail + BINS_TAIL.nan || slots[0] === tail + BINS_TAIL.invalid) return "fault";
  const isNovel = slots.includes(tail + BINS_TAIL.low) || slots.includes(tail + BINS_TAIL.high);
  return isNovel ? "novel" : "value";
}

/** Draws so many rows of a pane in which the shares are tilted, and adds what they are to the section that begins at `offset`. */
export function drawTilted(
  random: Random,
  { groups, tilt }: { readonly groups: GroupedDistribution; readonly tilt: Tilt },
  { rows, into, offset }: { readonly rows: number; readonly into: Float64Array; readonly offset: number },
): void {
  splitRows(random, tiltedShares(groups, tilt), rows, (position, count) => {
    drawRows(random, groups[position].distribution, { rows: count, into, offset });
  });
}

/** They add up to 1: what is not missing makes room for what is, and values for each other. */
function tiltedShares(groups: GroupedDistribution, tilt: Tilt): Float64Array {
  const shares = Float64Array.from(groups, ({ kind, group, share }) => {
    if (kind === "fault") return share;
    if (kind === "missing") return Math.min(1, share * tilt.missing);
    return share * (tilt.groups[group] ?? 1) * (kind === "novel" ? tilt.novel : 1);
  });
  let fixed = 0;
  let values = 0;
  for (const [position, { kind }] of groups.entries()) {
    if (kind === "fault" || kind === "missing") fixed += shares[position];
    else values += shares[position];
  }
  const total = Math.max(1, fixed);
  const factor = values > 0 ? Math.max(0, 1 - fixed) / values : 0;
  return shares.map((share, position) => {
    const { kind } = groups[position];
    return kind === "fault" || kind === "missing" ? share / total : share * factor;
  });
}
