import { findCode, hashSpan, setSpan } from "./byte-table.ts";
import type { DecodingClock, TimeLimits } from "./clock.ts";
import { standInTime } from "./clock.ts";
import { readHeaders } from "./cloud-event.ts";
import { countPassed, countUndecodable, countUnknownModel, countValueless } from "./decoder-state.ts";
import type { DecoderState } from "./decoder-state.ts";
import { findOutside, NOTHING } from "./envelope.ts";
import type { RecordBatch } from "./records.ts";
import { isServerDocument } from "./server-document.ts";
import { clearMessage, FAILED, IGNORED, OPENED, UNDECODABLE } from "./server-message.ts";
import type { Opening } from "./server-message.ts";
import { bodyField, writeRows } from "./server-rows.ts";
import type { RowsAt } from "./server-rows.ts";
import type { ServerState } from "./server-state.ts";
import { resetBody } from "./tensor-body.ts";
import type { TensorBody } from "./tensor-body.ts";
import { OVERSIZE, READ, readBody } from "./tensor-body-reader.ts";
import { noteUnknownModel } from "./unknown-models.ts";

/** Decodes requests and responses of model servers into the halves' batches: a record of n rows is n rows. */
export function decodeMessages(
  state: DecoderState,
  server: ServerState,
  batch: RecordBatch,
  times: { readonly clock: DecodingClock; readonly limits: TimeLimits },
): void {
  const { clock, limits } = times;
  const at = { batch, clock, limits, record: 0 };
  for (let record = 0; record < batch.count; record++) {
    const value = batch.values[record];
    const offset = batch.offsets[record];
    at.record = record;
    if (value === null) countValueless(state, offset, batch.headers[record]);
    else if (value.length > state.maxRecordBytes) countPassed(state, offset, "oversize");
    else {
      const read = readMessage(state, server, at, value);
      if (read === IGNORED) countPassed(state, offset, "ignored");
      else if (read === TOO_LARGE) countPassed(state, offset, "oversize");
      else if (read === UNDECODABLE) {
        countUndecodable(state, offset, standInTime(clock, batch.timestamps[record], limits));
      } else {
        takeMessage(state, server, at, value.length);
      }
    }
  }
}

/** It unpacks to more than a record may be. */
const TOO_LARGE = 4;
type Reading = Opening | typeof TOO_LARGE;

/** Reads the record's body into `server.bodies.body`; a failed call has the kind `error` and one row. */
export function readMessage(
  state: DecoderState,
  server: ServerState,
  { batch, record }: Pick<RowsAt, "batch" | "record">,
  value: Uint8Array,
): Reading {
  const { message, bodies } = server;
  const { role } = state.stream;
  clearMessage(message);
  readHeaders(message.attributes, batch.headers[record]);
  const opened = server.open(message, value, batch.keys[record]);
  if (opened === IGNORED || opened === UNDECODABLE) return opened;
  const expected = role === "inputs" ? "request" : role === "outputs" ? "response" : "either";
  const kind = message.kind === "either" ? expected : message.kind;
  if (expected !== "either" && kind !== expected) return IGNORED;
  if (opened === FAILED) return failEmpty(bodies.body);
  // Without an envelope, only where an answer is due does nothing mean failure.
  if (message.body.length === 0) return kind === "response" ? failEmpty(bodies.body) : IGNORED;
  const read = readBody(bodies, message.body, { kind, maxBytes: state.maxRecordBytes });
  if (read === OVERSIZE) return TOO_LARGE;
  const found = bodies.body.kind === "request" ? "request" : "response";
  if (read !== READ || (message.kind !== "either" && found !== message.kind)) {
    return isServerDocument(message.body) ? IGNORED : UNDECODABLE;
  }
  if (expected !== "either" && found !== expected) return IGNORED;
  if (bodies.body.kind !== "error") return OPENED;
  bodies.body.rows = 1;
  return FAILED;
}

/** What says nothing is the answer of a call that failed. */
function failEmpty(body: TensorBody): Opening {
  resetBody(body);
  body.kind = "error";
  body.rows = 1;
  return FAILED;
}

/**
 * So many cells a record may have for each of its bytes, and so many rows it always may: more is nothing but missing cells, or
 * packed too well to be data, and would take memory that the record's size does not show.
 */
const CELLS_OF_BYTE = 16;
const FREE_ROWS = 64;

/** Brings a message's rows to the half of its model. */
function takeMessage(state: DecoderState, server: ServerState, at: RowsAt, bytes: number): void {
  const { body } = server.bodies;
  const offset = at.batch.offsets[at.record];
  const position = findModel(state, server, at);
  const pair = position < 0 ? undefined : server.pairs[position];
  const half = body.kind === "request" ? pair?.input : pair?.output;
  const columns = half === undefined ? 0 : state.targets[half.index].plan.columns.length;
  if ((body.rows - FREE_ROWS) * columns > CELLS_OF_BYTE * bytes) {
    countPassed(state, offset, "oversize");
    return;
  }
  state.ledger.decoded++;
  if (half === undefined) countUnknownModel(state, offset, body.rows);
  else writeRows(state, server, half, at);
}

/** By the map, else by what stands around the body, else by the body; a stream of one model needs no name of it. */
function findModel(state: DecoderState, server: ServerState, { batch, record }: RowsAt): number {
  const { span, message, models, pairs } = server;
  const source = state.record.model;
  let isNamed = false;
  if (source.from === "record") isNamed = bodyField(source.path, server, span);
  else if (source.from !== "nowhere") isNamed = findOutside(source, batch, record, span) !== NOTHING;
  else if (message.model.stop > message.model.start) {
    setSpan(span, message.model.bytes, message.model.start, message.model.stop);
    isNamed = true;
  } else isNamed = bodyField(["model_name"], server, span);
  if (!isNamed || span.start === span.stop) return pairs.length === 1 ? 0 : -1;
  hashSpan(span);
  const index = findCode(models, span);
  if (index < 0) noteUnknownModel(state.unknown, span);
  return index;
}
