import { judgeTime, standInTime } from "./clock.ts";
import type { DecodingClock, TimeLimits } from "./clock.ts";
import { clearRow } from "./columns.ts";
import {
  countPassed,
  countRow,
  countUndecodable,
  countUnknownModel,
  countValueless,
} from "./decoder-state.ts";
import type { DecoderState } from "./decoder-state.ts";
import { findCode, hashSpan } from "./byte-table.ts";
import { refuseRow } from "./envelope-fault.ts";
import { findInside, findOutside, NOTHING, NUMERAL, OTHER, TEXT, timeOf } from "./envelope.ts";
import { readId } from "./event-id.ts";
import { readCell } from "./json-cell.ts";
import type { Cells } from "./json-cell.ts";
import { ID, MODEL, TIME, VERSION } from "./json-plan.ts";
import { walkRecord } from "./json-walk.ts";
import { readProbabilities } from "./probabilities.ts";
import type { RecordBatch } from "./records.ts";
import { takeFaults } from "./target.ts";
import type { Target } from "./target.ts";
import { versionCode } from "./versions.ts";
import { noteUnknownModel } from "./unknown-models.ts";

/** Decodes JSON records into the targets' batches. */
export function decodeRecords(
  state: DecoderState,
  batch: RecordBatch,
  clock: DecodingClock,
  limits: TimeLimits,
): void {
  const { ledger } = state;
  for (let record = 0; record < batch.count; record++) {
    const value = batch.values[record];
    const offset = batch.offsets[record];
    if (value === null) countValueless(state, offset, batch.headers[record]);
    else if (value.length > state.maxRecordBytes) countPassed(state, offset, "oversize");
    else {
      const found = decodeValue(state, batch, record, value);
      if (found === UNDECODABLE)
        countUndecodable(state, offset, standInTime(clock, batch.timestamps[record], limits));
      else ledger.decoded++;
      if (found === UNKNOWN_MODEL) countUnknownModel(state, offset);
      if (found < 0) continue;
      const target = state.targets[found];
      completeRow(state, target, batch, record);
      judgeTime(target.batch, target.batch.rows, clock, limits);
      countRow(state, found);
    }
  }
}

const UNDECODABLE = -1;
const UNKNOWN_MODEL = -2;

/** Fills the cells of the next row of the record's model, and answers which target that is. */
function decodeValue(state: DecoderState, batch: RecordBatch, record: number, value: Uint8Array): number {
  const inside = state.record.model.from === "record";
  let index = state.current;
  if (!inside) {
    const { span } = state.targets[0].json.cells;
    const kind = findOutside(state.record.model, batch, record, span);
    index = findModel(state, state.targets[0].json.cells, kind);
  }
  const walked = index < 0 ? 0 : index;
  if (!walkInto(state.targets[walked], value)) {
    dropCells(state.targets[walked]);
    return UNDECODABLE;
  }
  if (inside) {
    const { cells } = state.targets[walked].json;
    index = findModel(state, cells, findInside(cells, MODEL));
  }
  if (index === walked) return index;
  dropCells(state.targets[walked]);
  if (index < 0) return UNKNOWN_MODEL;
  // The record is not of the model that the last one was of: its own plan reads it again.
  state.current = index;
  return walkInto(state.targets[index], value) ? index : UNDECODABLE;
}

/** The target of the model that the span names; without a name, the only one there is; else -1. */
function findModel(state: DecoderState, cells: Cells, kind: number): number {
  if (kind === NOTHING) return state.targets.length === 1 ? 0 : -1;
  if (kind !== TEXT) return -1;
  hashSpan(cells.span);
  const index = findCode(state.models, cells.span);
  if (index < 0) noteUnknownModel(state.unknown, cells.span);
  return index;
}

function walkInto(target: Target, value: Uint8Array): boolean {
  const { cells, walk, second, slots, probabilities } = target.json;
  cells.bytes = value;
  cells.row = target.batch.rows;
  if (cells.scratch.length < value.length) cells.scratch = new Uint8Array(value.length * 2);
  if (!walkRecord(walk)) return false;
  for (const { column, position } of second) {
    const at = cells.positions[position];
    const slot = slots[column];
    const isMissing = ((slot.validity[cells.row >> 3] >> (cells.row & 7)) & 1) === 0;
    if (at >= 0 && isMissing && cells.faulty[column] === 0) readCell(cells, slot, at, 0);
  }
  if (probabilities !== undefined) readProbabilities(cells, probabilities);
  return true;
}

function dropCells(target: Target): void {
  takeFaults(target, false);
  clearRow(target.batch, target.batch.rows);
}

/** Writes what is not a column: offset, times as they stand, id, version, reason. */
function completeRow(state: DecoderState, target: Target, batch: RecordBatch, record: number): void {
  const rows = target.batch;
  const row = rows.rows;
  const { cells } = target.json;
  takeFaults(target, true);
  rows.offset[row] = batch.offsets[record];
  rows.recordTime[row] = batch.timestamps[record];
  rows.reason[row] = 0;
  rows.version[row] = 0;

  const version =
    state.record.version.from === "record"
      ? findInside(cells, VERSION)
      : findOutside(state.record.version, batch, record, cells.span);
  if (version === OTHER) refuseRow(rows, row, "version");
  else if (version !== NOTHING) rows.version[row] = versionCode(target.versions, cells.span);

  if (target.plan.needsId) {
    const id =
      state.record.id.from === "record"
        ? findInside(cells, ID)
        : findOutside(state.record.id, batch, record, cells.span);
    const { span } = cells;
    if ((id === TEXT || id === NUMERAL) && readId(state.ids, span)) {
      rows.idHigh[row] = state.ids.sip.high;
      rows.idLow[row] = state.ids.sip.low;
    } else refuseRow(rows, row, "id");
  }

  if (state.record.time.from === "nowhere" && state.stream.role === "labels") {
    // A label stands in no pane of its own: when it came is time enough.
    rows.time[row] = batch.timestamps[record];
    return;
  }
  const isInside = state.record.time.from === "record";
  const time = isInside ? findInside(cells, TIME) : findOutside(state.record.time, batch, record, cells.span);
  rows.time[row] = timeOf(time, cells.span, cells.number, !isInside);
}
