import type { SeriesRef } from "../counts/ref.ts";
import { OWN_CELLS } from "../statistics/cells.ts";
import { groupsOf, type Groups } from "../statistics/groups.ts";
import { formatChange, formatNumber } from "./quantities.ts";

/** A column is told by at most so many of its categories: those that weigh at least a third as much as the first. */
const MOST_CATEGORIES = 3;

/**
 * What moved in a column, with the shares of reference and window: "distance in ATL moved up: 1,200 and above rose from 8%
 * to 19%." Empty where one of the two holds nothing.
 */
export function describeMovement(options: {
  ref: SeriesRef;
  section: Float64Array;
  segment: string | undefined;
}): string {
  const { ref, section, segment } = options;
  const groups = groupsOf(ref, section);
  if (groups.n === 0 || groups.m === 0) return "";
  const place = segment === undefined ? "" : ` in ${placeOf(segment)}`;
  const changes = largestChanges(groups, ref.kind === "categories" ? MOST_CATEGORIES : 1);
  const said = changes.map((group) => describeGroup(ref, groups, group));
  return `${ref.column}${place} ${ref.kind === "bins" ? trendOf(groups) : "changed"}: ${listed(said)}.`;
}

/** `origin=ATL` is ATL. */
function placeOf(segment: string): string {
  if (segment.startsWith("other")) return "all other segments";
  return segment
    .split(",")
    .map((pair) => pair.slice(pair.indexOf("=") + 1))
    .join(", ");
}

/** Up or down where most of what moved went one way, by the mean rank; else it was pulled together or apart. */
function trendOf(groups: Groups): string {
  let ranks = 0;
  let moved = 0;
  for (let group = 0; group < groups.size; group += 1) {
    ranks += group * shift(groups, group);
    moved += Math.abs(shift(groups, group)) / 2;
  }
  if (Math.abs(ranks) < moved / 2) return "changed its shape";
  return ranks > 0 ? "moved up" : "moved down";
}

function largestChanges(groups: Groups, most: number): number[] {
  const order = Array.from({ length: groups.size }, (_, group) => group).sort(
    (a, b) => weight(groups, b) - weight(groups, a),
  );
  return order.slice(0, most).filter((group) => weight(groups, group) >= weight(groups, order[0]) / 3);
}

/** What a group adds to the population stability index: a share that vanishes weighs more than a large one that wavers. */
function weight(groups: Groups, group: number): number {
  const p = (groups.reference[group] + 0.5) / (groups.n + 0.5 * groups.size);
  const q = (groups.window[group] + 0.5) / (groups.m + 0.5 * groups.size);
  return (q - p) * Math.log(q / p);
}

function shift(groups: Groups, group: number): number {
  return groups.window[group] / groups.m - groups.reference[group] / groups.n;
}

function describeGroup(ref: SeriesRef, groups: Groups, group: number): string {
  const verb = shift(groups, group) < 0 ? "fell" : "rose";
  const change = formatChange(groups.reference[group] / groups.n, groups.window[group] / groups.m);
  return `${groupName(ref, group)} ${verb} ${change}`;
}

function groupName(ref: SeriesRef, group: number): string {
  if (ref.kind === "categories") {
    return group < Math.min(OWN_CELLS, ref.categories.length) ? ref.categories[group] : "everything else";
  }
  const { deciles, edges } = ref.grid;
  if (group === 0) return `below ${formatNumber(edges[deciles[0]])}`;
  const lower = formatNumber(edges[deciles[group - 1]]);
  return group === deciles.length
    ? `${lower} and above`
    : `${lower} to ${formatNumber(edges[deciles[group]])}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
