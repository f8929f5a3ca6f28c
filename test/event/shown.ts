import { createSpan, setSpan } from "../../src/event/byte-table.ts";
import type { DecodedRecords, EventBatch } from "../../src/event/batch.ts";
import type { Decoder } from "../../src/event/decoder.ts";
import { createSipHash, hashId, publicKeys } from "../../src/event/ids.ts";
import { DROP_REASONS } from "../../src/event/reason.ts";
import { mixRowHigh, mixRowLow } from "../../src/event/row-id.ts";
import { batchOfRecorded } from "./recorded.ts";
import type { Recorded } from "./recorded.ts";
import { cellsOf } from "./records-of.ts";

const MOST_SHOWN = 5;

/** What a record decoded to, as a line that a person can read. */
export function showRecord(decoder: Decoder, record: Recorded, now: number): string {
  const decoded = decoder.decode(batchOfRecorded([record]), { now });
  const rows = rowsOf(decoded, nameIds(record));
  const { ledger, unroutable } = decoded;
  const outcomes = Object.entries(ledger).flatMap(([outcome, count]) => (count > 0 ? [outcome] : []));
  const shown = {
    case: record.case ?? "answer",
    kind: record.kind,
    outcome: outcomes.join(" and "),
    ...unroutable,
    ...(rows.length > 0 && { rows: rows.length <= MOST_SHOWN ? rows : [rows[0], rows[1], rows.at(-1)] }),
    ...(rows.length > MOST_SHOWN && { count: rows.length }),
  };
  return JSON.stringify(shown);
}

/** Every row of every batch, in the order in which they were sent. */
export function rowsOf(decoded: DecodedRecords, names: ReadonlyMap<string, string>): object[] {
  const next = decoded.batches.map(() => 0);
  return Array.from({ length: decoded.rows }, (_, k) => {
    const b = decoded.sequence[k];
    return showRow(decoded.batches[b], next[b]++, names);
  });
}

function showRow(batch: EventBatch, row: number, names: ReadonlyMap<string, string>): object {
  const id = hashText(batch.idHigh[row], batch.idLow[row]);
  const reason = DROP_REASONS[batch.reason[row] - 1];
  const { plan } = batch;
  const cells = cellsOf(batch, row).flatMap((cell, column) =>
    cell === undefined ? [] : [[plan.columns[column].name, typeof cell === "number" ? textOf(cell) : cell]],
  );
  return {
    id: names.get(id) ?? id,
    half: plan.half,
    model: plan.model,
    version: batch.versions[batch.version[row]],
    time: new Date(batch.time[row]).toISOString(),
    ...(reason !== undefined && { reason }),
    ...(batch.rowsOfRecord[row] > 1 && { rowsOfRecord: batch.rowsOfRecord[row] }),
    cells: Object.fromEntries(cells),
  };
}

/** JSON has no NaN and no infinity. */
function textOf(value: number): number | string {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : Object.is(value, -0)
      ? "-0"
      : String(value);
}

function hashText(high: number, low: number): string {
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}

/** The hashes of all ids that the record could have, and of their rows. */
function nameIds({ headers, key_b64, value_b64 }: Recorded): Map<string, string> {
  const candidates = Object.entries(headers).flatMap(([name, value]) =>
    /^ce[-_]id$|^x-request-id$/i.test(name) ? [value].flat() : [],
  );
  if (key_b64 !== null && key_b64 !== undefined) candidates.push(Buffer.from(key_b64, "base64").toString());
  const text = Buffer.from(value_b64 ?? "", "base64").toString("latin1");
  for (const [, id] of text.matchAll(/"id": ?"([^"]*)"/g)) candidates.push(id);
  // Ids of the gRPC recordings stand between bytes that are no text.
  for (const [id] of text.matchAll(/g-[0-9]+/g)) candidates.push(id);
  const sip = createSipHash(publicKeys().id);
  const names = new Map([[hashText(0, 0), "none"]]);
  for (const id of candidates) {
    const span = createSpan();
    const bytes = Buffer.from(id);
    setSpan(span, bytes, 0, bytes.length);
    hashId(sip, span);
    for (let row = 0; row < 500; row++) {
      names.set(hashText(mixRowHigh(sip.high, row), mixRowLow(sip.low, row)), `${id}#${row}`);
    }
  }
  return names;
}
