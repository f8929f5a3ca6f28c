import { setTimeout as sleep } from "node:timers/promises";
import { CodedError } from "../config/coded-error.ts";
import type { QuarantineConfig, StreamConfig } from "../config/config.ts";
import { MINUTE } from "../config/quantity.ts";
import type { DecodedRecords } from "../event/batch.ts";
import { findDropped } from "../event/dropped-records.ts";
import type { SourceBatch } from "../event/records.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { recordsOf, type LateDrop } from "../window/late-drop.ts";
import type { ShownQuarantine } from "./metrics.ts";
import { sizeOf, type QuarantineEntry } from "./quarantine-entry.ts";
import { createQuarantineFile } from "./quarantine-file.ts";
import { createQuarantineTopic, type Send } from "./quarantine-topic.ts";
import type { QuarantineSink } from "./quarantine-sink.ts";
import { findRaw } from "./raw-record.ts";

/**
 * Takes what was dropped, and writes it before the offsets of its records are committed: at least once, since after a crash the
 * same records are dropped anew.
 */
export interface Quarantine {
  /** Takes what of a batch was dropped, when it has been taken in. Nothing is written yet. */
  add(decoded: DecodedRecords, batch: SourceBatch): void;
  /** How many more records of a stream it takes in this minute. */
  room(stream: string): number;
  /** The same of rows of a partition that have waited, and are dropped now. */
  addLate(partition: number, drops: readonly LateDrop[]): void;
  /** Whether so much waits that it is to be written before more is taken in. */
  isFull(): boolean;
  /**
   * Writes what was added. Where that fails it is tried again until it is written, or until the daemon stops: then it rejects.
   * `whileAway` is awaited between attempts.
   */
  flush(whileAway?: () => Promise<void>): Promise<void>;
  /** What cannot be written to, in one sentence without its full stop; undefined where nothing is wrong. */
  outage(): string | undefined;
  counts(): ShownQuarantine;
  close(): Promise<void>;
}

export interface QuarantineOptions {
  readonly config: QuarantineConfig;
  readonly streams: readonly StreamConfig[];
  /** Where the quarantine is a topic. */
  readonly send?: Send;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts when the daemon stops. */
  readonly signal: AbortSignal;
}

/** Bytes that may wait to be written. */
const MOST_WAITING = 8 * 1024 ** 2;
/** Entries of one write. */
const BATCH = 500;
/** Attempts to write are this far apart at first and at most, ms. */
const RETRY = { first: 500, longest: 10_000 };
/** A write that takes longer is said to be waited for, ms. */
const PATIENCE = 5_000;
/** While nothing can be written the log says so this often, ms. */
const REMIND = 30_000;

/** What a stream has sent in the minute that runs. */
interface Rate {
  readonly stream: StreamConfig;
  minute: number;
  used: number;
  /** Whether the log has said of this minute that some were left out. */
  said: boolean;
  /** Since its last entry. */
  leftOut: number;
  written: number;
  leftOutInAll: number;
}

/** Opens it: rejects with a coded error where a file cannot be written. */
export async function openQuarantine(options: QuarantineOptions): Promise<Quarantine> {
  const sink = createSink(options);
  await sink.open().catch((cause: unknown) => {
    const message = `The quarantine ${sink.name} cannot be opened: ${reasonOf(cause)}. Check its path and permissions.`;
    throw new CodedError("QUARANTINE_FAILED", message, { cause });
  });
  return createQuarantine(sink, options);
}

function createSink({ config, send, log }: QuarantineOptions): QuarantineSink {
  const { topic, file, max } = config;
  if (topic !== undefined && send !== undefined) return createQuarantineTopic({ topic, send });
  if (file !== undefined) return createQuarantineFile({ file, max, log });
  throw new Error("a quarantine is a file, or a topic that can be sent to");
}

