import type { Config, StreamConfig, StreamFormat } from "../../config/config.ts";
import { formatOfFile } from "../../config/file-format.ts";
import type { FaultAt } from "../../config/location.ts";
import { suggestWord } from "../../config/nearest-word.ts";
import { deriveKeys, publicKeys } from "../../event/ids.ts";
import type { PrivacyKeys } from "../../event/ids.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import type { ReviewedSpan } from "../../window/review-plan.ts";
import { systemClock } from "../../runtime/clock.ts";
import { readBytes } from "../../runtime/files.ts";
import { createFileHistory } from "../replay/file-history.ts";
import { readSources } from "../replay/read-sources.ts";
import { openReplay } from "../replay/replay.ts";
import { firingsOf } from "./firing.ts";
import type { Firing } from "./firing.ts";
import type { Reviewed } from "./reviewed-rows.ts";
import type { Replay, Scenario } from "./scenario.ts";

/** What recorded files brought; times in ms since the epoch. */
export interface Recorded {
  readonly firings: readonly Firing[];
  readonly reviewed: readonly Reviewed[];
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
  /** Names of the rules of which is asked what they pick. */
  readonly asked: ReadonlySet<string>;
  readonly signal: AbortSignal;
}): Promise<Recorded> {
  const { story, fitted, config, asked, signal } = options;
  const histories = Object.entries(story.sources).map(([name, file]) => {
    const stream = streamOf(name, file, config);
    return { stream: { ...stream, file }, files: [file] };
  });
  const streams = histories.map(({ stream }) => stream);
  const spans: ReviewedSpan[] = [];
  const replay = await openReplay({
    streams,
    models: [pickingAll(fitted, asked)],
    keys: await readKeys(config),
    maxRecordBytes: config?.kafka?.maxRecordBytes ?? DEFAULT_RECORD_BYTES,
    receivedAt: systemClock.tick(),
    onReviewed: (closed) => spans.push(...closed),
  });
  await readSources({ replays: [replay], streams, sources: [createFileHistory(histories)], signal });
  const events = streams.filter(({ role }) => role !== "labels").map(({ name }) => replay.ledgers()[name]);
  const rows = events.reduce((sum, ledger) => sum + (ledger?.measured ?? 0), 0);
  const reviewed = reviewedIn(spans, { fitted, asked, rows });
  return { firings: firingsOf(replay.transitions), reviewed, start: replay.oldest(), end: replay.now() };
}

/** Has those rules pick whatever meets their conditions, so that it can be counted. */
function pickingAll(fitted: FittedModel, asked: ReadonlySet<string>): FittedModel {
  const { reviews = [] } = fitted.counting;
  if (asked.size === 0) return fitted;
  const most = Number.POSITIVE_INFINITY;
  const counting = {
    ...fitted.counting,
    reviews: reviews.map((plan) => (asked.has(plan.name) ? { ...plan, most } : plan)),
  };
  return { ...fitted, counting };
}

function reviewedIn(
  spans: readonly ReviewedSpan[],
  of: { readonly fitted: FittedModel; readonly asked: ReadonlySet<string>; readonly rows: number },
): Reviewed[] {
  const { reviews = [] } = of.fitted.counting;
  return reviews
    .filter(({ name }) => of.asked.has(name))
    .map(({ name, most, per }) => {
      const slices = spans
        .filter(({ review }) => review === name)
        .map(({ start, events }) => ({ start, rows: Number.NaN, meeting: events.length }));
      return { review: name, most, per, slices, rows: of.rows };
    });
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
  const format = formatOfFile(file);
  return format === undefined || format === "lines" ? "native" : format;
}

async function readKeys(config: Config | undefined): Promise<PrivacyKeys> {
  const file = config?.privacy.keyFile;
  if (file === undefined) return publicKeys();
  return deriveKeys(await readBytes(file, { what: "key file", code: "CONFIG_INVALID" }));
}
