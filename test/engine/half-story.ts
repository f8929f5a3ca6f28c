import type { DecodedRecords, EventBatch, EventPlan } from "../../src/event/batch.ts";
import { createBatch } from "../../src/event/columns.ts";
import { createRefusedRecords } from "../../src/event/refusal.ts";
import { reasonCode, type DropReason } from "../../src/event/reason.ts";
import { mixRowHigh, mixRowLow } from "../../src/event/row-id.ts";
import { createStreamLedger, type StreamLedger } from "../../src/event/ledger.ts";
import { MINUTE, random, START } from "./fixture.ts";

/** A request or a response: rows that share an id and a time. */
export interface HalfRecord {
  readonly id: number;
  /** Of its event and of its record, ms. */
  readonly time: number;
  /** By row; what makes its content. A failed call has one that says nothing. */
  readonly values: readonly number[];
  readonly version: string;
  readonly isFailed?: boolean;
  readonly isInvalid?: boolean;
}

export interface HalfStory {
  readonly inputs: readonly HalfRecord[];
  readonly outputs: readonly HalfRecord[];
}

export interface StoryOptions {
  readonly seed: number;
  readonly requests: number;
  /** The most that two of a pair may be apart, ms. */
  readonly within: number;
  /** From one request to the next, ms. */
  readonly step: number;
}

/**
 * Requests and responses with everything that goes wrong: losses on both sides, repeats of the same and of other content, ids
 * used again, responses that come before their request or too far from it, failed calls, late records, reordering.
 */
export function tellHalves({ seed, requests, within, step }: StoryOptions): HalfStory {
  const draw = random(seed);
  const inputs: (HalfRecord & { readonly at: number })[] = [];
  const outputs: (HalfRecord & { readonly at: number })[] = [];
  const chance = (share: number): boolean => draw() < share;
  for (let i = 0; i < requests; i++) {
    const id = chance(0.05) ? Math.floor(draw() * i) : i;
    const time = START + i * step;
    const rows = chance(0.3) ? 1 + Math.floor(draw() * 4) : 1;
    const version = chance(0.1) ? "" : "v1";
    const values = Array.from({ length: rows }, () => Math.floor(draw() * 100));
    const answers = values.map(() => Math.floor(draw() * 1000) / 1000);
    // Places in the streams are drawn apart from times: what is far behind its place is late.
    const at = time + draw() * (chance(0.05) ? 6 * MINUTE : MINUTE / 2);
    const input = { id, time, values, version: chance(0.5) ? version : "", isInvalid: chance(0.01) };
    if (!chance(0.05)) inputs.push({ ...input, at });
    if (chance(0.05)) inputs.push({ ...input, at: at + draw() * MINUTE });
    if (chance(0.03))
      inputs.push({ ...input, values: [...values, 5].slice(draw() < 0.5 ? 1 : 0), at: at + draw() * within });
    if (chance(0.03)) inputs.push({ ...input, time: time + draw() * 3 * within, at: at + 3 * within });
    const apart = chance(0.05) ? (draw() - 0.5) * 4 * within : (draw() - 0.2) * within;
    const answered = Math.floor(time + apart);
    const isFailed = chance(0.08);
    const output = { id, time: answered, values: isFailed ? [0] : answers, version, isFailed };
    const later = answered + draw() * MINUTE;
    if (!chance(0.05)) outputs.push({ ...output, at: later });
    if (chance(0.05)) outputs.push({ ...output, at: later + draw() * MINUTE });
    if (chance(0.05))
      outputs.push({ ...output, isFailed: !isFailed, values: isFailed ? answers : [0], at: later + 5 });
    if (chance(0.03))
      outputs.push({ ...output, time: Math.floor(answered + draw() * 3 * within), at: later + 2 * within });
  }
  const inOrder = <T extends { readonly at: number }>(records: readonly T[]): T[] =>
    records.toSorted((a, b) => a.at - b.at);
  return {
    inputs: inOrder(inputs).map((one) => ({ ...one, time: Math.floor(one.time) })),
    outputs: inOrder(outputs).map((one) => ({ ...one, time: Math.floor(one.time) })),
  };
}

/** Records of one side as a decoder would give them; a record's offset is its position in the story. */
export function decodeHalves(
  plan: EventPlan,
  records: readonly HalfRecord[],
  span: { stream: string; from: number; to: number },
): DecodedRecords {
  const { stream, from, to } = span;
  const told = records.slice(from, to);
  const rows = told.reduce((sum, { values }) => sum + values.length, 0);
  const versions = ["", "v1"];
  const dictionaries = plan.columns.map(({ type, categories }) => {
    return type === "number" ? undefined : { categories: [...categories] };
  });
  const batch = createBatch({ plan, dictionaries, versions, capacity: Math.max(1, rows) });
  for (const column of batch.columns) if (column.type === "category") column.codes.fill(-1);
  for (const [r, record] of told.entries()) writeRecord(batch, record, from + r);
  return {
    stream,
    partition: 0,
    batches: [batch],
    sequence: new Uint16Array(rows),
    rows,
    ledger: { decoded: told.length, undecodable: 0, ignored: 0, oversize: 0 },
    undecodableTime: new Float64Array(0),
    undecodableAfter: new Uint32Array(0),
    refused: createRefusedRecords(),
    nextOffset: to,
    unroutable: {},
  };
}

