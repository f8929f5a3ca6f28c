import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp } from "../../daemon/app.ts";
import type { App, AppOptions } from "../../daemon/app.ts";
import { CodedError } from "../../config/coded-error.ts";
import { HOUR } from "../../config/quantity.ts";
import { publicKeys } from "../../event/ids.ts";
import type { StreamLedger } from "../../event/ledger.ts";
import type { ShownBuild, ShownProcess } from "../../publish/metrics.ts";
import { fitModel } from "../../rules/fitted-model.ts";
import { readModel } from "../../rules/model-file.ts";
import type { Model } from "../../rules/model.ts";
import { createSimulatedClock } from "../../runtime/clock.ts";
import type { SimulatedClock } from "../../runtime/clock.ts";
import { readText } from "../../runtime/files.ts";
import { createLog } from "../../runtime/log.ts";
import { openLmdbStore } from "../../state/lmdb.ts";
import { MEASURES } from "../../statistics/measures.ts";
import { shareBudget } from "../../verdict/rule-budget.ts";
import type { Alert } from "../../verdict/alert.ts";
import { FLIGHTS_STREAM, OUTCOMES_STREAM } from "./events.ts";
import { fitnessOf } from "./fitness.ts";
import { buildJanuary, MAX_RECORD_BYTES } from "./january.ts";
import type { Accounting, Monitor, StartMonitor } from "./monitor.ts";

export interface DemoSurroundings {
  readonly build: ShownBuild;
  readonly process: () => ShownProcess;
}

/** What no replay changes. Rows to a commit: enough to keep the disk quiet, few enough that alerts show as they come. */
const CONSTANT = {
  config: {
    publish: { maxAge: HOUR },
    http: { host: "127.0.0.1", port: 0, maxBodyBytes: 1_048_576 },
    metrics: { segments: "firing", maxLines: 20_000 },
  },
  maxRecordBytes: MAX_RECORD_BYTES,
  sources: [],
  partitions: 1,
  commitEvery: { rows: 8_192, interval: Number.POSITIVE_INFINITY },
} as const satisfies Partial<AppOptions>;

/** The daemon on the embedded default, in a directory of its own that goes with it, on a clock that the replay moves. */
export function monitorStarter({ build, process }: DemoSurroundings): StartMonitor {
  return async (start) => {
    const model = await loadDemoModel(start.rules);
    const reference = await buildJanuary(start, model);
    const fitted = fitModel({ model, reference, hasLabels: true });
    const directory = await mkdtemp(join(tmpdir(), "driftd-demo-"));
    const clock = createSimulatedClock(reference.to);
    const fresh: Alert[] = [];
    const app = await startApp({
      ...CONSTANT,
      build,
      process,
      streams: start.streams,
      models: [fitted],
      keys: publicKeys(),
      openStore: () => openLmdbStore({ path: directory, clock }),
      clock,
      log: createLog({ level: "silent" }),
      configHash: reference.id,
      onTransitions: (transitions) => fresh.push(...transitions.map(({ alert }) => alert)),
    });
    await app.ingestion.assigned([0]);
    return {
      model,
      fitness: fitnessOf(fitted),
      budgetedSeries: shareBudget(fitted).series,
      metricsUrl: `${app.url}/metrics`,
      ...replayInto({ app, clock, fresh }),
      accounting: () => addLedgers(Object.values(app.ledgers())),
      async close() {
        await app.stop("the demo has ended");
        await rm(directory, { recursive: true, force: true });
      },
    };
  };
}

/** What takes the slices; every alert leaves `fresh` once. */
function replayInto({
  app,
  clock,
  fresh,
}: {
  app: App;
  clock: SimulatedClock;
  fresh: Alert[];
}): Pick<Monitor, "feed" | "end"> {
  const open = new Set([FLIGHTS_STREAM, OUTCOMES_STREAM]);
  const endStream = async (stream: string): Promise<void> => {
    if (open.delete(stream)) await app.ingestion.ended(stream, 0);
  };
  return {
    async feed(slice) {
      clock.advanceTo(slice.until);
      for (const batch of slice.batches) await app.ingestion.batch(batch);
      if (slice.flightsEnded) await endStream(FLIGHTS_STREAM);
      await app.tick();
      return fresh.splice(0);
    },
    async end() {
      for (const stream of open) await endStream(stream);
      return fresh.splice(0);
    },
  };
}

async function loadDemoModel(file: string): Promise<Model> {
  const text = await readText(file, { what: "rule file", code: "CONFIG_INVALID" });
  const { model, faults } = readModel({ text, file, extended: new Map(), measures: MEASURES });
  if (model === undefined) {
    const [fault] = faults;
    throw new CodedError("CONFIG_INVALID", `The demo's own rule file ${file} is damaged: ${fault.message}.`);
  }
  return model;
}

/** All streams together; only the reasons that occurred. */
function addLedgers(ledgers: readonly StreamLedger[]): Accounting {
  const total = { received: 0, measured: 0, waiting: 0 };
  const dropped: Record<string, number> = {};
  for (const ledger of ledgers) {
    total.received += ledger.received;
    total.measured += ledger.measured;
    total.waiting += ledger.waiting;
    for (const [reason, count] of Object.entries(ledger.dropped)) {
      if (count > 0) dropped[reason] = (dropped[reason] ?? 0) + count;
    }
  }
  return { ...total, dropped };
}
