import type { Config, StreamConfig } from "./config/config.ts";
import { registerCounting, type Counting } from "./counting-register.ts";
import { registerRoutes } from "./app-routes.ts";
import { createDecoders } from "./decoders.ts";
import { createDeparture } from "./departure.ts";
import { Engine } from "./engine.ts";
import type { DeclaredSchema } from "./event/declared-schema.ts";
import type { PrivacyKeys } from "./event/ids.ts";
import type { StreamLedger } from "./event/ledger.ts";
import { Fleet } from "./fleet.ts";
import { Ingestion } from "./ingestion.ts";
import { createJudging } from "./judging.ts";
import { ledgersOf } from "./metrics-view.ts";
import type { ShownBuild, ShownProcess } from "./publish/metrics.ts";
import { openQuarantine } from "./publish/quarantine.ts";
import type { Send } from "./publish/quarantine-topic.ts";
import type { FittedModel } from "./rules/fitted-model.ts";
import type { Clock } from "./runtime/clock.ts";
import { keepHeapSmall } from "./runtime/heap.ts";
import { createLifecycle, type Lifecycle } from "./runtime/lifecycle.ts";
import type { Log } from "./runtime/log.ts";
import { createSchedule } from "./runtime/schedule.ts";
import { createServer, listen } from "./runtime/server.ts";
import type { Store } from "./state/store.ts";
import { StreamAlignment } from "./stream-alignment.ts";
import { listenTo, readsGroup } from "./source-groups.ts";
import { lookAtStreams } from "./stream-sight.ts";
import type { Source } from "./stream/source.ts";
import { groupStreams } from "./task-groups.ts";
import type { Transition } from "./verdict/alert.ts";

export interface AppOptions {
  readonly config: Pick<Config, "publish" | "http" | "metrics" | "quarantine">;
  readonly streams: readonly StreamConfig[];
  readonly models: readonly FittedModel[];
  /** By stream: what it declares of its records. */
  readonly schemas?: ReadonlyMap<string, DeclaredSchema>;
  readonly keys: PrivacyKeys;
  /** A record larger than this is not decoded; bytes. */
  readonly maxRecordBytes: number;
  readonly openStore: () => Promise<Store>;
  /** What decides how this daemon counts has been registered: at the start, and whenever the store is read again. */
  readonly onCounting?: (counting: Counting) => void;
  /** Writes what must stand in the store besides, once more where the store has lost it. */
  readonly onReload?: () => Promise<void>;
  /** Where records come from by themselves; none where the caller feeds `ingestion`. */
  readonly sources: readonly Source[];
  /** Writes to Kafka, where something is to be written there. */
  readonly sender?: { readonly send: Send; close(): Promise<void> };
  /** Partitions of every group where no source says so. */
  readonly partitions: number;
  readonly commitEvery: { readonly rows: number; readonly interval: number };
  readonly clock: Clock;
  readonly log: Log;
  readonly build: ShownBuild;
  readonly configHash: string;
  readonly process: () => ShownProcess;
  /** Aborts when the daemon is told to stop: its start ends there too, where it waits for the store. */
  readonly signal?: AbortSignal;
  readonly onTransitions?: (transitions: readonly Transition[]) => void;
}

/** A running daemon. */
export interface App {
  readonly url: string;
  readonly engine: Engine;
  readonly ingestion: Ingestion;
  ledgers(): Record<string, StreamLedger>;
  /** What the wall clock decides, and what is due to be told: for callers who move the clock themselves. */
  tick(): Promise<void>;
  /** Settles when the daemon cannot go on; never by itself otherwise. */
  readonly failed: Promise<Error>;
  /** Commits what is in hand, leaves, closes everything in reverse. Rejects if something could not be closed. */
  stop(reason: string): Promise<void>;
}

/** Starts the daemon: every resource is opened in the order of the path, and closed in reverse. */
export async function startApp(options: AppOptions): Promise<App> {
  if (options.streams.some(({ http, role }) => http === true || role === "inputs")) keepHeapSmall();
  const lifecycle = createLifecycle({ log: options.log });
  try {
    return await assemble(options, lifecycle);
  } catch (error) {
    // What failed to start is the news; what then fails to close has been logged.
    await lifecycle.stop("could not start").catch(() => undefined);
    throw error;
  }
}

