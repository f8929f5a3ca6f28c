import { findCode, spanText } from "./byte-table.ts";
import { judgeTime, standInTime } from "./clock.ts";
import type { DecodingClock, TimeLimits } from "./clock.ts";
import { sortFaults } from "./columns.ts";
import { countRow, countUndecodable, countUnknownModel } from "./decoder-state.ts";
import type { DecoderState, Envelope } from "./decoder-state.ts";
import { refuseRow } from "./envelope-fault.ts";
import { TEXT, timeOf } from "./envelope.ts";
import type { EnvelopeSource } from "./envelope.ts";
import { readId } from "./event-id.ts";
import type { TableBatch } from "./records.ts";
import { fillColumn, tableColumn } from "./table-column.ts";
import { fillProbabilities } from "./table-probabilities.ts";
import type { Target } from "./target.ts";
import { epochToMilliseconds } from "./time.ts";
import { versionCode } from "./versions.ts";
import { noteUnknownModel } from "./unknown-models.ts";

/** The values of each field of the envelope, by row; undefined where the table has no such column. */
type Fields = { readonly [K in keyof Envelope]: ArrayLike<unknown> | undefined };

/** Decodes the rows of a columnar file into the targets' batches: first every row's envelope, then column by column. */
export function decodeRows(
  state: DecoderState,
  table: TableBatch,
  clock: DecodingClock,
  limits: TimeLimits,
): void {
  const { ledger, targets } = state;
  const fields: Fields = {
    id: fieldColumn(table, state.table.id),
    time: fieldColumn(table, state.table.time),
    model: fieldColumn(table, state.table.model),
    version: fieldColumn(table, state.table.version),
  };
  for (const index of targets.keys()) {
    if (state.tableRows[index].length < table.count) state.tableRows[index] = new Uint32Array(table.count);
  }
  for (let row = 0; row < table.count; row++) {
    if (table.broken !== undefined && table.broken[row] !== 0) {
      countUndecodable(state, table.firstOffset + row, standInTime(clock, NaN, limits));
      continue;
    }
    ledger.decoded++;
    const index = findTarget(state, fields.model?.[row]);
    if (index < 0) {
      countUnknownModel(state, table.firstOffset + row);
      continue;
    }
    const { batch } = targets[index];
    state.tableRows[index][batch.rows] = row;
    batch.offset[batch.rows] = table.firstOffset + row;
    completeRow(state, targets[index], fields, row);
    judgeTime(batch, batch.rows, clock, limits);
    countRow(state, index);
  }
  const isText = state.stream.format === "csv";
  for (const [index, target] of targets.entries()) {
    const fill = { target, table, map: state.tableMap, rows: state.tableRows[index], isText };
    for (const column of target.plan.columns.keys()) fillColumn(fill, column);
    fillProbabilities(fill);
    sortFaults(target.batch);
  }
}

function fieldColumn(table: TableBatch, source: EnvelopeSource): ArrayLike<unknown> | undefined {
  if (source.from === "record") return tableColumn(table, source.path);
  if (source.from !== "value") return undefined;
  return Array.from({ length: table.count }, () => source.text);
}

function findTarget(state: DecoderState, value: unknown): number {
  if (value === null || value === undefined || value === "") return state.targets.length === 1 ? 0 : -1;
  if (typeof value !== "string") return -1;
  if (value === state.targets[state.current].plan.model) return state.current;
  const { span } = state.targets[0].json.cells;
  spanText(span, value);
  const index = findCode(state.models, span);
  if (index >= 0) state.current = index;
  else noteUnknownModel(state.unknown, span);
  return index;
}

/** Writes what is not a column: times as they stand, id, version, reason. */
function completeRow(state: DecoderState, target: Target, fields: Fields, row: number): void {
  const rows = target.batch;
  const at = rows.rows;
  const { span, number } = target.json.cells;
  rows.recordTime[at] = NaN;
  rows.reason[at] = 0;
  rows.version[at] = 0;

  const version = textOf(fields.version?.[row]);
  if (version === undefined) refuseRow(rows, at, "version");
  else if (version !== "") {
    spanText(span, version);
    rows.version[at] = versionCode(target.versions, span);
  }

  if (target.plan.needsId) {
    const id = textOf(fields.id?.[row]);
    spanText(span, id ?? "");
    if (readId(state.ids, span)) {
      rows.idHigh[at] = state.ids.sip.high;
      rows.idLow[at] = state.ids.sip.low;
    } else refuseRow(rows, at, "id");
  }

  const time = fields.time?.[row];
  if (typeof time === "number") rows.time[at] = epochToMilliseconds(time);
  else if (typeof time === "bigint") rows.time[at] = epochToMilliseconds(Number(time));
  else if (time instanceof Date) rows.time[at] = time.getTime();
  else if (typeof time === "string") {
    spanText(span, time);
    rows.time[at] = timeOf(TEXT, span, number, true);
  } else rows.time[at] = NaN;
}

/** "" where there is nothing; undefined where it is neither text nor a number. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  return typeof value === "number" || typeof value === "bigint" ? String(value) : undefined;
}
