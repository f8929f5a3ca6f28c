import type { StreamConfig } from "../../config/config.ts";
import { CodedError } from "../../config/coded-error.ts";
import { formatOfFile } from "../../config/file-format.ts";
import { suggestWord } from "../../config/nearest-word.ts";
import { resolvePath } from "../../config/path.ts";

/** A stream, and where its history is: files, the oldest first, or a topic. */
export interface HistoryPlan {
  /** As the configuration has it, but for where its records come from. */
  readonly stream: StreamConfig;
  /** Absolute; none where it is a topic. */
  readonly files: readonly string[];
}

export interface SourceArguments {
  readonly sources: readonly string[];
  readonly streams: readonly StreamConfig[];
  readonly cwd: string;
  /** Whether there is such a file. */
  readonly exists: (path: string) => boolean;
}

interface Named {
  readonly stream: StreamConfig;
  readonly place: string;
}

const TOPIC = "kafka:";

/**
 * Which stream each SOURCE is of: `PATH` and `kafka:TOPIC` are of the only stream of events, or of the one with that topic, and
 * `STREAM=PATH` or `STREAM=kafka:TOPIC` says it. Several files of one stream follow each other.
 * @throws CodedError USAGE where that cannot be told
 */
export function planHistories(given: SourceArguments): readonly HistoryPlan[] {
  const named = given.sources.map((source) => nameSource(source, given));
  const streams = new Map(named.map(({ stream }) => [stream.name, stream]));
  const plans = [...streams.values()].map((stream) => {
    const places = named.filter((one) => one.stream === stream).map(({ place }) => place);
    return planHistory(stream, places, given.cwd);
  });
  checkGroups(plans, given.streams);
  return plans;
}

function nameSource(source: string, { streams, cwd, exists }: SourceArguments): Named {
  const names = streams.map(({ name }) => name);
  const [, name = "", place = ""] = /^([^=]*)=(.*)$/s.exec(source) ?? [];
  const stream = streams.find((candidate) => candidate.name === name);
  if (stream !== undefined) return { stream, place };
  // A path may hold the sign: date=2026-01-05/part-0.parquet.
  if (place !== "" && !exists(resolvePath(cwd, source))) {
    throw usage(
      `${source}: ${JSON.stringify(name)} is no stream of the configuration; ${suggestWord(name, names)}`,
    );
  }
  const topic = source.startsWith(TOPIC) ? source.slice(TOPIC.length) : undefined;
  const owner = topic === undefined ? undefined : streams.find((candidate) => candidate.topic === topic);
  if (owner !== undefined) return { stream: owner, place: source };
  const [only, ...others] = streams.filter(({ role }) => role === "inference" || role === "inputs");
  if (only === undefined) throw usage("The configuration has no stream of events. Add one to driftd.yaml");
  if (others.length > 0 || only.role === "inputs") {
    throw usage(
      `${source}: of which stream is it? Write STREAM=${source}; the streams are ${names.join(", ")}`,
    );
  }
  return { stream: only, place: source };
}

function planHistory(stream: StreamConfig, places: readonly string[], cwd: string): HistoryPlan {
  const { name, topic: _topic, file: _file, http: _http, ...rest } = stream;
  const topics = places.filter((place) => place.startsWith(TOPIC));
  if (topics.length > 0 && places.length > 1) {
    throw usage(
      `${name} is read from one topic, or from files: ${places.join(", ")} are more. Name one topic`,
    );
  }
  const [topic] = topics;
  if (topic !== undefined) return { stream: { ...rest, name, topic: topic.slice(TOPIC.length) }, files: [] };
  const [first = "", ...others] = places.map((place) => resolvePath(cwd, place));
  const format = formatOf(first, stream.format);
  const odd = others.find((file) => formatOf(file, stream.format) !== format);
  if (odd !== undefined)
    throw usage(`${name}: ${first} and ${odd} are of two formats. Name files of one format`);
  return { stream: { ...rest, name, file: first, format }, files: [first, ...others] };
}

/** A table is decoded as a table, whatever the stream's records are; lines are decoded as the stream says. */
function formatOf(file: string, configured: StreamConfig["format"]): StreamConfig["format"] {
  const format = formatOfFile(file);
  if (format === undefined) return configured;
  if (format !== "lines") return format;
  return configured === "csv" || configured === "parquet" || configured === "arrow" ? "json" : configured;
}

/** A label must meet its prediction in one task, and a response its request. */
function checkGroups(plans: readonly HistoryPlan[], streams: readonly StreamConfig[]): void {
  const isGiven = (name: string | undefined): boolean => plans.some(({ stream }) => stream.name === name);
  for (const { stream, files } of plans) {
    const { name, of, role } = stream;
    const first = plans.find((plan) => plan.stream.name === of);
    if (of !== undefined && first === undefined) {
      throw usage(`${name} belongs to ${of}, which has no source. Add ${of}=PATH or ${of}=kafka:TOPIC`);
    }
    if (first !== undefined && (first.files.length === 0) !== (files.length === 0)) {
      throw usage(`${name} and ${of} belong together: read both from files, or both from topics`);
    }
    const outputs = streams.find((other) => other.role === "outputs" && other.of === name);
    if (role === "inputs" && outputs !== undefined && !isGiven(outputs.name)) {
      throw usage(`${name} holds requests only. Add their responses: ${outputs.name}=PATH`);
    }
  }
}

function usage(message: string): CodedError {
  return new CodedError("USAGE", `${message}.`);
}
