import { isDeepStrictEqual } from "node:util";
import { CodedError } from "../../src/config/coded-error.ts";
import type { Store, TaskId } from "../../src/state/store.ts";
import { TASK, bytesOf, commitOf, entries, pane, textOf, textOfCounts } from "./commits.ts";

const OTHER = { ...TASK, partition: 4 };
const MODELS = ["m", "n"];
/** One of them is as long as a number, and so is the key of a name. */
const JUDGEMENTS = { four: "one", closing: "another" };
const IDS = Array.from({ length: 8 }, (_, i) => i);

/** Fills a store with two at least of every kind of row. */
export async function fillWhole(store: Store): Promise<void> {
  await store.takeLead();
  for (const task of [TASK, OTHER]) {
    await store.claim(task);
    const text = `state of ${task.partition}`;
    const panes = [pane(0), pane(60_000), pane(0, { segment: "region=eu" }), pane(0, { layout: "l2" })];
    const both = [entries("labels", { 5: 50, 6: 60 }), entries("waiting", { 1: 10, 2: 20 })];
    await store.commit({ ...commitOf(1, { state: bytesOf(text), panes, entries: both }), task });
    const later = [entries("waiting", { 2: 21, 3: 30 })];
    await store.commit({ ...commitOf(2, { state: bytesOf(text), panes: [], entries: later }), task });
  }
  await store.writePanes([pane(0, { layout: "l1@1h" }), pane(3_600_000, { layout: "l1@1h" })]);
  for (const model of MODELS) await store.admitVersions(model, [`${model}1`, `${model}2`], 5);
  await store.registerCounting("what decides");
  await store.writeJudgement(
    new Map(Object.entries(JUDGEMENTS).map(([name, text]) => [name, bytesOf(text)])),
  );
}

/** What a store says, by what it says it of; "damaged" where it refuses to, which all else that it may throw is not. */
export async function readWhole(open: () => Promise<Store>): Promise<Map<string, unknown>> {
  const said = new Map<string, unknown>();
  const read = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== "STATE_DAMAGED") throw error;
      said.set(`damaged ${what}`, error.message);
      return undefined;
    }
  };
  const store = await read("store", open);
  if (store === undefined) return said;
  try {
    // With which a daemon begins, and ends where it is damaged.
    const judgement = await read("judgement", () => store.readJudgement());
    if (judgement === undefined) return said;
    for (const [name, blob] of judgement) said.set(`judgement ${name}`, textOf(blob));
    for (const layout of (await read("layouts", () => store.readLayouts())) ?? []) {
      const range = { layout, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
      for (const { packed, ...place } of (await read(layout, () => store.readPanes(range))) ?? [])
        said.set(`pane ${JSON.stringify(place)}`, textOfCounts(packed));
    }
    for (const { task, state } of (await read("tasks", () => store.readTasks(TASK.group))) ?? [])
      said.set(`task ${JSON.stringify(task)}`, textOf(state));
    for (const model of MODELS) {
      const versions = await read(`versions of ${model}`, () => store.admitVersions(model, [], 5));
      if (versions !== undefined && versions.length > 0) said.set(`versions of ${model}`, versions.join());
    }
    const counting = await read("counting", () => store.registerCounting("what decides"));
    if (counting?.last !== undefined) said.set("counting", counting.last);
    for (const task of [TASK, OTHER]) {
      for (const index of ["labels", "waiting"])
        await read(`${index} of ${task.partition}`, () => readEntries(store, { task, index }, said));
      const claimed = await read(`claim of ${task.partition}`, () => store.claim(task));
      if (claimed?.state !== undefined) said.set(`claimed ${task.partition}`, textOf(claimed.state));
    }
  } finally {
    await store.close();
  }
  return said;
}

async function readEntries(
  store: Store,
  { task, index }: { readonly task: TaskId; readonly index: string },
  said: Map<string, unknown>,
): Promise<void> {
  const ids = { high: new Uint32Array(IDS.length), low: Uint32Array.from(IDS), count: IDS.length };
  const { found, fields } = await store.find(task, index, ids);
  for (const id of IDS) if (found[id] === 1) said.set(`${index} ${task.partition} ${id}`, fields[id]);
}

/** What a store says that is not what it said when it was sound; refusals and what is not there are none of it. */
export function untrueIn(
  said: ReadonlyMap<string, unknown>,
  sound: ReadonlyMap<string, unknown>,
): readonly (readonly [string, unknown])[] {
  return [...said].filter(
    ([what, value]) => !what.startsWith("damaged ") && !isDeepStrictEqual(sound.get(what), value),
  );
}

export function isRefused(said: ReadonlyMap<string, unknown>): boolean {
  return [...said.keys()].some((what) => what.startsWith("damaged "));
}

/** The same bytes but for one bit of each byte in turn from `from` on, and for every bit of that one. */
export function* flippedKeys(key: Uint8Array, from = 0): Generator<Buffer> {
  for (let at = from; at < key.length; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      if (at > from && bit !== at % 8) continue;
      const flipped = Buffer.from(key);
      flipped[at] ^= 1 << bit;
      yield flipped;
    }
  }
}
