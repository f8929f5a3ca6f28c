import type { PaneValue } from "../window/pane.ts";
import { paneBound, paneKey, readPaneKey } from "./lmdb-keys.ts";
import type { LmdbRows } from "./lmdb-rows.ts";
import type { Names } from "./names.ts";
import { placeCounts, takeCounts } from "./placed-counts.ts";
import { placeOf } from "./sealed.ts";
import type { PaneRange, StoredPane, TaskId } from "./store.ts";

interface PaneRows {
  readonly rows: LmdbRows;
  readonly names: Names;
}

/** Writes a pane of a task, or of all together. Only inside a transaction. */
export function putPane({ rows, names }: PaneRows, pane: PaneValue, task?: TaskId): void {
  const { layout, start, version, segment, packed } = pane;
  const series =
    task === undefined
      ? names.numberOf("total", version, segment)
      : names.numberOf("pane", task.group, task.partition, version, segment);
  const key = paneKey(names.numberOf("layout", layout), start, series);
  rows.put(key, placeCounts(packed, placeOf(key)));
}

/** All panes of the range, by start. */
export function readPanes({ rows, names }: PaneRows, range: PaneRange): StoredPane[] {
  const layout = names.find("layout", range.layout);
  if (layout === undefined || range.from >= range.to) return [];
  const panes: StoredPane[] = [];
  const what = `panes of ${range.layout}`;
  for (const { key, value } of rows.scan(paneBound(layout, range.from), paneBound(layout, range.to))) {
    takeCounts(value, { what, place: placeOf(key) });
    const { start, series } = readPaneKey(key);
    panes.push(viewPane(names.nameOf(series), { layout: range.layout, start, packed: value }));
  }
  return panes;
}

/** A pane of the series that was named: of one task, or of all. Written out, for a replay reads hundreds of thousands. */
function viewPane(
  name: readonly (string | number)[],
  { layout, start, packed }: Pick<StoredPane, "layout" | "start" | "packed">,
): StoredPane {
  if (name[0] === "total") {
    return { layout, version: String(name[1]), segment: String(name[2]), start, packed };
  }
  const task = { group: String(name[1]), partition: Number(name[2]) };
  return { task, layout, version: String(name[3]), segment: String(name[4]), start, packed };
}

/** Deletes those of a layout that start before then, ms. Only inside a transaction. */
export function removePanes({ rows, names }: PaneRows, layout: string, before: number): void {
  const number = names.find("layout", layout);
  if (number === undefined) return;
  const old = [...rows.keys(paneBound(number, -Infinity), paneBound(number, before))];
  for (const key of old) rows.remove(key);
}
