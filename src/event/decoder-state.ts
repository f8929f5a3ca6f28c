import type { FieldMap, StreamConfig } from "../config/config.ts";
import type { DecodedRecords, EventPlan, RecordLedger } from "./batch.ts";
import { addCode, createByteTable } from "./byte-table.ts";
import type { ByteTable } from "./byte-table.ts";
import { createClock } from "./clock.ts";
import type { DecodingClock } from "./clock.ts";
import type { DeclaredSchema } from "./declared-schema.ts";
import { envelopeSource } from "./envelope.ts";
import type { EnvelopeSource } from "./envelope.ts";
import { completeMap } from "./field-map.ts";
import { createIdReader } from "./event-id.ts";
import type { IdReader } from "./event-id.ts";
import type { PrivacyKeys } from "./ids.ts";
import type { RecordBatch, RecordHeaders } from "./records.ts";
import { addRefusal, createRefusedRecords } from "./refusal.ts";
import type { RefusedRecords } from "./refusal.ts";
import { createServerState } from "./server-state.ts";
import type { ServerState } from "./server-state.ts";
import { createTarget, prepareTarget } from "./target.ts";
import type { Target } from "./target.ts";
import { turnedAwayWhy } from "./turned-away.ts";
import { createUnknownModels } from "./unknown-models.ts";
import type { UnknownModels } from "./unknown-models.ts";

export interface DecoderOptions {
  readonly stream: StreamConfig;
  /** One per model that the stream may carry; at least one. */
  readonly plans: readonly EventPlan[];
  readonly key: PrivacyKeys;
  /** What the stream declares of its records; checked where they are sampled. */
  readonly schema?: DeclaredSchema;
  readonly limits: { readonly maxRecordBytes: number };
}

export interface Envelope {
  readonly id: EnvelopeSource;
  readonly time: EnvelopeSource;
  readonly model: EnvelopeSource;
  readonly version: EnvelopeSource;
}

function envelopeOf(map: FieldMap): Envelope {
  return {
    id: envelopeSource(map, "id"),
    time: envelopeSource(map, "time"),
    model: envelopeSource(map, "model"),
    version: envelopeSource(map, "version"),
  };
}

/** What one decoder works with, and what it gathers in one call. */
export interface DecoderState {
  readonly stream: StreamConfig;
  readonly maxRecordBytes: number;
  readonly targets: readonly Target[];
  /** Positions in `targets` by name of the model. */
  readonly models: ByteTable;
  /** Present where the stream carries requests and responses of a model server. */
  readonly server?: ServerState;
  /** Where the envelope of a record stands, and that of a table's row. */
  readonly record: Envelope;
  readonly table: Envelope;
  readonly tableMap: FieldMap;
  /** By target: the row of the table that each row of its batch came from. */
  readonly tableRows: Uint32Array[];
  readonly ids: IdReader;
  readonly clocks: Map<number, DecodingClock>;
  /** The target of the last row: where records carry several models, the next one is tried there first. */
  current: number;
  /** Whether the call began without any event time known of its partition. */
  startsBlank: boolean;
  ledger: RecordLedger;
  sequence: Uint16Array;
  rows: number;
  undecodableTime: Float64Array;
  undecodableAfter: Uint32Array;
  readonly refused: RefusedRecords;
  unknownModels: number;
  /** Which they were, since the decoder was made. */
  readonly unknown: UnknownModels;
  /** Requests that there was no room for: a row each. */
  overflowed: number;
}

export function createState({ stream, plans, key, limits }: DecoderOptions): DecoderState {
  const map = completeMap(stream.format, stream.map);
  const tableMap = completeMap("csv", stream.map);
  const models = createByteTable();
  const encoder = new TextEncoder();
  for (const [index, plan] of plans.entries()) addCode(models, encoder.encode(plan.model), index);
  const targets = plans.map((plan) => createTarget(plan, map, key.pii));
  const server = createServerState(stream, targets);
  return {
    stream,
    maxRecordBytes: limits.maxRecordBytes,
    targets,
    ...(server !== undefined && { server }),
    models,
    record: envelopeOf(map),
    table: envelopeOf(tableMap),
    tableMap,
    tableRows: plans.map(() => new Uint32Array(0)),
    ids: createIdReader({
      key: key.id,
      as: stream.map.id?.as,
      hasRows: plans.some(({ rowIds }) => rowIds === true),
    }),
    clocks: new Map(),
    current: 0,
    startsBlank: true,
    ledger: { decoded: 0, undecodable: 0, ignored: 0, oversize: 0 },
    sequence: new Uint16Array(1_024),
    rows: 0,
    undecodableTime: new Float64Array(64),
    undecodableAfter: new Uint32Array(64),
    refused: createRefusedRecords(),
    unknownModels: 0,
    unknown: createUnknownModels(plans),
    overflowed: 0,
  };
}