async function assemble(options: AppOptions, lifecycle: Lifecycle): Promise<App> {
  const { config, streams, models, sources, clock, log } = options;
  const store = await options.openStore();
  lifecycle.onStop("store", () => store.close());
  const signal = AbortSignal.any([lifecycle.signal, ...(options.signal ? [options.signal] : [])]);
  const departure = createDeparture({ store, signal, log });
  lifecycle.onStop("departure", () => departure.end());
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    fail = (error) => {
      if (!departure.isLeft()) resolve(error);
    };
  });
  const { sender } = options;
  if (sender !== undefined) lifecycle.onStop("sender", () => sender.close());
  const quarantine =
    config.quarantine &&
    (await openQuarantine({
      config: config.quarantine,
      streams,
      ...(sender && { send: sender.send }),
      clock,
      log,
      signal: lifecycle.signal,
    }));
  if (quarantine !== undefined) lifecycle.onStop("quarantine", () => quarantine.close());

  const groups = groupStreams(
    streams,
    models.map(({ model }) => model.name),
  );
  const engine = new Engine({ groups, models });
  const fleet = store.isShared ? new Fleet({ engine, store }) : undefined;
  const judging = createJudging({
    config,
    engine,
    store,
    ...(fleet && { fleet }),
    clock,
    log,
    ...(sender && { send: sender.send }),
    look: (model) => lookAtStreams(engine, sources, model),
    ...(options.onTransitions && { onTransitions: options.onTransitions }),
    exclusive: (work) => ingestion.exclusive(work),
    isStopping: () => lifecycle.stopping,
  });
  lifecycle.onStop("sinks", () => judging.close());
  await judging.restore();
  const counting = { streams, models, keyId: options.keys.keyId };
  const register = async (): Promise<void> => {
    const registered = await registerCounting(store, counting, log);
    options.onCounting?.(registered);
  };
  await register();

  const alignment = new StreamAlignment({ engine, sources, streams });
  const ingestion = new Ingestion({
    engine,
    store,
    decoders: createDecoders(options),
    sent: new Set(streams.flatMap(({ name, http, topic }) => (http && topic === undefined ? [name] : []))),
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
      await register();
      engine.reset();
      await judging.restore();
      for (const source of sources) source.reload();
    },
    onFailure: (error) => fail(error),
    onBatch: () => alignment.align(clock.tick()),
  });
  for (const { name } of groups) engine.tasks.setPartitions(name, options.partitions);

  const schedule = createSchedule({ log });
  lifecycle.onStop("schedule", () => schedule.stop());
  const every = (name: string, seconds: number, work: () => Promise<unknown>): void =>
    schedule.every(name, seconds, () => departure.attempt(work));
  const flush = (): Promise<void> => departure.attempt(() => ingestion.flush(true));
  lifecycle.onStop("last commit", flush);
  let stateBytes = await store.size();
  const tick = async (): Promise<void> => {
    await ingestion.exclusive(async () => {
      alignment.align(clock.tick());
      await judging.judge();
    });
  };
  every("commit", 1, () => ingestion.flush());
  every("judge by the clock", 5, tick);
  every("tell again", 15, () => judging.tellAgain());
  if (fleet !== undefined) {
    every("lead", 3, () => judging.renew());
    every("look at the other members", 1, async () => {
      await ingestion.lookAround();
      await ingestion.exclusive(() => judging.judge());
    });
    const judgeLast = async (): Promise<void> => {
      // What was committed last is judged, unless somebody else is there to do it.
      await judging.renew();
      await ingestion.lookAround();
      await ingestion.exclusive(() => judging.judge());
      await judging.stop();
    };
    lifecycle.onStop("lead", () => departure.attempt(judgeLast));
  }
  const report = async (): Promise<void> => {
    const positions = ingestion.commits.takeCommitted();
    if (positions.length > 0) await Promise.all(sources.map((source) => source.reportCommitted(positions)));
  };
  schedule.every("report offsets", 5, report);
  every("measure state", 5, () =>
    ingestion.exclusive(async () => {
      stateBytes = await store.size();
    }),
  );

  const server = createServer({ log });
  lifecycle.onStop("http", () => server.close());
  const rest = () => ({
    stateBytes,
    isStateAway: store.outage?.() !== undefined,
    sinks: judging.sinks(),
    ...(quarantine && { quarantine: quarantine.counts() }),
    jobs: schedule.counts(),
    build: options.build,
    configHash: options.configHash,
    process: options.process(),
  });
  let waitingFor = sources.length;
  registerRoutes(server, {
    config,
    parts: {
      engine,
      sources,
      commits: ingestion.commits,
      leads: () => judging.leads(),
      rest,
    },
    store,
    clock,
    awaited: [store, ...(quarantine ? [quarantine] : [])],
    notReady: () => (waitingFor === 0 ? undefined : "still joining its sources"),
  });
  const routes = sources.flatMap((source) => source.register?.(server) ?? []);
  const address = await listen(server, config.http);
  log.info(
    { url: address.url, version: options.build.version, models: models.map(({ model }) => model.name) },
    "listening",
  );
  for (const { method, path, streams: taking } of routes)
    log.info({ url: `${address.url}${path}`, method, streams: taking }, "takes events");

  for (const source of sources) {
    lifecycle.onStop("source", async () => {
      // Before the group is left, so that Kafka's lag tools are told the last offset too.
      await flush();
      await report();
      await source.stop();
    });
    // Kafka may be away for long: until it comes, the daemon answers for itself, and can be told to stop.
    source.start(listenTo(source, { engine, ingestion })).then(
      () => (waitingFor -= 1),
      (error: unknown) => fail(error instanceof Error ? error : new Error(String(error))),
    );
  }
  return {
    url: address.url,
    engine,
    ingestion,
    ledgers: () => ledgersOf(engine),
    tick,
    failed,
    stop: (reason) => lifecycle.stop(reason),
  };
}
