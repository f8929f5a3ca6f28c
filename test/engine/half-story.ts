import type { DecodedRecords, EventBatch, EventPlan } from "../../src/event/batch.ts";
import { createBatch } from "../../src/event/columns.ts";
import { createRefusedRecords } from "../../src/event/refusal.ts";
import { reasonCode } from "../../src/event/reason.ts";
import { mixRowHigh, mixRowLow } from "../../src/event/row-id.ts";
import type { Side } from "../../src/join/half-plans.ts";
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
  /** Where one stream brings both: whose record comes next. */
  readonly order?: readonly Side[];
}

/** A record of a stream; its offset is its place there. */
export interface Placed {
  readonly side: Side;
  readonly record: HalfRecord;
  readonly offset: number;
}

/** The records of a story's one stream, or of the one of a side, in order. */
export function placeRecords(story: HalfStory, side?: Side): Placed[] {
  if (story.order === undefined || side !== undefined) {
    const of = side ?? "input";
    return story[of === "input" ? "inputs" : "outputs"].map((record, offset) => ({
      side: of,
      record,
      offset,
    }));
  }
  const next = { input: 0, output: 0 };
  return story.order.map((of, offset) => {
    const record = story[of === "input" ? "inputs" : "outputs"][next[of]++];
    return { side: of, record, offset };
  });
}

/** The same story in one stream, whose records come in the order of their times, more or less. */
export function inOneStream({ inputs, outputs }: HalfStory, seed: number): HalfStory {
  const draw = random(seed);
  const left = { input: [...inputs], output: [...outputs] };
  const order: Side[] = [];
  while (left.input.length + left.output.length > 0) {
    const input = left.input[0]?.time ?? Number.POSITIVE_INFINITY;
    const output = left.output[0]?.time ?? Number.POSITIVE_INFINITY;
    const wanted = input + (draw() - 0.5) * MINUTE < output ? "input" : "output";
    const side = left[wanted].length > 0 ? wanted : wanted === "input" ? "output" : "input";
    left[side].shift();
    order.push(side);
  }
  return { inputs, outputs, order };
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

/** Records as a decoder with these plans would give them. */
export function decodeHalves(
  plans: readonly EventPlan[],
  records: readonly Placed[],
  span: { stream: string; from: number; to: number },
): DecodedRecords {
  const { stream, from, to } = span;
  const told = records.slice(from, to);
  const rows = told.reduce((sum, { record }) => sum + record.values.length, 0);
  const batches = plans.map((plan) => createHalves(plan, rows));
  const sequence: number[] = [];
  for (const { side, record, offset } of told) {
    const b = plans.findIndex(({ half }) => half === side);
    writeRecord(batches[b], record, offset);
    for (const _ of record.values) sequence.push(b);
  }
  return {
    stream,
    partition: 0,
    batches,
    sequence: Uint16Array.from(sequence),
    rows,
    ledger: { decoded: told.length, undecodable: 0, ignored: 0, oversize: 0 },
    undecodableTime: new Float64Array(0),
    undecodableAfter: new Uint32Array(0),
    refused: createRefusedRecords(),
    nextOffset: to,
    unroutable: {},
  };
}

function createHalves(plan: EventPlan, rows: number): EventBatch {
  const dictionaries = plan.columns.map(({ type, categories }) => {
    return type === "number" ? undefined : { categories: [...categories] };
  });
  const batch = createBatch({ plan, dictionaries, versions: ["", "v1"], capacity: Math.max(1, rows) });
  for (const column of batch.columns) if (column.type === "category") column.codes.fill(-1);
  return batch;
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