type Call = Pick<RecordBatch, "stream" | "partition" | "count">;

export function startCall(state: DecoderState, call: Call): DecodingClock {
  for (const target of state.targets) prepareTarget(target, call.count);
  if (state.sequence.length < call.count)
    state.sequence = new Uint16Array(2 ** Math.ceil(Math.log2(call.count)));
  state.ledger = { decoded: 0, undecodable: 0, ignored: 0, oversize: 0 };
  state.rows = 0;
  state.unknownModels = 0;
  state.overflowed = 0;
  state.refused.count = 0;
  let clock = state.clocks.get(call.partition);
  if (clock === undefined) {
    clock = createClock();
    state.clocks.set(call.partition, clock);
  }
  state.startsBlank = Number.isNaN(clock.highest);
  return clock;
}

export function finishCall(state: DecoderState, call: Call, nextOffset: number): DecodedRecords {
  const { targets, ledger, rows, sequence, unknownModels, overflowed } = state;
  const undecodableTime = state.undecodableTime.subarray(0, ledger.undecodable);
  if (state.startsBlank) fillLeadingTimes(targets, undecodableTime);
  return {
    stream: call.stream,
    partition: call.partition,
    batches: targets.map((target) => target.batch),
    sequence,
    rows,
    ledger,
    undecodableTime,
    undecodableAfter: state.undecodableAfter.subarray(0, ledger.undecodable),
    refused: state.refused,
    nextOffset,
    unroutable: {
      ...(unknownModels > 0 && { "unknown-model": unknownModels }),
      ...(overflowed > 0 && { overflow: overflowed }),
    },
  };
}

/** Gives the first valid time of a file to what stands before it: its record time there is not known any sooner. */
function fillLeadingTimes(targets: readonly Target[], undecodableTime: Float64Array): void {
  let first = Infinity;
  for (const { batch } of targets) {
    for (let row = 0; row < batch.rows; row++) {
      // False for NaN.
      if (batch.recordTime[row] < first) first = batch.recordTime[row];
    }
  }
  if (first === Infinity) return;
  for (const { batch } of targets) {
    for (let row = 0; row < batch.rows; row++) {
      if (!Number.isNaN(batch.recordTime[row])) continue;
      batch.recordTime[row] = first;
      batch.time[row] = first;
    }
  }
  for (const [i, time] of undecodableTime.entries()) {
    if (Number.isNaN(time)) undecodableTime[i] = first;
  }
}

/** Notes a record that could not be decoded; `time` stands in for its own. */
export function countUndecodable(state: DecoderState, offset: number, time: number): void {
  const { ledger } = state;
  addRefusal(state.refused, offset, "undecodable");
  if (ledger.undecodable === state.undecodableTime.length) {
    const times = new Float64Array(ledger.undecodable * 2);
    times.set(state.undecodableTime);
    state.undecodableTime = times;
    const after = new Uint32Array(ledger.undecodable * 2);
    after.set(state.undecodableAfter);
    state.undecodableAfter = after;
  }
  state.undecodableTime[ledger.undecodable] = time;
  state.undecodableAfter[ledger.undecodable] = state.rows;
  ledger.undecodable++;
}

/** Notes a record that is passed over. */
export function countPassed(state: DecoderState, offset: number, refusal: "ignored" | "oversize"): void {
  addRefusal(state.refused, offset, refusal);
  state.ledger[refusal]++;
}

/** Notes a record without a value: nothing, unless it stands for a request that was turned away before it could be one. */
export function countValueless(
  state: DecoderState,
  offset: number,
  headers: RecordHeaders | undefined,
): void {
  const why = turnedAwayWhy(headers);
  if (why !== "overflow") return countPassed(state, offset, why ?? "ignored");
  state.ledger.decoded++;
  state.overflowed++;
}

/** Notes a decoded record, of one row or of several, whose model no rule file of the stream names. */
export function countUnknownModel(state: DecoderState, offset: number, rows = 1): void {
  addRefusal(state.refused, offset, "unknown-model");
  state.unknownModels += rows;
}

/** Counts the next `rows` rows of `target` (its position) as complete. */
export function countRows(state: DecoderState, target: number, rows: number): void {
  const needed = state.rows + rows;
  if (needed > state.sequence.length) {
    const sequence = new Uint16Array(2 ** Math.ceil(Math.log2(needed)));
    sequence.set(state.sequence.subarray(0, state.rows));
    state.sequence = sequence;
  }
  state.sequence.fill(target, state.rows, needed);
  state.rows = needed;
  state.targets[target].batch.rows += rows;
}

/** Counts the row of `target` (its position) as complete. */
export function countRow(state: DecoderState, target: number): void {
  state.sequence[state.rows++] = target;
  state.targets[target].batch.rows++;
}