export function createQuarantine(sink: QuarantineSink, options: QuarantineOptions): Quarantine {
  const { config, clock, log, signal } = options;
  const rates = new Map(options.streams.map((stream) => [stream.name, createRate(stream)]));
  let waiting: QuarantineEntry[] = [];
  let bytes = 0;
  let failures = 0;
  /** Since when the write at hand has been tried, and what it last failed of. */
  let trying: { readonly since: number; reason?: string; said: number } | undefined;

  function take(rate: Rate, entry: QuarantineEntry): void {
    rate.used += 1;
    rate.written += 1;
    const told = rate.leftOut === 0 ? entry : { ...entry, leftOut: rate.leftOut };
    rate.leftOut = 0;
    waiting.push(told);
    bytes += sizeOf(told);
  }

  /** How many more entries the stream may have in this minute. */
  function roomOf(rate: Rate): number {
    const minute = Math.floor(clock.tick().now / MINUTE);
    if (minute !== rate.minute) {
      rate.minute = minute;
      rate.used = 0;
      rate.said = false;
    }
    return config.perMinute - rate.used;
  }

  function leaveOut(rate: Rate, count: number): void {
    if (count === 0) return;
    rate.leftOutInAll += count;
    rate.leftOut += count;
    if (rate.said) return;
    rate.said = true;
    const message = "more is dropped than the quarantine takes in a minute: the rest is only counted";
    log.warn({ stream: rate.stream.name, perMinute: config.perMinute }, message);
  }

  async function write(
    entries: readonly QuarantineEntry[],
    whileAway: (() => Promise<void>) | undefined,
  ): Promise<void> {
    trying = { since: clock.tick().now, said: Number.NEGATIVE_INFINITY };
    try {
      for (let wait = RETRY.first; ; wait = Math.min(2 * wait, RETRY.longest)) {
        try {
          await sink.write(entries);
          if (trying.reason !== undefined) log.info({ quarantine: sink.name }, "the quarantine is back");
          return;
        } catch (error) {
          failures += 1;
          trying.reason = reasonOf(error);
          if (signal.aborted) throw unwritten(sink.name, error);
          remind(trying);
        }
        await whileAway?.();
        await sleep(wait, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      trying = undefined;
    }
  }

  function remind(attempt: { reason?: string; said: number }): void {
    const { now } = clock.tick();
    if (now - attempt.said < REMIND) return;
    attempt.said = now;
    const { reason } = attempt;
    log.warn({ quarantine: sink.name, reason }, "the quarantine cannot be written: ingestion waits for it");
  }

  return {
    add(decoded, batch) {
      const rate = rates.get(batch.stream);
      if (rate?.stream.quarantine === undefined) return;
      const { topic } = rate.stream;
      const place = {
        stream: batch.stream,
        partition: batch.partition,
        ...(topic !== undefined && { topic }),
      };
      const { records, leftOut } = findDropped(decoded, roomOf(rate));
      for (const dropped of records) {
        const raw = rate.stream.quarantine === "raw" ? findRaw(batch, dropped) : undefined;
        take(rate, { ...place, dropped, ...(raw && { raw }) });
      }
      leaveOut(rate, leftOut);
    },
    room(stream) {
      const rate = rates.get(stream);
      return rate?.stream.quarantine === undefined ? 0 : Math.max(0, roomOf(rate));
    },
    addLate(partition, drops) {
      for (const { stream, dropped } of recordsOf(drops)) {
        const rate = rates.get(stream);
        if (rate?.stream.quarantine === undefined) continue;
        if (roomOf(rate) <= 0) {
          leaveOut(rate, dropped.count ?? 1);
          continue;
        }
        const { topic } = rate.stream;
        take(rate, { stream, partition, ...(topic !== undefined && { topic }), dropped });
      }
    },
    isFull: () => bytes >= MOST_WAITING,
    async flush(whileAway) {
      while (waiting.length > 0) {
        const entries = waiting.slice(0, BATCH);
        await write(entries, whileAway);
        waiting = waiting.slice(entries.length);
        bytes = waiting.reduce((sum, entry) => sum + sizeOf(entry), 0);
      }
    },
    outage() {
      if (trying === undefined) return undefined;
      if (trying.reason !== undefined)
        return `the quarantine ${sink.name} cannot be written: ${trying.reason}`;
      const isSlow = clock.tick().now - trying.since > PATIENCE;
      return isSlow ? `the quarantine ${sink.name} does not answer` : undefined;
    },
    counts: () => ({
      streams: Object.fromEntries(
        Array.from(rates, ([name, { written, leftOutInAll }]) => [name, { written, leftOut: leftOutInAll }]),
      ),
      failures,
      away: trying?.reason !== undefined,
    }),
    close: () => sink.close(),
  };
}

function createRate(stream: StreamConfig): Rate {
  return { stream, minute: Number.NaN, used: 0, said: false, leftOut: 0, written: 0, leftOutInAll: 0 };
}

function unwritten(name: string, cause: unknown): CodedError {
  return new CodedError(
    "QUARANTINE_FAILED",
    `The quarantine ${name} could not be written before the end: ${reasonOf(cause)}. Nothing that was answered is lost: the records are read, or have to be sent, again.`,
    { cause },
  );
}

/** People need the words, without their full stop. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
