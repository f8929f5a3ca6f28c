import type { Engine } from "../engine/engine.ts";
import { addBySegment, countsOfColumn, readKept, sectionsOf } from "../evaluation/kept-counts.ts";
import { referenceOf } from "../rules/fitted-model.ts";
import type { Store } from "../state/store.ts";
import type { CountsQuery, ShownCounts } from "../web/api/counts.ts";

/**
 * What the store still has of one column, added up over closed panes that start in [since, until): by segment, of one version or of
 * all. Undefined where there is no such model or column.
 */
export async function viewCounts(
  { engine, store }: { readonly engine: Engine; readonly store: Pick<Store, "readPanes"> },
  { model, column, version, since, until = Number.POSITIVE_INFINITY }: CountsQuery,
): Promise<ShownCounts | undefined> {
  const fitted = engine.models.find((candidate) => candidate.model.name === model);
  const sections = fitted && sectionsOf(fitted.counting.layout, column);
  if (fitted === undefined || sections === undefined) return undefined;
  const { counting } = fitted;
  const closedThrough = engine.closedThrough(model);
  const span = { from: since, to: Math.min(until, closedThrough), closedThrough };
  const panes = (await readKept(store, counting, span)).filter(
    (pane) => version === undefined || pane.version === version,
  );
  const starts = panes.map(({ start }) => start);
  return {
    model,
    column,
    reference: referenceOf(fitted, version).id,
    ...(starts.length > 0 && {
      from: new Date(starts.reduce((least, start) => Math.min(least, start))).toISOString(),
      to: new Date(span.to).toISOString(),
    }),
    segments: [...countsOfColumn(addBySegment(panes, counting.layout), sections)].map(
      ([name, { counts, sums }]) => ({
        name,
        counts: [...counts],
        ...(sums && { sums: [...sums] }),
      }),
    ),
  };
}
