import { basename } from "node:path";
import type { StreamConfig } from "../../config/config.ts";
import { CodedError } from "../../config/coded-error.ts";
import type { EventBatch, EventPlan } from "../../event/batch.ts";
import { createDecoder } from "../../event/decoder.ts";
import type { PrivacyKeys } from "../../event/ids.ts";
import { inferEvents } from "../../event/infer.ts";
import type { Declared, Inferred } from "../../event/infer.ts";
import type { SourceBatch } from "../../event/records.ts";
import { DROP_REASONS } from "../../event/reason.ts";
import { sampleOf } from "../../event/sample.ts";
import { systemClock } from "../../runtime/clock.ts";
import { readRows } from "../../stream/rows.ts";

/** Inference looks at this many rows. */
const SAMPLE_ROWS = 10_000;
const MAX_RECORD_BYTES = 16 << 20;
const MINUTE = 60_000;

/** What became of the rows of one reading. */
export interface SourceLedger {
  sound: number;
  undecodable: number;
  /** By reason. */
  readonly dropped: Record<string, number>;
}

/** Guesses from the source's first rows how it is decoded. */
export async function inferSource(file: string, declared: Declared): Promise<Inferred> {
  const batches: SourceBatch[] = [];
  let rows = 0;
  for await (const batch of openRows(file)) {
    batches.push(keepBatch(batch));
    rows += batch.count;
    if (rows >= SAMPLE_ROWS) break;
  }
  if (rows === 0) {
    throw new CodedError("SOURCE_INVALID", `${file} has no rows. Name a file that holds what the model saw.`);
  }
  const inferred = inferEvents(sampleOf(batches), declared);
  return { ...inferred, format: /\.csv(\.gz)?$/i.test(file) ? "csv" : inferred.format };
}

export interface SourceReading {
  readonly file: string;
  readonly plan: EventPlan;
  readonly format: StreamConfig["format"];
  readonly map: StreamConfig["map"];
  readonly key: PrivacyKeys;
  readonly signal: AbortSignal;
}

/**
 * Decodes the whole source, as often as it is called, with one set of dictionaries. Where the map places no time, rows have
 * none, and are sound all the same.
 */
export function sourceReader(
  reading: SourceReading,
): (take: (batch: EventBatch, rowsSoFar: number) => void) => Promise<SourceLedger> {
  const { file, plan, format, map, key, signal } = reading;
  const stream: StreamConfig = {
    name: basename(file),
    role: "inference",
    file,
    format,
    map,
    from: "earliest",
    maxAhead: 5 * MINUTE,
    idleAfter: MINUTE,
  };
  const limits = { maxRecordBytes: MAX_RECORD_BYTES };
  const decoder = createDecoder({ stream, plans: [plan], key, limits });
  const timeless = map.time === undefined;
  return async (take) => {
    const ledger: SourceLedger = { sound: 0, undecodable: 0, dropped: {} };
    let rows = 0;
    decoder.restore(0, undefined);
    for await (const batch of openRows(file)) {
      if (signal.aborted)
        throw new CodedError("USAGE", `Stopped while ${file} was being read; nothing was written.`);
      const tick = systemClock.tick();
      const decoded = batch.kind === "table" ? decoder.decodeTable(batch, tick) : decoder.decode(batch, tick);
      rows += batch.count;
      ledger.undecodable += decoded.ledger.undecodable + decoded.ledger.oversize;
      for (const [reason, count] of Object.entries(decoded.unroutable)) drop(ledger, reason, count);
      for (const events of decoded.batches) {
        if (timeless) forgetTime(events);
        countReasons(ledger, events);
        take(events, rows);
      }
    }
    return ledger;
  };
}

function openRows(file: string): AsyncGenerator<SourceBatch, void, void> {
  return readRows({ file, format: "native", stream: basename(file), firstOffset: 0 });
}

/** A batch is used again by the next one; what inference looks at must stay. */
function keepBatch(batch: SourceBatch): SourceBatch {
  if (batch.kind === "table") return batch;
  return { ...batch, values: batch.values.slice(0, batch.count) };
}

/** Without a time in the map every row would be invalid for want of one. */
function forgetTime(batch: EventBatch): void {
  batch.time.fill(Number.NaN, 0, batch.rows);
  batch.reason.fill(0, 0, batch.rows);
}

function countReasons(ledger: SourceLedger, batch: EventBatch): void {
  for (let row = 0; row < batch.rows; row += 1) {
    const reason = batch.reason[row];
    if (reason === 0) ledger.sound += 1;
    else drop(ledger, DROP_REASONS[reason - 1] ?? "invalid", 1);
  }
}

function drop(ledger: SourceLedger, reason: string, count: number): void {
  ledger.dropped[reason] = (ledger.dropped[reason] ?? 0) + count;
}
