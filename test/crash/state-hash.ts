import { createHash } from "node:crypto";
import { unpack } from "../../src/counts/packed.ts";
import type { Store } from "../../src/state/store.ts";

/** A hash of all counts in a store, whoever's tasks brought them: of panes, and of the hours and days they add up to. */
export async function hashOfCounts(store: Pick<Store, "readPanes" | "readLayouts">): Promise<string> {
  const sums = new Map<string, Float64Array>();
  for (const layout of await store.readLayouts()) {
    for (const pane of await store.readPanes({ layout, from: -Infinity, to: Infinity })) {
      const counts = unpack(pane.packed);
      // What is no vector (the names of fields) is not added up like one.
      if (counts === undefined) continue;
      const place = JSON.stringify([layout, pane.start, pane.version, pane.segment]);
      const sum = sums.get(place) ?? new Float64Array(counts.length);
      for (const [slot, count] of counts.entries()) sum[slot] += count;
      sums.set(place, sum);
    }
  }
  const hash = createHash("sha256");
  for (const place of [...sums.keys()].toSorted()) hash.update(`${place} ${sums.get(place)?.join()}\n`);
  return hash.digest("hex");
}
