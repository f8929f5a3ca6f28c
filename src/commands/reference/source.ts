import { basename } from "node:path";
import type { MappedField, StreamConfig } from "../../config/config.ts";
import { CodedError } from "../../config/coded-error.ts";
import { MINUTE } from "../../config/quantity.ts";
import type { BatchColumn, EventBatch, EventPlan } from "../../event/batch.ts";
import { createDecoder } from "../../event/decoder.ts";
import type { PrivacyKeys } from "../../event/ids.ts";
import { inferEvents } from "../../event/infer.ts";
import type { Declared, Inferred } from "../../event/infer.ts";
import type { SourceBatch } from "../../event/records.ts";
import { DROP_REASONS, reasonCode } from "../../event/reason.ts";
import { sampleOf } from "../../event/sample.ts";
import type { Sample } from "../../event/sample.ts";
import type { FieldTally } from "../../reference/field-tally.ts";
import { systemClock } from "../../runtime/clock.ts";
import { readRows } from "../../stream/rows.ts";
import type { CommandIo } from "../io.ts";

/** Inference looks at this many rows. */
const SAMPLE_ROWS = 10_000;
const MAX_RECORD_BYTES = 16 << 20;
const INVALID = reasonCode("invalid");

/** What became of the rows of one reading. */
export interface SourceLedger {
  sound: number;
  undecodable: number;
  /** By reason. */
  readonly dropped: Record<string, number>;
  /** By column: values of another type, or outside its limits, of rows that are counted all the same. */
  readonly faults: Map<string, number>;
}

/** How a source is decoded, and the names of its columns, also of those without any value where a table tells. */
export interface InferredSource extends Inferred {
  readonly names: ReadonlySet<string>;
}

/** The first rows of a source, as they came. */
export interface SourceHead {
  readonly file: string;
  readonly batches: readonly SourceBatch[];
}

/** @throws CodedError SOURCE_INVALID where there is none */
export async function readHead(file: string): Promise<SourceHead> {
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
  return { file, batches };
}

/** Guesses from the source's first rows how it is decoded. @param model of several in one source: the rows of this one are looked at */
export async function inferSource(file: string, declared: Declared, model?: string): Promise<InferredSource> {
  return inferHead(await readHead(file), declared, model).inferred;
}

/** The same, beside the values that it was guessed from. */
export function inferHead(
  { file, batches }: SourceHead,
  declared: Declared,
  model?: string,
): { readonly inferred: InferredSource; readonly sample: Sample } {
  const isText = /\.csv(\.gz)?$/i.test(file);
  const paths = Object.values(declared.fields).map((field) => field.split("."));
  const place = declared.fields.model;
  const whole = { isText, paths };
  const only =
    model === undefined || place === undefined ? undefined : { path: place.split("."), value: model };
  const own = only === undefined ? undefined : sampleOf(batches, { ...whole, only });
  // Where none is the model's, what there is says more than nothing; that it is of another one is told where rows are counted.
  const sample = own === undefined || own.rows === 0 ? sampleOf(batches, whole) : own;
  const inferred = inferEvents(sample, declared);
  const names = new Set(inferred.guesses.map(({ column }) => column));
  for (const batch of batches) {
    if (batch.kind === "table") for (const name of Object.keys(batch.columns)) names.add(name);
  }
  return { inferred: { ...inferred, names, format: isText ? "csv" : inferred.format }, sample };
}

/** @throws CodedError USAGE where an option names a column that is not there */
export function checkFields(
  fields: Readonly<Partial<Record<MappedField, string>>>,
  inferred: Pick<Inferred, "guesses">,
  source = "the source",
): void {
  for (const [field, column] of Object.entries(fields)) {
    if (inferred.guesses.some((guess) => guess.column === column && guess.as === field)) continue;
    const taken = Object.entries(fields).find(([other, name]) => other !== field && name === column);
    if (taken !== undefined) {
      const message = `--${field} ${column}: --${taken[0]} names the same column, which can be one of them only.`;
      throw new CodedError("USAGE", message);
    }
    const unused = inferred.guesses.find((guess) => guess.column === column && guess.as === "left out");
    if (unused !== undefined) throw new CodedError("USAGE", `--${field} ${column}: ${unused.because}.`);
    const known = inferred.guesses.map((guess) => guess.column).join(", ");
    throw new CodedError("USAGE", `--${field} ${column}: ${source} has no such column. It has ${known}.`);
  }
}

export function showProgress(io: CommandIo, text: string): void {
  if (io.isTerminal) io.stderr.write(`\r\u001B[K${text}`);
}

export interface SourceReading {
  readonly file: string;
  readonly plan: EventPlan;
  readonly format: StreamConfig["format"];
  readonly map: StreamConfig["map"];
  readonly key: PrivacyKeys;
  readonly signal: AbortSignal;
  /** Told what fields the records have, the first time that they are read. */
  readonly fields?: FieldTally;
}

/** Reads a source from its beginning. */
export type ReadSource = (take: (batch: EventBatch, rowsSoFar: number) => void) => Promise<SourceLedger>;

