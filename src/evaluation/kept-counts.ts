import { DAY, HOUR } from "../config/quantity.ts";
import { unpackInto } from "../counts/packed.ts";
import type { Layout, Section } from "../counts/layout.ts";
import type { AcceptedCounts } from "../reference/acceptance.ts";
import type { Store } from "../state/store.ts";
import type { CountingPlan } from "../window/counting-plan.ts";
import type { PaneValue } from "../window/pane.ts";
import { ROLL_UP_STEPS, rollUpLayout } from "../window/roll-up.ts";
import { paneLayout } from "../window/task-delta.ts";

/** Closed panes that start in [from, to); event time, ms. */
export interface KeptSpan {
  readonly from: number;
  readonly to: number;
  /** Up to where the model's panes are closed: what is kept of older ones goes by it. */
  readonly closedThrough: number;
}

/**
 * What the store still has of a span, each pane in one part: whole days where their hours are gone, whole hours where they are
 * kept, and panes, which are kept for a few hours only, at both ends. Of a span that begins amid a day whose hours are gone
 * the rest of that day is not to be had.
 */
export async function readKept(
  store: Pick<Store, "readPanes">,
  counting: CountingPlan,
  { from, to, closedThrough }: KeptSpan,
): Promise<PaneValue[]> {
  const [hours, days] = ROLL_UP_STEPS;
  const oldestHours = Math.ceil((closedThrough - hours.keep) / DAY) * DAY;
  const firstHour = Math.ceil(from / HOUR) * HOUR;
  const lastHour = Math.max(firstHour, Math.floor(to / HOUR) * HOUR);
  const firstDay = Math.min(Math.ceil(from / DAY) * DAY, lastHour);
  const lastDay = Math.max(firstDay, Math.min(oldestHours, Math.floor(to / DAY) * DAY));
  const layout = paneLayout(counting);
  const hourly = rollUpLayout(counting, hours);
  const parts = [
    { layout, from, to: Math.min(firstHour, to) },
    { layout: hourly, from: firstHour, to: firstDay },
    { layout: rollUpLayout(counting, days), from: firstDay, to: lastDay },
    { layout: hourly, from: lastDay, to: lastHour },
    { layout, from: lastHour, to },
  ].filter((part) => part.from < part.to);
  const read = await Promise.all(parts.map((part) => store.readPanes(part)));
  return read.flat();
}

/** All panes together, by segment: a vector of the layout. */
export function addBySegment(
  panes: readonly PaneValue[],
  { stride }: Layout,
): ReadonlyMap<string, Float64Array> {
  const sums = new Map<string, Float64Array>();
  for (const { segment, packed } of panes) {
    const sum = sums.get(segment) ?? new Float64Array(stride);
    sums.set(segment, sum);
    unpackInto(packed, sum, 1);
  }
  return sums;
}

/** Where a column's counts stand in a vector; undefined where nothing is counted of it. */
export function sectionsOf(
  { sections }: Layout,
  column: string,
): { readonly own: Section; readonly longer?: Section } | undefined {
  const found = sections.filter((section) => section.column === column);
  const own = found.find(({ kind }) => kind === "bins" || kind === "categories");
  const longer = found.find(({ kind }) => kind === "sums");
  return own && { own, ...(longer && { longer }) };
}

/** What the vectors have of one column, as it may stand in a reference. */
export function countsOfColumn(
  bySegment: ReadonlyMap<string, Float64Array>,
  { own, longer }: NonNullable<ReturnType<typeof sectionsOf>>,
): AcceptedCounts {
  const end = own.offset + own.length;
  return new Map(
    [...bySegment].map(([segment, sum]) => [
      segment,
      {
        counts: sum.slice(own.offset, end),
        ...(longer && { sums: sum.slice(end, longer.offset + longer.length) }),
      },
    ]),
  );
}
