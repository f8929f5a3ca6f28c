import { createHash } from "node:crypto";
import { unpackInto } from "../../src/counts/packed.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import type { Store } from "../../src/state/store.ts";

/** A hash of all counts in a store, whoever's tasks brought them: of panes, and of the hours and days they add up to. */
export async function hashOfCounts(
  store: Pick<Store, "readPanes" | "readLayouts">,
  fitted: FittedModel,
): Promise<string> {
  const sums = new Map<string, Float64Array>();
  for (const layout of await store.readLayouts()) {
    for (const pane of await store.readPanes({ layout, from: -Infinity, to: Infinity })) {
      const place = JSON.stringify([layout, pane.start, pane.version, pane.segment]);
      const sum = sums.get(place) ?? new Float64Array(fitted.counting.layout.stride);
      unpackInto(pane.packed, sum, 1);
      sums.set(place, sum);
    }
  }
  const hash = createHash("sha256");
  for (const place of [...sums.keys()].toSorted()) hash.update(`${place} ${sums.get(place)?.join()}\n`);
  return hash.digest("hex");
}
