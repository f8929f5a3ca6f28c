import { registerRoutes, type RoutesOptions } from "./routes.ts";
import { startJobs } from "./jobs.ts";
import type { Config } from "../config/config.ts";
import { createDeparture } from "./departure.ts";
import type { Engine } from "../engine/engine.ts";
import type { StreamLedger } from "../event/ledger.ts";
import type { Ingestion } from "../ingestion/ingestion.ts";
import { ledgersOf } from "../views/metrics.ts";
import { openPipeline, type Pipeline, type PipelineOptions, type Watched } from "./pipeline.ts";
import type { ShownBuild, ShownProcess } from "../publish/metrics.ts";
import { openQuarantine, type Quarantine } from "../publish/quarantine.ts";
import type { Send } from "../publish/quarantine-topic.ts";
import { createLearntLook } from "./learnt-look.ts";
import { createRefreshJobs } from "./refresh-jobs.ts";
import { createReload, type FileReader } from "./reload.ts";
import { scheduleReports } from "./reports.ts";
import { boundHeapGrowth } from "../runtime/heap.ts";
import { createLifecycle, type Lifecycle } from "../runtime/lifecycle.ts";
import { createSchedule } from "../runtime/schedule.ts";
import { createServer, listen, type Server } from "../runtime/server.ts";
import { listenTo } from "../ingestion/source-groups.ts";
import type { Store } from "../state/store.ts";
import { createTokenCheck } from "../stream/http-token.ts";

export interface AppOptions extends PipelineOptions, Watched {
  readonly config: Pick<Config, "publish" | "reports" | "http" | "metrics" | "quarantine">;
  readonly openStore: () => Promise<Store>;
  /** Writes to Kafka, where something is to be written there. */
  readonly sender?: { readonly send: Send; close(): Promise<void> };
  /** Reads the files again that say what is watched; absent: it stays as it is. */
  readonly reader?: FileReader;
  readonly build: ShownBuild;
  readonly process: () => ShownProcess;
  /** Aborts when the daemon is told to stop: its start ends there too, where it waits for the store. */
  readonly signal?: AbortSignal;
}

/** A running daemon. */
export interface App {
  readonly url: string;
  readonly engine: Engine;
  readonly ingestion: Ingestion;
  ledgers(): Record<string, StreamLedger>;
  /** What the wall clock decides, and what is due to be told: for callers who move the clock themselves. */
  tick(): Promise<void>;
  /** Runs a job by its name, as if its time had come. */
  run(job: string): Promise<void>;
  /** Reads the files again, whether or not they have changed. */
  reload(): Promise<void>;
  /** Settles when the daemon cannot go on; never by itself otherwise. */
  readonly failed: Promise<Error>;
  /** Commits what is in hand, leaves, closes everything in reverse. Rejects if something could not be closed. */
  stop(reason: string): Promise<void>;
}

/** Seconds between two looks at the files: a change is taken over once it was seen twice. */
const LOOK_EVERY = 2;

/** The job that takes over what models have learnt. */
const LEARNT = "look at what was learnt";

