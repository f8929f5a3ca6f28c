import type { StreamConfig } from "../../src/config/config.ts";
import { unpackInto } from "../../src/counts/packed.ts";
import { ARRIVALS } from "../../src/counts/tails.ts";
import { Engine } from "../../src/engine/engine.ts";
import { isBalanced, type StreamLedger } from "../../src/event/ledger.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import type { Store } from "../../src/state/store.ts";
import { takeRecords } from "../../src/ingestion/store-answers.ts";
import { groupStreams, plansOf } from "../../src/engine/task-groups.ts";
import { restorePanes } from "../../src/window/task-panes.ts";
import { paneLayout } from "../../src/window/task-delta.ts";
import type { Task } from "../../src/window/task.ts";
import { MINUTE } from "./fixture.ts";
import { decodeHalves, placeRecords, type HalfStory } from "./half-story.ts";

const ID = { group: "asked", partition: 0 };

const MAP = {
  id: { pointer: "/id" },
  time: { pointer: "/time" },
  model: { pointer: "/model" },
  version: { pointer: "/version" },
  features: { pointer: "/features" },
  score: { pointer: "/prediction/score" },
} as const;

/** An inputs stream `asked` and its outputs stream `answered`. */
export function joinedStreams(within: number): StreamConfig[] {
  const common = { map: MAP, from: "earliest", maxAhead: 300_000, idleAfter: MINUTE } as const;
  return [
    { ...common, name: "asked", role: "inputs", topic: "asked", format: "json", joinWithin: within },
    { ...common, name: "answered", role: "outputs", of: "asked", topic: "answered", format: "json" },
  ];
}

/** A stream of both, as model servers write it. */
function oneStream(within: number): StreamConfig[] {
  const [asked] = joinedStreams(within);
  return [{ ...asked, role: "inference", format: "kserve" }];
}

/** What a store and a task hold in the end. */
export interface HalfOutcome {
  readonly inputs: StreamLedger;
  /** The same one where one stream brings both. */
  readonly outputs: StreamLedger;
  readonly panes: ReadonlyMap<string, Uint8Array>;
  readonly measured: ReadonlyMap<string, number>;
}

export type Step = "input" | "output" | "commit" | "crash";

/** One task of a daemon that is fed by hand, committed, and stopped at any moment. */
export async function runHalves(options: {
  fitted: FittedModel;
  store: Store;
  story: HalfStory;
  within: number;
  /** What is done next, and how many records of a side are taken at once. */
  next: () => { readonly step: Step; readonly count: number };
}): Promise<HalfOutcome> {
  const { fitted, store, story, next } = options;
  const streams = story.order === undefined ? joinedStreams(options.within) : oneStream(options.within);
  const groups = groupStreams(streams, [fitted.model.name]);
  let opened = await open({ fitted, store, groups });
  const isOne = story.order !== undefined;
  const asked = { stream: "asked", records: placeRecords(story, isOne ? undefined : "input") };
  const answered = { stream: "answered", records: placeRecords(story, "output") };
  const sides = { input: asked, output: isOne ? asked : answered };
  const positionOf = (stream: string): number => opened.task.progressOf(stream).next ?? 0;
  const isOver = (): boolean =>
    Object.values(sides).every(({ stream, records }) => positionOf(stream) >= records.length);
  while (!isOver()) {
    const { step, count } = next();
    if (step === "commit") await commit(store, opened);
    else if (step === "crash") opened = await open({ fitted, store, groups });
    else {
      const { stream, records } = sides[step];
      const from = positionOf(stream);
      if (from >= records.length) continue;
      const decoded = decodeHalves(plansOf(stream, groups, [fitted]), records, {
        stream,
        from,
        to: Math.min(records.length, from + count),
      });
      await takeRecords(
        { engine: opened.engine, store },
        { id: ID, task: opened.task, isHeld: () => true },
        decoded,
      );
      check(opened.task);
    }
  }
  for (const progress of opened.task.streams.values()) progress.ended = true;
  opened.task.expireAtEnd();
  check(opened.task);
  await commit(store, opened);
  return outcomeOf(fitted, store, opened.task);
}

interface Opened {
  readonly engine: Engine;
  readonly task: Task;
  version: number;
}

async function open(parts: {
  fitted: FittedModel;
  store: Store;
  groups: ReturnType<typeof groupStreams>;
}): Promise<Opened> {
  const { fitted, store, groups } = parts;
  const model = fitted.model.name;
  const engine = new Engine({ groups, models: [fitted] });
  engine.tasks.setPartitions("asked", 1);
  engine.setVersions(model, await store.admitVersions(model, [], 4));
  const { version, state } = await store.claim(ID);
  const task = engine.openTask(ID.group, ID.partition, state);
  await restorePanes(task, {
    versions: () => engine.admittedVersions(model),
    closedThrough: () => Number.NEGATIVE_INFINITY,
    read: (layout, from) => store.readPanes({ layout, from, to: Number.POSITIVE_INFINITY }),
  });
  return { engine, task, version };
}

let commits = 0;

async function commit(store: Store, opened: Opened): Promise<void> {
  const { engine, task } = opened;
  const delta = engine.delta(task);
  const outcome = await store.commit({
    task: ID,
    expected: opened.version,
    commitId: `c${commits++}`,
    ...delta,
  });
  if (outcome.status !== "committed") throw new Error(`the commit was ${outcome.status}`);
  opened.version = outcome.version;
  engine.committed(task);
}

function check(task: Task): void {
  for (const { name, ledger } of task.streams.values()) {
    if (!isBalanced(ledger) || ledger.waiting < 0) throw new Error(`${name}: ${JSON.stringify(ledger)}`);
  }
}

async function outcomeOf(fitted: FittedModel, store: Store, task: Task): Promise<HalfOutcome> {
  const { counting } = fitted;
  const all = { layout: paneLayout(counting), from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const panes = new Map<string, Uint8Array>();
  const measured = new Map<string, number>();
  for (const { start, version, segment, packed } of await store.readPanes(all)) {
    panes.set(`${start}/${version}/${segment}`, packed);
    if (segment !== "all") continue;
    const vector = new Float64Array(counting.layout.stride);
    unpackInto(packed, vector, 1);
    const count = vector[counting.layout.sections[0].offset + ARRIVALS.measured];
    if (count > 0) measured.set(`${start}/${version}`, count);
  }
  return {
    inputs: task.progressOf("asked").ledger,
    outputs: task.progressOf(task.streams.has("answered") ? "answered" : "asked").ledger,
    panes,
    measured,
  };
}
