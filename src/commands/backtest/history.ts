import { CodedError } from "../../config/coded-error.ts";
import type { Config } from "../../config/config.ts";
import type { DeclaredSchema } from "../../event/declared-schema.ts";
import { deriveKeys, publicKeys, type PrivacyKeys } from "../../event/ids.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import { systemClock } from "../../runtime/clock.ts";
import { readBytes } from "../../runtime/files.ts";
import type { Source } from "../../stream/source.ts";
import { createFileHistory } from "../replay/file-history.ts";
import { readSources } from "../replay/read-sources.ts";
import { openReplay, type Replay } from "../replay/replay.ts";
import { countAlike } from "../replay/second-judgement.ts";
import { createTopicHistory } from "../replay/topic-history.ts";
import type { HistoryPlan } from "./source-arguments.ts";
import { readFrom, type Span } from "./span.ts";

export interface HistoryReading {
  readonly config: Config;
  readonly plans: readonly HistoryPlan[];
  readonly schemas: ReadonlyMap<string, DeclaredSchema>;
  /** By rule set: all of them judge the same records. */
  readonly ruleSets: readonly [readonly FittedModel[], ...(readonly FittedModel[])[]];
  readonly span: Span;
  readonly signal: AbortSignal;
  /** Called after every batch with the rows read so far, and how far event time has come, ms. */
  readonly onProgress: (rows: number, reached: number) => void;
}

const DEFAULT_RECORD_BYTES = 10_000_000;

/** Reads the history once, and answers for each rule set what it made of it. What sets count alike is counted once. */
export async function readHistory(reading: HistoryReading): Promise<readonly [Replay, ...Replay[]]> {
  const { config, plans, span, signal } = reading;
  const streams = plans.map(({ stream }) => stream);
  const within = Math.max(0, ...streams.map(({ joinWithin = 0 }) => joinWithin));
  const models = reading.ruleSets.flat();
  const common = {
    streams,
    schemas: reading.schemas,
    keys: await readKeys(config),
    maxRecordBytes: config.kafka?.maxRecordBytes ?? DEFAULT_RECORD_BYTES,
    receivedAt: systemClock.tick(),
    ...(span.since === undefined ? {} : { from: readFrom(span.since, models, within) }),
  };
  const [first, ...others] = reading.ruleSets;
  const replay = await openReplay({ ...common, models: first });
  const counting: [Replay, ...Replay[]] = [replay];
  const told: [Replay, ...Replay[]] = [replay];
  for (const models of others) {
    if (countAlike(first, models)) {
      told.push({ ...replay, transitions: await replay.judgeBesides(models) });
    } else {
      const other = await openReplay({ ...common, models });
      counting.push(other);
      told.push(other);
    }
  }
  await readSources({
    replays: counting,
    streams,
    sources: openHistories(config, plans),
    ...(span.until === undefined ? {} : { until: span.until }),
    signal,
    onProgress: (rows) => reading.onProgress(rows, replay.now()),
  });
  return told;
}

function openHistories({ kafka }: Config, plans: readonly HistoryPlan[]): Source[] {
  const files = plans.filter((plan) => plan.files.length > 0);
  const topics = plans.filter((plan) => plan.files.length === 0).map(({ stream }) => stream);
  const sources = files.length === 0 ? [] : [createFileHistory(files)];
  if (topics.length === 0) return sources;
  if (kafka === undefined) {
    throw new CodedError(
      "USAGE",
      "kafka:TOPIC needs a kafka section in driftd.yaml. Add kafka: { brokers: [...], group: NAME }.",
    );
  }
  return [...sources, createTopicHistory({ kafka, streams: topics, clock: Date.now })];
}

/** Which key the ids are hashed by decides nothing here; that of personal data decides which bins they fall into. */
async function readKeys({ privacy }: Config): Promise<PrivacyKeys> {
  if (privacy.keyFile === undefined) return publicKeys();
  return deriveKeys(await readBytes(privacy.keyFile, { what: "key file", code: "CONFIG_INVALID" }));
}