/** A source of at most so many cells is decoded once and kept: 8 bytes each. */
const MOST_KEPT = 1 << 22;
/** What a row is besides its columns takes as much as so many cells. */
const ENVELOPE_CELLS = 5;

/** A small source as it was decoded, for whoever reads it again. */
interface Kept {
  readonly batches: { readonly batch: EventBatch; readonly rows: number }[];
  cells: number;
  ledger?: SourceLedger;
}

/**
 * Decodes the whole source, as often as it is called, with one set of dictionaries. Where the map places no time, rows have
 * none, and are sound all the same.
 */
export function sourceReader(reading: SourceReading): ReadSource {
  const { file, plan, format, map, key, signal, fields } = reading;
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
  const kept: Kept = { batches: [], cells: 0 };
  let isRead = false;
  return async (take) => {
    if (kept.ledger !== undefined) {
      for (const { batch, rows } of kept.batches) take(batch, rows);
      return kept.ledger;
    }
    const ledger: SourceLedger = { sound: 0, undecodable: 0, dropped: {}, faults: new Map() };
    let rows = 0;
    decoder.restore(0, undefined);
    for await (const batch of openRows(file)) {
      if (signal.aborted) throw interrupted(file);
      const tick = systemClock.tick();
      const decoded = batch.kind === "table" ? decoder.decodeTable(batch, tick) : decoder.decode(batch, tick);
      rows += batch.count;
      ledger.undecodable += decoded.ledger.undecodable + decoded.ledger.oversize;
      for (const [reason, count] of Object.entries(decoded.unroutable)) drop(ledger, reason, count);
      for (const events of decoded.batches) {
        if (timeless) forgetTime(events);
        countReasons(ledger, events);
        countFaults(ledger, events);
        keepEvents(kept, events, rows);
        take(events, rows);
      }
      if (!isRead) fields?.observe(decoded);
    }
    isRead = true;
    if (kept.cells <= MOST_KEPT) kept.ledger = ledger;
    return ledger;
  };
}

/**
 * Lets a signal through that came while columns were counted without a pause.
 * @throws CodedError INTERRUPTED where there was one
 */
export async function stopIfTold(signal: AbortSignal, file: string): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (signal.aborted) throw interrupted(file);
}

function interrupted(file: string): CodedError {
  return new CodedError("INTERRUPTED", `stopped while ${file} was being read; nothing was written.`);
}

/** Beyond the limit nothing is kept, and reading again is reading the file. */
function keepEvents(kept: Kept, batch: EventBatch, rows: number): void {
  kept.cells += batch.rows * (batch.columns.length + ENVELOPE_CELLS);
  if (kept.cells <= MOST_KEPT) kept.batches.push({ batch: copyEvents(batch), rows });
  else kept.batches.length = 0;
}

/** The decoder uses a batch's arrays again; dictionaries only grow. */
function copyEvents(batch: EventBatch): EventBatch {
  const { rows } = batch;
  const copyColumn = (column: BatchColumn): BatchColumn => {
    const validity = column.validity.slice(0, Math.ceil(rows / 8));
    return column.type === "number"
      ? { ...column, validity, values: column.values.slice(0, rows) }
      : { ...column, validity, codes: column.codes.slice(0, rows) };
  };
  return {
    ...batch,
    capacity: rows,
    offset: batch.offset.slice(0, rows),
    recordTime: batch.recordTime.slice(0, rows),
    time: batch.time.slice(0, rows),
    reason: batch.reason.slice(0, rows),
    version: batch.version.slice(0, rows),
    idHigh: batch.idHigh.slice(0, rows),
    idLow: batch.idLow.slice(0, rows),
    rowsOfRecord: batch.rowsOfRecord.slice(0, rows),
    rowInRecord: batch.rowInRecord.slice(0, rows),
    columns: batch.columns.map(copyColumn),
    faultRow: batch.faultRow.slice(0, batch.faults),
    faultColumn: batch.faultColumn.slice(0, batch.faults),
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

/** Without a time in the map every row would be invalid for want of one; for want of an id it still is. */
function forgetTime(batch: EventBatch): void {
  const { plan, rows, idHigh, idLow, reason } = batch;
  batch.time.fill(Number.NaN, 0, rows);
  for (let row = 0; row < rows; row += 1) {
    reason[row] = plan.needsId && idHigh[row] === 0 && idLow[row] === 0 ? INVALID : 0;
  }
}

function countReasons(ledger: SourceLedger, batch: EventBatch): void {
  for (let row = 0; row < batch.rows; row += 1) {
    const reason = batch.reason[row];
    if (reason === 0) ledger.sound += 1;
    else drop(ledger, DROP_REASONS[reason - 1] ?? "invalid", 1);
  }
}

function countFaults({ faults }: SourceLedger, batch: EventBatch): void {
  for (const column of batch.faultColumn.subarray(0, batch.faults)) {
    const { name } = batch.plan.columns[column];
    faults.set(name, (faults.get(name) ?? 0) + 1);
  }
}

function drop(ledger: SourceLedger, reason: string, count: number): void {
  ledger.dropped[reason] = (ledger.dropped[reason] ?? 0) + count;
}
