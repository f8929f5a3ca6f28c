import type { Config, StreamConfig } from "../config/config.ts";
import { registerCounting, type Counting } from "./counting-register.ts";
import { createDecoders } from "../ingestion/decoders.ts";
import { Engine } from "../engine/engine.ts";
import type { DeclaredSchema } from "../event/declared-schema.ts";
import type { PrivacyKeys } from "../event/ids.ts";
import { Fleet } from "../ingestion/fleet.ts";
import { IdleProof } from "../ingestion/idle-proof.ts";
import { Ingestion, type IngestionOptions } from "../ingestion/ingestion.ts";
import { createJudging, type Judging } from "../evaluation/judging.ts";
import type { Quarantine } from "../publish/quarantine.ts";
import type { Send } from "../publish/quarantine-topic.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Lifecycle } from "../runtime/lifecycle.ts";
import type { Log } from "../runtime/log.ts";
import { readsGroup } from "../ingestion/source-groups.ts";
import type { Store } from "../state/store.ts";
import { StreamAlignment } from "../ingestion/stream-alignment.ts";
import { lookAtStreams } from "../ingestion/stream-sight.ts";
import type { Source } from "../stream/source.ts";
import { groupStreams } from "../engine/task-groups.ts";
import type { Transition } from "../verdict/alert.ts";

/** What the daemon watches its streams for: all of the configuration that can be replaced while it runs. */
export interface Watched {
  readonly models: readonly FittedModel[];
  /** By stream: what it declares of its records. */
  readonly schemas?: ReadonlyMap<string, DeclaredSchema>;
  readonly configHash: string;
}

export interface PipelineOptions {
  readonly config: Pick<Config, "publish" | "reports"> & Partial<Pick<Config, "privacy">>;
  readonly streams: readonly StreamConfig[];
  readonly keys: PrivacyKeys;
  /** A record larger than this is not decoded; bytes. */
  readonly maxRecordBytes: number;
  /** Where records come from by themselves; none where the caller feeds `ingestion`. */
  readonly sources: readonly Source[];
  /** Partitions of every group where no source says so. */
  readonly partitions: number;
  readonly commitEvery: IngestionOptions["commitEvery"];
  readonly clock: Clock;
  readonly log: Log;
  /** What decides how this daemon counts has been registered: at the start, and whenever the store is read again. */
  readonly onCounting?: (counting: Counting) => void;
  /** Writes what must stand in the store besides, once more where the store has lost it. */
  readonly onReload?: () => Promise<void>;
  /** The reference that a model learns stands in the store. */
  readonly onLearnt?: (model: string) => void;
  /** Goes by something else now. */
  readonly onConfigured?: (next: Watched) => void;
  readonly onTransitions?: (transitions: readonly Transition[]) => void;
}

/** What is open already, and outlives the pipeline. */
export interface PipelineParts {
  readonly store: Store;
  readonly quarantine?: Quarantine | undefined;
  readonly send?: Send | undefined;
  readonly lifecycle: Lifecycle;
  /** The daemon cannot go on. */
  readonly fail: (error: Error) => void;
}

/** The way of a record, from the batch that a source brings to the alert that a sink is given. */
export interface Pipeline {
  readonly engine: Engine;
  readonly fleet?: Fleet;
  readonly judging: Judging;
  readonly ingestion: Ingestion;
  readonly alignment: StreamAlignment;
  /** What it goes by now. */
  watched(): Watched;
  /**
   * Goes by something else from now on, as after a restart: commits what is in hand, and begins again where the store says. No
   * record is lost or counted twice by it.
   */
  configure(next: Watched): Promise<void>;
}

/** Opens the way of a record; nothing travels on it before a source is started. */
export async function openPipeline(
  options: PipelineOptions,
  parts: PipelineParts,
  begin: Watched,
): Promise<Pipeline> {
  const { config, streams, sources, clock, log } = options;
  const { store, quarantine, send, lifecycle } = parts;
  let watched = begin;
  const engine = new Engine({ groups: groupsOf(streams, watched), models: watched.models });
  const fleet = store.isShared ? new Fleet({ engine, store }) : undefined;
  const alignment = new StreamAlignment({ engine, sources, streams });
  const idleProof = new IdleProof({ engine, sources, align: (tick) => alignment.align(tick) });
  const judging = createJudging({
    config,
    engine,
    store,
    ...(fleet && { fleet }),
    idleProof,
    clock,
    log,
    ...(send && { send }),
    look: (model) => lookAtStreams(engine, { sources, awaited: quarantine ? [quarantine] : [] }, model),
    ...(options.onTransitions && { onTransitions: options.onTransitions }),
    learning: {
      keyId: options.keys.keyId,
      ...(config.privacy && { floor: config.privacy.floor }),
      onLearnt: (model) => options.onLearnt?.(model),
    },
    lookAround: () => ingestion.lookAround(),
    exclusive: (work) => ingestion.exclusive(work),
  });
  lifecycle.onStop("sinks", () => judging.close());
  await judging.restore();
  let hash: string | undefined;
  /** Answers whether this process counts otherwise than before. */
  const register = async (): Promise<boolean> => {
    const before = hash;
    const counting = { streams, models: watched.models, keyId: options.keys.keyId };
    const registered = await registerCounting(store, counting, log);
    options.onCounting?.(registered);
    hash = registered.hash;
    return before !== undefined && before !== hash;
  };
  await register();

  const decoders = createDecoders({ ...options, ...watched });
  const ingestion = new Ingestion({
    engine,
    store,
    decoders,
    sent: sentStreams(streams),
    from: new Map(streams.map(({ name, from }) => [name, typeof from === "number" ? { time: from } : from])),
    clock,
    log,
    commitEvery: options.commitEvery,
    afterCommit: () => judging.judge(),
    ...(fleet && { fleet, onAwake: () => fleet.readClosing() }),
    ...(quarantine && { quarantine }),
    onFenced(group) {
      const source = sources.find((candidate) => readsGroup(candidate, group));
      source?.rejoin?.();
      return source?.rejoin !== undefined;
    },
    async onReload() {
      await options.onReload?.();
      const countsOtherwise = await register();
      engine.reset();
      await judging.restore();
      for (const source of sources) {
        // Members that count otherwise share no tasks: the group is to hear of it.
        if (store.isShared && countsOtherwise && source.rejoin !== undefined) source.rejoin();
        else source.reload();
      }
    },
    onFailure: (error) => parts.fail(error),
    onBatch: () => alignment.align(clock.tick()),
  });
  for (const { name } of engine.tasks.groups) engine.tasks.setPartitions(name, options.partitions);

  return {
    engine,
    ...(fleet && { fleet }),
    judging,
    ingestion,
    alignment,
    watched: () => watched,
    configure: (next) =>
      ingestion.restart(() => {
        watched = next;
        engine.configure({ groups: groupsOf(streams, next), models: next.models });
        for (const [name, decoder] of createDecoders({ ...options, ...next })) decoders.set(name, decoder);
        options.onConfigured?.(next);
      }),
  };
}

/** Labels last: what they tell of may have come with them. */
function sentStreams(streams: readonly StreamConfig[]): ReadonlySet<string> {
  const sent = streams.filter(({ http, topic }) => http === true && topic === undefined);
  const ordered = sent.toSorted((a, b) => Number(a.role === "labels") - Number(b.role === "labels"));
  return new Set(ordered.map(({ name }) => name));
}

function groupsOf(streams: readonly StreamConfig[], { models }: Watched): ReturnType<typeof groupStreams> {
  return groupStreams(
    streams,
    models.map(({ model }) => model.name),
  );
}
