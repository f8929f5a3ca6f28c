import { randomBytes } from "node:crypto";
import { startApp } from "../daemon/app.ts";
import { CodedError } from "../config/coded-error.ts";
import type { Config } from "../config/config.ts";
import { formatFault, hasErrors } from "../config/fault.ts";
import { createDecoders, type DecodersOptions } from "../ingestion/decoders.ts";
import { createInspection } from "../ingestion/door-inspection.ts";
import { deriveKeys } from "../event/ids.ts";
import { COMMIT_EVERY } from "../ingestion/ingestion.ts";
import type { ShownBuild } from "../publish/metrics.ts";
import type { Model } from "../rules/model.ts";
import { systemClock } from "../runtime/clock.ts";
import { readBytes } from "../runtime/files.ts";
import { causeOfStop } from "../runtime/lifecycle.ts";
import { createLog } from "../runtime/log.ts";
import { sealJournal } from "../state/sealed-journal.ts";
import { sealSamples } from "../state/sealed-samples.ts";
import type { Store } from "../state/store.ts";
import { createKafkaSender } from "../stream/kafka-sender.ts";
import { UNREGISTERED, type CountingStamp } from "../stream/kafka-member.ts";
import { awaitStore } from "./await-store.ts";
import type { CommandIo } from "./io.ts";
import { describeLearning, learningOutlook } from "./learning-checks.ts";
import { readLearnt } from "./learnt-references.ts";
import { loadProject } from "./load.ts";
import { createFileReader, fitProject } from "./running-project.ts";
import { openSources } from "./sources.ts";

export interface RunOptions {
  readonly configFile: string;
  readonly logLevel: string;
  readonly build: ShownBuild;
}

const DEFAULT_RECORD_BYTES = 10_000_000;

/** `driftd run`: the daemon, until the signal (exit 0) or until it cannot go on (its error's exit status). */
export async function runDaemon(options: RunOptions, io: CommandIo): Promise<number> {
  // Before there is anything to read the files for, it is kept in mind.
  let readFiles: (() => void) | undefined;
  let isAsked = false;
  io.onHangUp?.(() => (readFiles === undefined ? (isAsked = true) : readFiles()));
  const project = await loadProject({ configFile: options.configFile, io });
  const { config } = project;
  for (const fault of project.faults) io.stderr.write(`${formatFault(fault)}\n`);
  if (config === undefined || hasErrors(project.faults)) return 78;
  const log = createLog({ level: levelOf(options.logLevel) });
  const streams = Object.values(config.streams);
  // Whatever it may be refused for is told before the store is opened.
  await fitProject(project, config);
  // Before the store is opened, which would stay locked behind a key that is not there.
  const given = await readSecretKey(config);
  const opened = await awaitStore(config, io, log);
  if (opened === undefined) return 0;
  // A key that stood in the store itself would seal nothing.
  const sealed = given === undefined ? opened : sealSamples(opened, deriveKeys(given).sample);
  const secret = given ?? (await sealed.keepFirst(KEY, randomBytes(KEY_BYTES)));
  const keys = deriveKeys(secret);
  const { journal } = sealed;
  const store = journal === undefined ? sealed : { ...sealed, journal: sealJournal(journal, keys.journal) };
  const learntBy = (models: readonly Model[]): ReturnType<typeof readLearnt> =>
    readLearnt(store, models, config.privacy.floor);
  const watched = await fitProject(project, config, await learntBy(project.models));
  let counting: CountingStamp = UNREGISTERED;
  let decoding: DecodersOptions = {
    ...watched,
    streams,
    keys,
    maxRecordBytes: config.kafka?.maxRecordBytes ?? DEFAULT_RECORD_BYTES,
  };
  let inspecting: ReturnType<typeof createDecoders> | undefined;
  const app = await startApp({
    config,
    ...decoding,
    configHash: watched.configHash,
    reader: createFileReader(
      { configFile: options.configFile, project, config, secret: given, readLearnt: learntBy },
      io,
    ),
    onConfigured(next) {
      decoding = { ...decoding, ...next };
      inspecting = undefined;
    },
    openStore: async () => store,
    onReload: async () => {
      if (given === undefined) await keepSecret(store, secret);
    },
    onCounting: (registered) => (counting = registered),
    sources: openSources(config, streams, {
      log,
      counting: () => counting,
      inspect: () => createInspection(() => (inspecting ??= createDecoders(decoding)), systemClock),
    }),
    ...(config.kafka && writesTopics(config)
      ? { sender: createKafkaSender({ kafka: config.kafka, log }) }
      : {}),
    partitions: 1,
    commitEvery: COMMIT_EVERY,
    clock: systemClock,
    log,
    build: options.build,
    process: () => io.readProcess(),
    signal: io.signal,
  }).catch((error: unknown) => {
    // Told to stop while it started: it has nothing to lose yet.
    if (!io.signal.aborted) throw error;
  });
  if (app === undefined) return 0;
  const learning = new Set(app.engine.models.flatMap(({ learner }) => learner?.name ?? []));
  for (const outlook of project.models.flatMap((model) => learningOutlook(model) ?? []))
    if (learning.has(outlook.model)) log.info({ model: outlook.model }, describeLearning(outlook));
  readFiles = () => void app.reload();
  if (isAsked) readFiles();
  const failure = await Promise.race([app.failed, aborted(io.signal)]);
  const unstopped = await app
    .stop(failure === undefined ? "signal" : "failure")
    .then(() => undefined, causeOfStop);
  // What the daemon failed of, before stopping or by it, says more than what then could not be closed.
  const cause = failure ?? (await Promise.race([app.failed, Promise.resolve(undefined)])) ?? unstopped;
  if (cause === undefined) return 0;
  throw cause;
}

/** Whether anything goes to Kafka. */
function writesTopics({ quarantine, publish }: Config): boolean {
  const { review = {}, topic = {} } = publish;
  const asked = [quarantine, ...Object.values(review), ...Object.values(topic)];
  return asked.some((place) => place?.topic !== undefined);
}

const KEY = "key";
const KEY_BYTES = 32;

/** The key of ids and pii, where a file holds it. */
async function readSecretKey({ privacy }: Config): Promise<Uint8Array | undefined> {
  if (privacy.keyFile === undefined) return undefined;
  return readBytes(privacy.keyFile, { what: "key file", code: "CONFIG_INVALID" });
}

/** What the store has lost is given back to it; where another process was faster, its key counts from now on. */
async function keepSecret(store: Store, secret: Uint8Array): Promise<void> {
  const kept = await store.keepFirst(KEY, secret);
  if (Buffer.compare(kept, secret) === 0) return;
  throw new CodedError(
    "STATE_FAILED",
    "The state store was lost, and another daemon has given it a new key for ids since. This one stops: started again, it takes " +
      "that key. A privacy.keyFile of your own outlives the store.",
  );
}

function levelOf(text: string): "debug" | "info" | "warn" | "error" {
  if (text === "debug" || text === "info" || text === "warn" || text === "error") return text;
  throw new CodedError("USAGE", `--log-level ${text} is no level. Write debug, info, warn or error.`);
}

function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
