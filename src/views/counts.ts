import { HOUR } from "../config/quantity.ts";
import { unpackInto } from "../counts/packed.ts";
import type { Engine } from "../engine/engine.ts";
import type { Store } from "../state/store.ts";
import type { CountsQuery, ShownCounts } from "../web/api/counts.ts";
import { referenceOf } from "../rules/fitted-model.ts";
import type { CountingPlan } from "../window/counting-plan.ts";
import type { PaneValue } from "../window/pane.ts";
import { ROLL_UP_STEPS, rollUpLayout } from "../window/roll-up.ts";
import { paneLayout } from "../window/task-delta.ts";

/**
 * What the store still has of one column, added up over closed panes that start in [since, until): by segment, of one version or of
 * all. Undefined where there is no such model or column.
 */
export async function viewCounts(
  { engine, store }: { readonly engine: Engine; readonly store: Pick<Store, "readPanes"> },
  { model, column, version, since, until = Number.POSITIVE_INFINITY }: CountsQuery,
): Promise<ShownCounts | undefined> {
  const fitted = engine.models.find((candidate) => candidate.model.name === model);
  const sections = fitted?.counting.layout.sections.filter((section) => section.column === column) ?? [];
  const own = sections.find(({ kind }) => kind === "bins" || kind === "categories");
  if (fitted === undefined || own === undefined) return undefined;
  const { counting } = fitted;
  const span = { from: since, to: Math.min(until, engine.closedThrough(model)) };
  const panes = (await readSpan(store, counting, span)).filter(
    (pane) => version === undefined || pane.version === version,
  );
  const sums = new Map<string, Float64Array>();
  for (const { segment, packed } of panes) {
    const sum = sums.get(segment) ?? new Float64Array(counting.layout.stride);
    sums.set(segment, sum);
    unpackInto(packed, sum, 1);
  }
  const longer = sections.find(({ kind }) => kind === "sums");
  const starts = panes.map(({ start }) => start);
  return {
    model,
    column,
    reference: referenceOf(fitted, version).id,
    ...(starts.length > 0 && {
      from: new Date(starts.reduce((least, start) => Math.min(least, start))).toISOString(),
      to: new Date(span.to).toISOString(),
    }),
    segments: [...sums].map(([name, sum]) => ({
      name,
      counts: [...sum.subarray(own.offset, own.offset + own.length)],
      ...(longer && { sums: [...sum.subarray(own.offset + own.length, longer.offset + longer.length)] }),
    })),
  };
}

/** Whole hours from what is kept of hours, the rest from panes, which are kept for a few hours only. */
async function readSpan(
  store: Pick<Store, "readPanes">,
  counting: CountingPlan,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<PaneValue[]> {
  const layout = paneLayout(counting);
  const first = Math.ceil(from / HOUR) * HOUR;
  const last = Math.floor(to / HOUR) * HOUR;
  if (!(first < last)) return [...(await store.readPanes({ layout, from, to }))];
  const [hours] = ROLL_UP_STEPS;
  const parts = [
    { layout, from, to: first },
    { layout: rollUpLayout(counting, hours), from: first, to: last },
    { layout, from: last, to },
  ];
  const read = await Promise.all(parts.map((part) => store.readPanes(part)));
  return read.flat();
}
