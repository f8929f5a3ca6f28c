import { quotedCategory, RARE_CATEGORY, shownCategory } from "../counts/categories.ts";
import { nextUp } from "../counts/grid.ts";
import type { SeriesRef } from "../counts/ref.ts";
import { OWN_CELLS } from "../statistics/cells.ts";
import { groupsOf, type Groups } from "../statistics/groups.ts";
import { formatChange, formatNumber, formatShare } from "./quantities.ts";

/** No more than these are named. */
const MOST_MOVERS = 3;

/** What moved in a column, as data. Shares lie between 0 and 1. */
export interface Movement {
  /** Of numbers: `up` or `down` where most of what moved went one way, else `shape`. Of categories `mix`. */
  readonly direction: "up" | "down" | "shape" | "mix";
  /** What moved most, the largest part first; three at most. */
  readonly movers: readonly Mover[];
}

interface Mover {
  /** A span of values or a category; of hashed columns the hash. */
  readonly name: string;
  /** Its share of the reference's values, and of the window's. */
  readonly from: number;
  readonly to: number;
  /** Of the population stability index, whose terms add up: the part that is this one's. */
  readonly part: number;
}

/** Undefined where one of the two holds nothing, or nothing moved. */
export function measureMovement(ref: SeriesRef, section: Float64Array): Movement | undefined {
  const groups = groupsOf(ref, section);
  if (groups.n === 0 || groups.m === 0 || groups.size < 2) return undefined;
  const weights = Array.from({ length: groups.size }, (_, group) => weightOf(groups, group));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return undefined;
  const movers = weights.map((weight, group) => ({
    name: groupName(ref, group),
    from: groups.reference[group] / groups.n,
    to: groups.window[group] / groups.m,
    part: weight / total,
  }));
  return {
    direction: ref.kind === "categories" ? "mix" : trendOf(groups),
    movers: gatherRare(movers, ref)
      .toSorted((a, b) => b.part - a.part)
      .slice(0, MOST_MOVERS),
  };
}

/** Categories without a name of their own are one. */
function gatherRare(movers: readonly Mover[], ref: SeriesRef): readonly Mover[] {
  if (ref.kind === "bins") return movers;
  const named = movers.filter(({ name }) => name !== RARE_CATEGORY);
  const rare = movers.filter(({ name }) => name === RARE_CATEGORY);
  if (rare.length < 2) return movers;
  const sum = (read: (mover: Mover) => number): number =>
    rare.reduce((total, mover) => total + read(mover), 0);
  const together = {
    name: RARE_CATEGORY,
    from: sum(({ from }) => from),
    to: sum(({ to }) => to),
    part: sum(({ part }) => part),
  };
  return [...named, together];
}

const WAYS = { up: "moved up", down: "moved down", shape: "changed its shape", mix: "changed" } as const;

/**
 * The same in words: "distance in ATL moved up: 1,200 and above rose from 8% to 19% (62% of it)." Of numbers the largest mover,
 * of categories those that weigh at least a third as much as the largest.
 */
export function describeMovement(
  { direction, movers }: Movement,
  { column, segment }: { column: string; segment: string | undefined },
): string {
  const place = segment === undefined ? "" : ` in ${placeOf(segment)}`;
  const least = (movers[0]?.part ?? 0) / (direction === "mix" ? 3 : 1);
  const told = movers.filter(({ part }) => part >= least).slice(0, direction === "mix" ? MOST_MOVERS : 1);
  const part = told.reduce((sum, mover) => sum + mover.part, 0);
  const said = told.map(
    ({ name, from, to }) => `${name} ${to < from ? "fell" : "rose"} ${formatChange(from, to)}`,
  );
  return `${column}${place} ${WAYS[direction]}: ${listed(said)} (${formatShare(part)} of it).`;
}

/** A segment as people say it: `origin=ATL` is ATL. */
export function placeOf(segment: string): string {
  if (segment.startsWith("other")) return "all other segments";
  return segment
    .split(",")
    .map((pair) => pair.slice(pair.indexOf("=") + 1))
    .join(", ");
}

/** By the mean rank: a shift moves it by at least half of what moved at all, else values were pulled together or apart. */
function trendOf(groups: Groups): "up" | "down" | "shape" {
  let ranks = 0;
  let moved = 0;
  for (let group = 0; group < groups.size; group += 1) {
    const shift = groups.window[group] / groups.m - groups.reference[group] / groups.n;
    ranks += group * shift;
    moved += Math.abs(shift) / 2;
  }
  if (Math.abs(ranks) < moved / 2) return "shape";
  return ranks > 0 ? "up" : "down";
}

/** A term of the index: a share that vanishes weighs more than a large one that wavers. */
function weightOf(groups: Groups, group: number): number {
  const p = (groups.reference[group] + 0.5) / (groups.n + 0.5 * groups.size);
  const q = (groups.window[group] + 0.5) / (groups.m + 0.5 * groups.size);
  return (q - p) * Math.log(q / p);
}

function groupName(ref: SeriesRef, group: number): string {
  if (ref.kind === "categories") {
    return group < Math.min(OWN_CELLS, ref.categories.length)
      ? quotedCategory(shownCategory(ref, group))
      : "everything else";
  }
  const { deciles, edges } = ref.grid;
  const edgeOf = (cut: number): number => edges[deciles[cut]];
  /** A cut right above an atom: the atom stands alone below it. */
  const isAbove = (cut: number): boolean => cut > 0 && edgeOf(cut) === nextUp(edgeOf(cut - 1));
  if (group === 0) return `below ${formatNumber(edgeOf(0))}`;
  if (isAbove(group - 1)) return `above ${formatNumber(edgeOf(group - 2))}`;
  const lower = formatNumber(edgeOf(group - 1));
  if (group === deciles.length) return `${lower} and above`;
  return isAbove(group) ? lower : `${lower} to ${formatNumber(edgeOf(group))}`;
}

export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
