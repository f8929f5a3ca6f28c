import { unpackInto } from "../../src/counts/packed.ts";
import { loadProject } from "../../src/commands/load.ts";
import { fitModel, type FittedModel } from "../../src/rules/fitted-model.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import { paneLayout } from "../../src/window/task-delta.ts";
import { kafkaClient, uniqueName } from "../services/kafka.ts";
import type { ScoredEvent } from "./events.ts";

/** Counts by where they stand: "pane start/version/segment/column/what". Zeros are left out. */
export type Counts = ReadonlyMap<string, number>;

/** Reads the store of a daemon that has ended: the counts of all its tasks together. */
export async function countsInStore(directory: string, state: string): Promise<Counts> {
  const fitted = await fittedModel(directory);
  const { layout } = fitted.counting;
  const names = namesOfSlots(fitted);
  const store = await openLmdbStore({ path: state, clock: systemClock, pid: process.pid });
  const counts = new Map<string, number>();
  try {
    const all = { layout: paneLayout(fitted.counting), from: -Infinity, to: Infinity };
    for (const { start, version, segment, packed } of await store.readPanes(all)) {
      const vector = new Float64Array(layout.stride);
      unpackInto(packed, vector, 1);
      for (const [slot, count] of vector.entries()) {
        if (count !== 0) add(counts, `${start}/${version}/${segment}/${names[slot]}`, count);
      }
    }
  } finally {
    await store.close();
  }
  return counts;
}

/** Reads the topic from its beginning and counts what it holds; with nothing of driftd but the reference's edges. */
export async function countsInTopic(
  directory: string,
  source: { brokers: readonly string[]; topic: string; records: number },
): Promise<Counts> {
  const events: ScoredEvent[] = [];
  // The test's own producer wrote them.
  await readTopic(source, (value) => events.push(JSON.parse(value) as ScoredEvent));
  return countsOfEvents(directory, events);
}

/** Counts one value after another. */
export async function countsOfEvents(directory: string, events: readonly ScoredEvent[]): Promise<Counts> {
  const fitted = await fittedModel(directory);
  const rulers = rulersOf(fitted);
  const counts = new Map<string, number>();
  for (const { time, version, segment, features, prediction } of events) {
    for (const name of ["all", `region=${segment.region}`]) {
      const pane = `${time - (time % fitted.counting.pane)}/${version}/${name}`;
      add(counts, `${pane}//measured`, 1);
      for (const [column, value] of Object.entries({ ...features, "prediction.score": prediction.score })) {
        for (const what of rulers.get(column)?.(value) ?? []) add(counts, `${pane}/${column}/${what}`, 1);
      }
    }
  }
  return counts;
}

async function fittedModel(directory: string): Promise<FittedModel> {
  const { models, references } = await loadProject({
    configFile: "driftd.yaml",
    io: { env: {}, cwd: directory },
  });
  const [model] = models;
  const [reference] = references.values();
  if (model === undefined || reference === undefined) throw new Error(`no model in ${directory}`);
  return fitModel({ model, reference, hasLabels: false });
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

type Ruler = (value: number | string | null) => string[];

/** By column: how one value counts, said again in the plainest way. */
function rulersOf({ reference }: FittedModel): Map<string, Ruler> {
  return new Map(
    reference.columns.map(({ name, grid, categories }): [string, Ruler] => {
      if (grid === undefined) {
        return [name, (value) => [categories.includes(String(value)) ? `is ${value}` : "unseen"]];
      }
      const edges = [...grid.edges];
      return [
        name,
        (value) => {
          if (typeof value !== "number") return ["missing"];
          const bin = `bin ${edges.filter((edge) => edge <= value).length}`;
          return [bin, ...(value < grid.low ? ["low"] : []), ...(value > grid.high ? ["high"] : [])];
        },
      ];
    }),
  );
}

async function readTopic(
  { brokers, topic, records }: { brokers: readonly string[]; topic: string; records: number },
  visit: (value: string) => void,
): Promise<void> {
  const consumer = kafkaClient(brokers).consumer({ groupId: uniqueName("recount") });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          for (const { value } of batch.messages) visit(String(value));
          seen += batch.messages.length;
          if (seen >= records) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
