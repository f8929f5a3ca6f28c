import { setSpan } from "./byte-table.ts";
import type { ByteSpan } from "./byte-table.ts";
import { judgeTime } from "./clock.ts";
import type { DecodingClock, TimeLimits } from "./clock.ts";
import { countRows } from "./decoder-state.ts";
import type { DecoderState } from "./decoder-state.ts";
import { refuseRow } from "./envelope-fault.ts";
import { findOutside, NOTHING, TEXT, timeOf } from "./envelope.ts";
import { readId } from "./event-id.ts";
import { fillHalf } from "./half.ts";
import type { Half } from "./half.ts";
import { reasonCode } from "./reason.ts";
import type { RecordBatch } from "./records.ts";
import { mixRowHigh, mixRowLow } from "./row-id.ts";
import type { ServerState } from "./server-state.ts";
import { reserveRows } from "./target.ts";
import { versionCode } from "./versions.ts";

const FAILED = reasonCode("failed");

/** Which record is in hand. */
export interface RowsAt {
  readonly batch: RecordBatch;
  readonly record: number;
  readonly clock: DecodingClock;
  readonly limits: TimeLimits;
}

/** Writes the rows of the body in hand to a half's batch; of a call that failed, one row that says so. */
export function writeRows(state: DecoderState, server: ServerState, half: Half, at: RowsAt): void {
  const { body } = server.bodies;
  const { rows } = body;
  if (rows === 0) return;
  const target = state.targets[half.index];
  reserveRows(target, rows);
  const { batch } = target;
  const first = batch.rows;
  const isFailed = body.kind === "error";
  if (!isFailed) fillHalf(half, target, body);
  batch.offset[first] = at.batch.offsets[at.record];
  batch.recordTime[first] = at.batch.timestamps[at.record];
  batch.time[first] = readTime(state, server, at);
  batch.version[first] = readVersion(state, server, at) ? versionCode(target.versions, server.span) : 0;
  batch.reason[first] = isFailed ? FAILED : 0;
  const hasId = readOwnId(state, server, at);
  if (!hasId) refuseRow(batch, first, "id");
  const { high, low } = state.ids.sip;
  batch.idHigh[first] = hasId ? high : 0;
  batch.idLow[first] = hasId ? low : 0;
  judgeTime(batch, first, at.clock, at.limits);
  batch.rowsOfRecord[first] = rows;
  batch.rowInRecord[first] = 0;
  for (let k = 1; k < rows; k++) {
    const row = first + k;
    batch.offset[row] = batch.offset[first];
    batch.recordTime[row] = batch.recordTime[first];
    batch.time[row] = batch.time[first];
    batch.version[row] = batch.version[first];
    batch.reason[row] = batch.reason[first];
    batch.envelope[row] = batch.envelope[first];
    batch.idHigh[row] = hasId ? mixRowHigh(high, k) : 0;
    batch.idLow[row] = hasId ? mixRowLow(low, k) : 0;
    batch.rowsOfRecord[row] = 0;
    batch.rowInRecord[row] = k;
  }
  countRows(state, half.index, rows);
}

/** NaN where there is no time that can be read; when the record came, where none is said. */
function readTime(state: DecoderState, { message, span, number }: ServerState, at: RowsAt): number {
  const source = state.record.time;
  if (source.from !== "nowhere")
    return timeOf(findOutside(source, at.batch, at.record, span), span, number, true);
  if (message.isTimeDoubtful) return NaN;
  if (message.time.stop === message.time.start) return at.batch.timestamps[at.record];
  return timeOf(TEXT, message.time, number, true);
}

/** Hashes the record's id; false if it has none. */
function readOwnId(state: DecoderState, server: ServerState, at: RowsAt): boolean {
  return findOwnId(state, server, at) && readId(state.ids, server.span);
}

/**
 * Points the span of `server` at the id of the record in hand: by the map, else what stands around the body, else the body's own;
 * false if it has none.
 */
export function findOwnId(
  state: DecoderState,
  server: ServerState,
  at: Pick<RowsAt, "batch" | "record">,
): boolean {
  const { message, span } = server;
  const source = state.record.id;
  if (source.from === "record") return bodyField(source.path, server, span);
  if (source.from !== "nowhere") return findOutside(source, at.batch, at.record, span) !== NOTHING;
  if (message.isIdDoubtful) return false;
  if (message.id.stop > message.id.start) {
    setSpan(span, message.id.bytes, message.id.start, message.id.stop);
    return true;
  }
  return message.takesBodyId && bodyField(["id"], server, span);
}

/** Points the span at the version: by the map, else the body's, else what stands around it. */
function readVersion(state: DecoderState, server: ServerState, at: RowsAt): boolean {
  const { message, span } = server;
  const source = state.record.version;
  if (source.from === "record") return bodyField(source.path, server, span);
  if (source.from !== "nowhere") return findOutside(source, at.batch, at.record, span) !== NOTHING;
  if (bodyField(["model_version"], server, span)) return true;
  const { bytes, start, stop } = message.version;
  setSpan(span, bytes, start, stop);
  return stop > start;
}

/** Points the span at one of the fields that a body may have beside its tensors; false where it has none. */
export function bodyField(path: readonly string[], { bodies }: ServerState, span: ByteSpan): boolean {
  const { id, model, version } = bodies.body;
  const [name] = path;
  const field =
    name === "id" ? id : name === "model_name" ? model : name === "model_version" ? version : undefined;
  if (field === undefined || field.start === field.stop) return false;
  setSpan(span, field.bytes, field.start, field.stop);
  return true;
}