function writeRecord(batch: EventBatch, record: HalfRecord, offset: number): void {
  const { id, time, values, version } = record;
  for (const [k, value] of values.entries()) {
    const row = batch.rows++;
    batch.offset[row] = offset;
    batch.recordTime[row] = time;
    batch.time[row] = time;
    batch.reason[row] = record.isFailed === true ? FAILED : record.isInvalid === true ? INVALID : 0;
    batch.version[row] = batch.versions.indexOf(version);
    batch.idHigh[row] = mixRowHigh(Math.imul(id + 1, 0x9e3779b1) >>> 0, k);
    batch.idLow[row] = mixRowLow(Math.imul(id + 7, 0x85ebca6b) >>> 0, k);
    batch.rowsOfRecord[row] = k === 0 && values.length > 1 ? values.length : 0;
    const [column] = batch.columns;
    if (record.isFailed === true) continue;
    column.validity[row >> 3] |= 1 << (row & 7);
    if (column.type === "number") column.values[row] = value;
  }
}

const FAILED = reasonCode("failed");
const INVALID = reasonCode("invalid");

/** What must come of a story, found by comparing everything with everything. */
export interface Expected {
  readonly inputs: StreamLedger;
  readonly outputs: StreamLedger;
  /** Of complete events: the offsets of both halves. */
  readonly pairs: readonly (readonly [input: number, output: number])[];
  /** Complete events by start of the pane and version. */
  readonly measured: ReadonlyMap<string, number>;
}

interface Row {
  readonly record: HalfRecord;
  readonly offset: number;
  readonly k: number;
  readonly value: number;
  reason: DropReason | undefined;
  partner: Row | undefined;
}

interface Rule {
  readonly within: number;
  readonly age: number;
  readonly pane: number;
  readonly lateness: number;
}

export function expectHalves(story: HalfStory, rule: Rule): Expected {
  const inputs = admitAll(story.inputs, rule);
  const outputs = admitAll(story.outputs, rule);
  const open = new Map<string, Row[]>();
  for (const row of inputs) if (row.reason === undefined) add(open, keyOf(row), row);
  // In the order of one side each takes the first of the other that is left: then no two would rather have each other.
  for (const output of outputs) {
    if (output.reason !== undefined) continue;
    const input = (open.get(keyOf(output)) ?? []).find(
      (one) => one.reason === undefined && one.partner === undefined && areNear(one, output, rule),
    );
    if (input === undefined) continue;
    if (output.record.isFailed !== true) {
      input.partner = output;
      output.partner = input;
      continue;
    }
    output.reason = "failed";
    for (const row of inputs) {
      if (row.offset === input.offset && row.partner === undefined) row.reason ??= "failed";
    }
  }
  const measured = new Map<string, number>();
  const pairs: [number, number][] = [];
  for (const { record, partner, offset } of inputs) {
    if (partner === undefined) continue;
    pairs.push([offset, partner.offset]);
    const start = Math.floor(record.time / rule.pane) * rule.pane;
    const key = `${start}/${partner.record.version || record.version}`;
    measured.set(key, (measured.get(key) ?? 0) + 1);
  }
  return {
    inputs: ledgerOf(story.inputs, inputs, "orphan-input"),
    outputs: ledgerOf(story.outputs, outputs, "orphan-output"),
    pairs,
    measured,
  };
}

function admitAll(records: readonly HalfRecord[], rule: Rule): Row[] {
  const rows: Row[] = [];
  const first = new Map<string, Row[]>();
  let watermark = Number.NEGATIVE_INFINITY;
  for (const [offset, record] of records.entries()) {
    const values = record.values;
    for (const [k, value] of values.entries()) {
      const row: Row = { record, offset, k, value, reason: undefined, partner: undefined };
      rows.push(row);
      const end = (Math.floor(record.time / rule.pane) + 1) * rule.pane;
      const isLate = end + rule.lateness <= watermark;
      if (!isLate) watermark = Math.max(watermark, record.time);
      if (record.isInvalid === true) row.reason = "invalid";
      else if (isLate) row.reason = "late";
      else row.reason = repeats(first.get(keyOf(row)) ?? [], row, rule);
      if (row.reason === undefined) add(first, keyOf(row), row);
    }
  }
  return rows;
}

function repeats(earlier: readonly Row[], row: Row, { within, age }: Rule): DropReason | undefined {
  const ageOf = ({ record }: Row): number => Math.floor(record.time / age);
  const same =
    earlier.find((one) => ageOf(one) === ageOf(row)) ??
    earlier.find((one) => Math.abs(one.record.time - row.record.time) <= within);
  if (same === undefined) return undefined;
  const content = ({ record, value }: Row): string =>
    record.isFailed === true ? "failed" : `${value}/${record.version}`;
  return content(same) === content(row) ? "duplicate" : "conflict";
}

function areNear(input: Row, output: Row, { within }: Rule): boolean {
  return Math.abs(input.record.time - output.record.time) <= within;
}

function ledgerOf(records: readonly HalfRecord[], rows: readonly Row[], orphan: DropReason): StreamLedger {
  const ledger = createStreamLedger();
  ledger.decoded = records.length;
  ledger.received = rows.length;
  for (const { reason, partner } of rows) {
    if (partner === undefined) ledger.dropped[reason ?? orphan] += 1;
    else ledger.measured += 1;
  }
  return ledger;
}

function keyOf({ record, k }: Row): string {
  return `${record.id}#${k}`;
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const there = map.get(key);
  if (there === undefined) map.set(key, [value]);
  else there.push(value);
}