/** Starts the daemon: every resource is opened in the order of the path, and closed in reverse. */
export async function startApp(options: AppOptions): Promise<App> {
  const isSentTo = options.streams.some(({ http, role }) => http === true || role === "inputs");
  boundHeapGrowth(isSentTo ? "small" : "roomy");
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
  const { sources, clock, log } = options;
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
  const quarantine = await openOwnQuarantine(options, lifecycle);
  let onLearnt: () => void = () => undefined;
  let followModels: (next: Watched) => void = () => undefined;
  const onConfigured = (next: Watched): void => {
    options.onConfigured?.(next);
    followModels(next);
  };
  const pipeline = await openPipeline(
    { ...options, onLearnt: () => onLearnt(), onConfigured },
    { store, quarantine, send: sender?.send, lifecycle, fail },
    watchedOf(options),
  );
  const { engine, ingestion } = pipeline;

  const schedule = createSchedule({ log });
  lifecycle.onStop("schedule", () => schedule.stop());
  const jobs = startJobs({ pipeline, sources, schedule, departure, lifecycle, clock });
  const refreshModels = createRefreshJobs({ schedule, judging: pipeline.judging, departure });
  followModels = ({ models }) => refreshModels(models);
  followModels(pipeline.watched());
  const { reports = [] } = options.config;
  scheduleReports({ reports, pipeline, store, schedule, departure, clock, log });
  let stateBytes = await store.size();
  schedule.every("measure state", 5, () =>
    departure.attempt(() =>
      ingestion.exclusive(async () => {
        stateBytes = await store.size();
      }),
    ),
  );
  const { reader } = options;
  const { watched, configure } = pipeline;
  const reload = reader && (await createReload({ reader, watched, configure, clock, log }));
  if (reload !== undefined) {
    schedule.every("look at the files", LOOK_EVERY, () => reload.look());
    const look = createLearntLook({ engine, store, reload });
    schedule.every(LEARNT, LOOK_EVERY, () => departure.attempt(look));
    // Nothing that comes until then is counted. Whoever says so holds what the change waits for.
    onLearnt = () => void schedule.run(LEARNT);
  }

  const server = createServer({ log });
  lifecycle.onStop("http", () => server.close());
  let waitingFor = sources.length;
  const url = await openServer(server, options, {
    pipeline,
    store,
    quarantine,
    rest: () => ({
      stateBytes,
      isStateAway: store.outage?.() !== undefined,
      sinks: pipeline.judging.sinks(),
      ...(quarantine && { quarantine: quarantine.counts() }),
      jobs: schedule.counts(),
      build: options.build,
      configHash: watched().configHash,
      ...(reload && { reload: reload.shown() }),
      process: options.process(),
    }),
    notReady: () => (waitingFor === 0 ? undefined : "still joining its sources"),
  });

  for (const source of sources) {
    lifecycle.onStop("source", async () => {
      // Before the group is left, so that Kafka's lag tools are told the last offset too.
      await jobs.flush();
      await jobs.report();
      await source.stop();
    });
    // Kafka may be away for long: until it comes, the daemon answers for itself, and can be told to stop.
    source.start(listenTo(source, { engine, ingestion })).then(
      () => (waitingFor -= 1),
      (error: unknown) => fail(error instanceof Error ? error : new Error(String(error))),
    );
  }
  return {
    url,
    engine,
    ingestion,
    ledgers: () => ledgersOf(engine),
    tick: () => jobs.tick(),
    run: (job) => schedule.run(job),
    async reload() {
      if (!lifecycle.stopping) await reload?.read();
    },
    failed,
    stop: (reason) => lifecycle.stop(reason),
  };
}

function watchedOf({ models, schemas, configHash }: AppOptions): Watched {
  return { models, ...(schemas && { schemas }), configHash };
}

async function openOwnQuarantine(
  { config, streams, sender, clock, log }: AppOptions,
  lifecycle: Lifecycle,
): Promise<Quarantine | undefined> {
  if (config.quarantine === undefined) return undefined;
  const quarantine = await openQuarantine({
    config: config.quarantine,
    streams,
    ...(sender && { send: sender.send }),
    clock,
    log,
    signal: lifecycle.signal,
  });
  lifecycle.onStop("quarantine", () => quarantine.close());
  return quarantine;
}

/** Whoever may send events may judge alerts: everyone, where no token is asked for. */
async function openTokenCheck(
  { tokenFile: file }: Config["http"],
  { clock, log }: Pick<AppOptions, "clock" | "log">,
): Promise<RoutesOptions["allows"]> {
  if (file === undefined) return () => Promise.resolve(true);
  const token = createTokenCheck({ file, clock: () => clock.tick().now, log });
  await token.load();
  return (authorization) => new Promise((resolve) => token.allows(authorization, resolve));
}

/** Answers for the daemon from now on; answers where. */
async function openServer(
  server: Server,
  { config, streams, sources, models, build, clock, log }: AppOptions,
  parts: Pick<RoutesOptions, "store" | "notReady"> & {
    readonly pipeline: Pipeline;
    readonly quarantine: Quarantine | undefined;
    readonly rest: RoutesOptions["parts"]["rest"];
  },
): Promise<string> {
  const { pipeline, store, quarantine, rest, notReady } = parts;
  const { engine, ingestion, judging } = pipeline;
  registerRoutes(server, {
    config,
    streams,
    parts: {
      engine,
      sources,
      commits: ingestion.commits,
      leads: () => judging.leads(),
      learning: () => judging.learning(),
      refreshed: () => judging.refreshed(),
      rest,
    },
    store,
    clock,
    judgeAlert: (...said) => judging.judgeAlert(...said),
    unknownModels: () => ingestion.unknownModels(),
    allows: await openTokenCheck(config.http, { clock, log }),
    awaited: [store, ...(quarantine ? [quarantine] : [])],
    notReady,
  });
  const routes = sources.flatMap((source) => source.register?.(server) ?? []);
  const { url } = await listen(server, config.http);
  log.info({ url, version: build.version, models: models.map(({ model }) => model.name) }, "listening");
  for (const { method, path, streams: taken } of routes)
    log.info({ url: `${url}${path}`, method, streams: taken }, "takes events");
  return url;
}
