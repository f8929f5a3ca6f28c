import type { Config, StreamConfig, StreamFormat } from "../../config/config.ts";
import type { FaultAt } from "../../config/location.ts";
import { suggestWord } from "../../config/nearest-word.ts";
import { deriveKeys, publicKeys } from "../../event/ids.ts";
import type { PrivacyKeys } from "../../event/ids.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import { systemClock } from "../../runtime/clock.ts";
import { readBytes } from "../../runtime/files.ts";
import { createFileHistory } from "../replay/file-history.ts";
import { readSources } from "../replay/read-sources.ts";
import { openReplay } from "../replay/replay.ts";
import { firingsOf } from "./firing.ts";
import type { Firing } from "./firing.ts";
import type { Replay, Scenario } from "./scenario.ts";

/** What recorded files brought; times in ms since the epoch. */
export interface Recorded {
  readonly firings: readonly Firing[];
  /** First and last event. */
  readonly start: number;
  readonly end: number;
}

const DEFAULT_RECORD_BYTES = 10_000_000;

/** Leads recorded files through the engine, as the streams of driftd.yaml; without one they are streams of driftd's own format. */
export async function playRecorded(options: {
  readonly story: Replay;
  readonly fitted: FittedModel;
  readonly config: Config | undefined;
  readonly signal: AbortSignal;
}): Promise<Recorded> {
  const { story, fitted, config, signal } = options;
  const histories = Object.entries(story.sources).map(([name, file]) => {
    const stream = streamOf(name, file, config);
    return { stream: { ...stream, file }, files: [file] };
  });
  const streams = histories.map(({ stream }) => stream);
  const replay = await openReplay({
    streams,
    models: [fitted],
    keys: await readKeys(config),
    maxRecordBytes: config?.kafka?.maxRecordBytes ?? DEFAULT_RECORD_BYTES,
    receivedAt: systemClock.tick(),
  });
  await readSources({ replays: [replay], streams, sources: [createFileHistory(histories)], signal });
  return { firings: firingsOf(replay.transitions), start: replay.oldest(), end: replay.now() };
}

/** Where a scenario names a stream that is not there, or does not say which of several it means. */
export function checkRecorded({ story }: Scenario, config: Config | undefined): FaultAt[] {
  if (story.kind !== "replay" || config === undefined) return [];
  const known = Object.keys(config.streams);
  return Object.keys(story.sources).flatMap((name): FaultAt[] => {
    if (name !== "") {
      if (known.includes(name)) return [];
      const message = `is no stream of driftd.yaml; ${suggestWord(name, known)}`;
      return [{ path: ["replay", "sources", name], which: "key", code: "UNKNOWN_NAME", message }];
    }
    if (eventStreams(config).length === 1) return [];
    const message = `does not say which stream it is of; write sources: { NAME: FILE }, of ${known.join(", ")}`;
    return [{ path: ["replay", "source"], which: "key", code: "MISSING_KEY", message }];
  });
}

function eventStreams({ streams }: Config): StreamConfig[] {
  return Object.values(streams).filter(({ role }) => role === "inference");
}

/** Its file is the recorded one, whatever it is read from otherwise. */
function streamOf(name: string, file: string, config: Config | undefined): StreamConfig {
  const found = config && (name === "" ? eventStreams(config)[0] : config.streams[name]);
  if (found === undefined) {
    const common = { map: {}, from: "earliest", maxAhead: Number.POSITIVE_INFINITY, idleAfter: 0 } as const;
    return { ...common, name: name === "" ? "events" : name, role: "inference", format: formatOf(file) };
  }
  const { topic: _topic, http: _http, ...stream } = found;
  return stream;
}

function formatOf(file: string): StreamFormat {
  const ending = /\.(csv|parquet|arrow)$/.exec(file)?.[1];
  return ending === "csv" || ending === "parquet" || ending === "arrow" ? ending : "native";
}

async function readKeys(config: Config | undefined): Promise<PrivacyKeys> {
  const file = config?.privacy.keyFile;
  if (file === undefined) return publicKeys();
  return deriveKeys(await readBytes(file, { what: "key file", code: "CONFIG_INVALID" }));
}
