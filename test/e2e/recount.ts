import { unpackInto } from "../../src/counts/packed.ts";
import { loadProject } from "../../src/commands/load.ts";
import { fitModel, type FittedModel } from "../../src/rules/fitted-model.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import type { Store } from "../../src/state/store.ts";
import { paneLayout } from "../../src/window/task-delta.ts";
import { createCounter, type Counts } from "./counter.ts";

export type { Counts };
import type { ScoredEvent } from "./events.ts";
import { readTopic } from "./topic.ts";

/** Reads the store of a daemon that has ended: the counts of all its tasks together. */
export async function countsInStore(directory: string, state: string): Promise<Counts> {
  const fitted = await fittedModel(directory);
  const store = await openLmdbStore({ path: state, clock: systemClock, pid: process.pid });
  try {
    return await countsOfPanes(store, fitted);
  } finally {
    await store.close();
  }
}

/** The counts of all panes in a store. */
export async function countsOfPanes(store: Pick<Store, "readPanes">, fitted: FittedModel): Promise<Counts> {
  const { layout } = fitted.counting;
  const names = namesOfSlots(fitted);
  const counts = new Map<string, number>();
  const all = { layout: paneLayout(fitted.counting), from: -Infinity, to: Infinity };
  for (const { start, version, segment, packed } of await store.readPanes(all)) {
    const vector = new Float64Array(layout.stride);
    unpackInto(packed, vector, 1);
    for (const [slot, count] of vector.entries()) {
      if (count === 0) continue;
      const key = `${start}/${version}/${segment}/${names[slot]}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  return counts;
}

/** Reads the topic from its beginning and counts what it holds; with nothing of driftd but the reference's edges. */
export async function countsInTopic(
  directory: string,
  source: { brokers: readonly string[]; topic: string },
): Promise<Counts> {
  const counter = createCounter({ fitted: await fittedModel(directory) });
  await readTopic({ ...source, visit: (record) => counter.add(record) });
  return counter.counts;
}

/** Counts events one after another, none of them late. */
export async function countsOfEvents(directory: string, events: readonly ScoredEvent[]): Promise<Counts> {
  const counter = createCounter({ fitted: await fittedModel(directory) });
  for (const event of events.toSorted((a, b) => a.time - b.time)) {
    counter.add({ partition: 0, timestamp: event.time, value: Buffer.from(JSON.stringify(event)) });
  }
  return counter.counts;
}

/** The model of a project in a directory. */
export async function fittedModel(
  directory: string,
  { hasLabels = false }: { readonly hasLabels?: boolean } = {},
): Promise<FittedModel> {
  const { models, references } = await loadProject({
    configFile: "driftd.yaml",
    io: { env: {}, cwd: directory },
  });
  const [model] = models;
  const [reference] = references.values();
  if (model === undefined || reference === undefined) throw new Error(`no model in ${directory}`);
  return fitModel({ model, reference, hasLabels });
}

/** What each integer of the vector counts, in words. */
function namesOfSlots({ counting, reference }: FittedModel): string[] {
  return counting.layout.sections.flatMap(({ kind, column, length }) => {
    if (kind === "arrivals")
      return ["measured", "faulty", "invalid", "undecodable"].map((name) => `/${name}`);
    const { categories = [] } = reference.columns.find(({ name }) => name === column) ?? {};
    const tail =
      kind === "bins"
        ? ["missing", "nan", "infinite", "invalid", "low", "high"]
        : ["unseen", "missing", "invalid"];
    const known = length - tail.length;
    const names = Array.from({ length: known }, (_, slot) =>
      kind === "bins" ? `bin ${slot}` : `is ${categories[slot]}`,
    );
    return [...names, ...tail].map((name) => `${column}/${name}`);
  });
}
