import type { RecordBatch } from "../../event/records.ts";
import type { DelayModel } from "./delay-model.ts";
import { delayLogit, isLate, toProbability } from "./delay-model.ts";
import type { Fault, FlightRecord } from "./fault.ts";
import type { FlightChunk } from "./flights.ts";
import type { PendingOutcomes } from "./outcomes.ts";
import { addOutcome, drainOutcomes, emptyOutcomes } from "./outcomes.ts";
import type { RecordWriter } from "./record-writer.ts";
import {
  beginRecord,
  openRecordWriter,
  takeBatch,
  writeDecimal,
  writeInteger,
  writeText,
} from "./record-writer.ts";

/** Names of the demo's two streams: predictions, and the outcomes that arrive later (role `labels`). */
export const FLIGHTS_STREAM = "flights";
export const OUTCOMES_STREAM = "outcomes";
/** Above this score a flight is expected to be delayed; close to January's share of delayed flights. */
const DECISION_THRESHOLD = 0.25;

/** All records of a slice of time, in order within each stream. */
export interface Slice {
  /** Every record before this time has now been given, ms since the epoch: the simulated wall clock. */
  readonly until: number;
  /** Flights first, then outcomes; a stream without records in the slice is left out. Void when the next is asked for. */
  readonly batches: readonly RecordBatch[];
  /** Rows in the batches, of both streams. */
  readonly events: number;
  /** No flight follows; outcomes may. */
  readonly flightsEnded: boolean;
}

export interface EventOptions {
  readonly chunks: AsyncIterable<FlightChunk>;
  readonly model: DelayModel;
  /** In the order of time, and not overlapping. */
  readonly faults: readonly Fault[];
  /** Flights outside from <= time < to are skipped; ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** `apart`: an hour and the delay later, in their own stream; `inside`: as field `truth` of the event itself. */
  readonly outcomes: "apart" | "inside";
  /** Length of a slice, ms. */
  readonly slice: number;
}

/**
 * Replays flights as native inference events scored by the model, and their outcomes as label events, in the order of
 * record time. Slices follow each other without a gap, also where nothing happened, and go on until the last outcome.
 */
export async function* generateEvents(options: EventOptions): AsyncGenerator<Slice> {
  const replay = openReplay(options);
  for await (const chunk of options.chunks) {
    if (chunk.time[0] >= options.to) break;
    for (let i = 0; i < chunk.rows; i++) {
      const time = chunk.time[i];
      if (time < options.from) continue;
      if (time >= options.to) break;
      while (time >= replay.until) yield takeSlice(replay);
      replayFlight(replay, chunk, i);
    }
  }
  replay.flightsEnded = true;
  while (replay.pending.count > 0 || replay.flights.count > 0) yield takeSlice(replay);
}

interface Replay {
  readonly options: EventOptions;
  readonly flights: RecordWriter;
  readonly outcomes: RecordWriter;
  readonly pending: PendingOutcomes;
  /** Used again for every flight. */
  readonly record: FlightRecord;
  readonly receive: (row: number, time: number, late: boolean) => void;
  until: number;
  /** Position in `options.faults` of the first one that is not over. */
  fault: number;
  flightsEnded: boolean;
}

function openReplay(options: EventOptions): Replay {
  const outcomes = openRecordWriter(OUTCOMES_STREAM);
  return {
    options,
    flights: openRecordWriter(FLIGHTS_STREAM),
    outcomes,
    pending: emptyOutcomes(options.from),
    record: {
      row: 0,
      time: 0,
      delay: 0,
      distance: 0,
      distanceAsText: false,
      origin: "",
      destination: "",
      version: "v1",
      logit: 0,
      silent: false,
    },
    receive: (row, time, late) => writeOutcome(outcomes, { row, time, late }),
    until: options.from + options.slice,
    fault: 0,
    flightsEnded: false,
  };
}

function takeSlice(replay: Replay): Slice {
  const { until, flights, outcomes, flightsEnded } = replay;
  drainOutcomes(replay.pending, until, replay.receive);
  const events = flights.count + outcomes.count;
  const batches = [flights, outcomes].filter((writer) => writer.count > 0).map(takeBatch);
  replay.until += replay.options.slice;
  return { until, batches, events, flightsEnded };
}

function replayFlight(replay: Replay, chunk: FlightChunk, i: number): void {
  const { record, options } = replay;
  const origin = chunk.origin[i];
  const destination = chunk.destination[i];
  record.row = chunk.firstRow + i;
  record.time = chunk.time[i];
  record.delay = chunk.delay[i];
  record.distance = chunk.distance[i];
  record.distanceAsText = false;
  record.origin = chunk.airports[origin] ?? null;
  record.destination = chunk.airports[destination] ?? null;
  record.version = "v1";
  record.logit = delayLogit(options.model, origin, destination);
  record.silent = false;
  activeFault(replay, record.time)?.alter(record);
  if (record.silent) return;
  writeFlight(replay.flights, record, options.outcomes === "inside");
  if (options.outcomes === "apart") addOutcome(replay.pending, record);
}

function activeFault(replay: Replay, time: number): Fault | undefined {
  const { faults } = replay.options;
  let fault = faults[replay.fault];
  while (fault && time >= fault.to) fault = faults[++replay.fault];
  return fault && time >= fault.from ? fault : undefined;
}

/** schemas/inference-event.json, with `truth` besides where it is known at once. */
function writeFlight(writer: RecordWriter, record: FlightRecord, withTruth: boolean): void {
  const score = toProbability(record.logit);
  beginRecord(writer, record.time);
  writeText(writer, '{"id":"f');
  writeInteger(writer, record.row);
  writeText(writer, '","time":');
  writeInteger(writer, record.time);
  writeText(writer, ',"model":"flight-delay","version":"');
  writeText(writer, record.version);
  writeText(writer, '","features":{"origin":');
  writeAirport(writer, record.origin);
  writeText(writer, ',"destination":');
  writeAirport(writer, record.destination);
  writeText(writer, record.distanceAsText ? ',"distance":"' : ',"distance":');
  writeInteger(writer, record.distance);
  writeText(writer, record.distanceAsText ? '","delay":' : ',"delay":');
  writeInteger(writer, record.delay);
  writeText(writer, '},"prediction":{"score":');
  writeDecimal(writer, score, 4);
  writeText(writer, score >= DECISION_THRESHOLD ? ',"decision":true}' : ',"decision":false}');
  if (withTruth) writeText(writer, isLate(record.delay) ? ',"truth":true' : ',"truth":false');
  writeText(writer, "}");
}

/** schemas/label-event.json. */
function writeOutcome(writer: RecordWriter, outcome: { row: number; time: number; late: boolean }): void {
  beginRecord(writer, outcome.time);
  writeText(writer, '{"id":"f');
  writeInteger(writer, outcome.row);
  writeText(writer, '","time":');
  writeInteger(writer, outcome.time);
  writeText(writer, outcome.late ? ',"truth":true}' : ',"truth":false}');
}

function writeAirport(writer: RecordWriter, airport: string | null): void {
  if (airport === null) {
    writeText(writer, "null");
    return;
  }
  writeText(writer, '"');
  writeText(writer, airport);
  writeText(writer, '"');
}
