import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodedError } from "../../config/coded-error.ts";
import type { Config, KafkaConfig, StreamConfig } from "../../config/config.ts";
import { readConfig } from "../../config/config-file.ts";
import { formatFault } from "../../config/fault.ts";
import type { SourceBatch } from "../../event/records.ts";
import type { Source } from "../../stream/source.ts";
import { formatCount } from "../../verdict/quantities.ts";
import type { CommandIo } from "../io.ts";
import { showProgress } from "../reference/source.ts";
import { createTopicHistory } from "../replay/topic-history.ts";
import type { Origin } from "./config-text.ts";

/** A file that holds what is learnt from, while it is open. */
export interface OpenSample {
  readonly file: string;
  /** With the brokers that it was read from. */
  readonly origin: Origin;
  /** What is to be known of it. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** Of a topic the oldest records that it still has, so many at most, or of so many bytes. */
const MOST_RECORDS = 1_000_000;
const MOST_BYTES = 1 << 30;

/**
 * A file as it is; of a topic its records as JSON lines in a directory of its own, which nobody else may read and `close` removes.
 * @throws CodedError USAGE without brokers, SOURCE_INVALID where no record is a JSON object, KAFKA_FAILED, TOPIC_MISSING
 */
export async function openSample(
  origin: Origin,
  existing: Config | undefined,
  io: CommandIo,
): Promise<OpenSample> {
  if (origin.kind === "file") return { file: origin.file, origin, notes: [], close: async () => {} };
  const { topic } = origin;
  const { kafka, stream } = connectionOf(origin, existing);
  const directory = await mkdtemp(join(tmpdir(), "driftd-init-"));
  const close = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const file = join(directory, "records.jsonl");
    const source = createTopicHistory({ kafka, streams: [stream], clock: Date.now });
    const { records, others, isWhole } = await copyRecords(source, { file, topic, io });
    if (records === 0) throw nothingToRead(topic, others);
    const notes = [
      ...(isWhole
        ? []
        : [
            `Only the first ${formatCount(records)} records of ${topic} were read. To learn from others, save them to a file and run driftd init on that.`,
          ]),
      ...(others === 0
        ? []
        : [`${formatCount(others)} records of ${topic} are no JSON objects and were passed over.`]),
    ];
    return { file, origin: { ...origin, brokers: kafka.brokers }, notes, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What driftd.yaml would make of it. */
function connectionOf(
  { topic, brokers }: Extract<Origin, { kind: "topic" }>,
  existing: Config | undefined,
): { readonly kafka: KafkaConfig; readonly stream: StreamConfig } {
  const told = brokers.length > 0 ? brokers : (existing?.kafka?.brokers ?? []);
  if (told.length === 0) {
    const message = `kafka:${topic} is in no cluster that is known. Name its brokers: --kafka localhost:9092.`;
    throw new CodedError("USAGE", message);
  }
  const text = JSON.stringify({
    version: 1,
    kafka: { brokers: told, group: "driftd-init" },
    streams: { sample: { role: "inference", topic, format: "native" } },
    rules: ["rules/*.yaml"],
  });
  const { config, faults } = readConfig({ text, file: "--kafka", env: {} });
  const stream = config?.streams["sample"];
  if (config?.kafka === undefined || stream === undefined) {
    throw new CodedError("USAGE", faults.map(formatFault).join("\n"));
  }
  const isKnown = brokers.length === 0 && existing?.kafka !== undefined;
  return { kafka: isKnown ? { ...existing.kafka, group: "driftd-init" } : config.kafka, stream };
}

interface Copied {
  readonly records: number;
  /** That are no JSON objects. */
  readonly others: number;
  /** Whether these are all that the topic had. */
  readonly isWhole: boolean;
}

async function copyRecords(
  source: Source,
  { file, topic, io }: { readonly file: string; readonly topic: string; readonly io: CommandIo },
): Promise<Copied> {
  const out = createWriteStream(file, { mode: 0o600 });
  const state = { records: 0, others: 0, bytes: 0 };
  const open = new Set<number>();
  try {
    const isWhole = await new Promise<boolean>((resolve, reject) => {
      const stop = (): void =>
        reject(new CodedError("INTERRUPTED", `stopped while ${topic} was being read; nothing was written.`));
      io.signal.addEventListener("abort", stop, { once: true });
      if (io.signal.aborted) stop();
      out.on("error", reject);
      const start = source.start({
        assigned: async (tasks) => {
          for (const partition of tasks) open.add(partition);
          return tasks.map((partition) => ({ stream: "sample", partition, offset: "earliest" }));
        },
        revoked: () => {},
        batch: async (batch) => {
          for (const line of linesOf(batch, state)) {
            state.records += 1;
            state.bytes += line.length + 1;
            if (!out.write(`${line}\n`)) await once(out, "drain");
          }
          showProgress(io, `reading ${formatCount(state.records)} records of ${topic}`);
          if (state.records >= MOST_RECORDS || state.bytes >= MOST_BYTES) resolve(false);
        },
        deliver: async () => [],
        ended: async (_stream, partition) => {
          open.delete(partition);
          if (open.size === 0) resolve(true);
        },
        gap: () => {},
        recreated: () => {},
        failed: reject,
      });
      start.catch(reject);
    });
    showProgress(io, "");
    return { ...state, isWhole };
  } finally {
    await source.stop();
    out.end();
    if (!out.closed) await once(out, "close");
  }
}

/** Each record on a line of its own, however it was written. */
function linesOf(batch: SourceBatch, state: { others: number }): string[] {
  if (batch.kind === "table") return [];
  const decoder = new TextDecoder();
  return batch.values.slice(0, batch.count).flatMap((value) => {
    const line = value === null ? undefined : lineOf(decoder.decode(value).trim());
    if (line === undefined) state.others += 1;
    return line === undefined ? [] : [line];
  });
}

function lineOf(text: string): string | undefined {
  if (!text.startsWith("{")) return undefined;
  if (!text.includes("\n")) return text;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function nothingToRead(topic: string, others: number): CodedError {
  const message =
    others === 0
      ? `${topic} has no records yet. Run init once some hours of events are there, or on a file of earlier ones.`
      : `None of the ${formatCount(others)} records of ${topic} is a JSON object. Of model servers' requests see docs/SERVERS.md; else run driftd init on a file: .jsonl, .csv, .parquet or .arrow.`;
  return new CodedError("SOURCE_INVALID", message);
}
