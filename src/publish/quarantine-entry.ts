import type { DroppedRecord } from "../event/dropped-records.ts";
import { ENVELOPE, ENVELOPE_FAULTS } from "../event/envelope-fault.ts";
import { UNREADABLE } from "../event/unreadable.ts";

/** A dropped record on its way to the quarantine. */
export interface QuarantineEntry {
  readonly stream: string;
  /** Where the stream has one. */
  readonly topic?: string;
  readonly partition: number;
  readonly dropped: DroppedRecord;
  /** Records of the stream that the rate left out since the entry before this one; absent where none. */
  readonly leftOut?: number;
  /** The record as it came, where that was asked for; copies. */
  readonly raw?: RawRecord;
}

export interface RawRecord {
  readonly value: Buffer;
  readonly key?: Buffer;
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
}

/** One Kafka message, as kafkajs takes it. */
export interface OutgoingMessage {
  readonly key: string | Buffer | null;
  readonly value: string | Buffer;
  readonly headers: Readonly<Record<string, string | Buffer | (string | Buffer)[]>>;
}

/** Bytes that the entry holds on to, about. */
export function sizeOf({ raw, dropped }: QuarantineEntry): number {
  const rows = 100 * (1 + dropped.rows.length);
  return raw === undefined ? rows : rows + raw.value.length + (raw.key?.length ?? 0);
}

/** A line of JSON, without its end: where the record stands and why it was dropped; bytes as base64. */
export function toLine(entry: QuarantineEntry): string {
  const { raw } = entry;
  if (raw === undefined) return JSON.stringify(describe(entry));
  const bytes = {
    value: raw.value.toString("base64"),
    ...(raw.key && { key: raw.key.toString("base64") }),
    headers: raw.headers.map(([name, value]) => [name, value.toString("base64")]),
  };
  return JSON.stringify({ ...describe(entry), raw: bytes });
}

/**
 * A Kafka message: the record as it came, or where its bytes are not to be told, the entry's line under its coordinates. The
 * headers `__rule.*` are those of Confluent's dead-letter queues; the others say all else, for whoever reads the bytes only.
 */
export function toMessage(entry: QuarantineEntry): OutgoingMessage {
  const { stream, topic, partition, dropped, raw } = entry;
  const { offset = `${dropped.reason}/${dropped.recordTime}` } = dropped;
  const place = `${stream}/${partition}/${offset}`;
  const headers: Record<string, string | Buffer | (string | Buffer)[]> = {};
  for (const [name, value] of raw?.headers ?? []) {
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  Object.assign(headers, {
    "__rule.name": dropped.reason,
    "__rule.mode": "READ",
    ...(topic !== undefined && { "__rule.topic": topic }),
    "__rule.exception": sentenceOf(dropped),
    "driftd.place": place,
    "driftd.entry": JSON.stringify(describe(entry)),
  });
  if (raw === undefined) return { key: place, value: JSON.stringify(describe(entry)), headers };
  return { key: raw.key ?? null, value: raw.value, headers };
}

function describe({ stream, topic, partition, dropped, leftOut }: QuarantineEntry): object {
  const { offset, count, reason, detail, recordTime, rows } = dropped;
  return {
    stream,
    ...(topic !== undefined && { topic }),
    partition,
    ...(offset !== undefined && { offset }),
    ...(count !== undefined && { count }),
    reason,
    ...(detail !== undefined && { detail }),
    ...(recordTime !== undefined && { recordTime: timeOf(recordTime) }),
    ...(rows.length > 0 && {
      rows: rows.map(({ time, columns, ...row }) => ({
        ...row,
        ...(time !== undefined && { time: timeOf(time) }),
        ...(columns.length > 0 && { columns }),
      })),
    }),
    ...(leftOut !== undefined && { leftOut }),
  };
}

function sentenceOf({ reason, detail, rows, count }: DroppedRecord): string {
  if (count !== undefined)
    return reason === "oversize"
      ? `${count} records were not read: ${reason}.`
      : `${count} rows were dropped: ${reason}.`;
  const why = detail === undefined ? "" : `; ${UNREADABLE[detail]}`;
  if (rows.length === 0) return `The record was dropped: ${reason}${why}.`;
  const parts = ENVELOPE.filter((part) => rows.some(({ envelope }) => envelope?.includes(part)));
  const unread = parts.map((part) => `; ${ENVELOPE_FAULTS[part]}`).join("");
  const columns = [...new Set(rows.flatMap((row) => row.columns))];
  const faulty = columns.length === 0 ? "" : `; faulty columns: ${columns.join(", ")}`;
  return `${rows.length === 1 ? "A row was" : `${rows.length} rows were`} dropped: ${reason}${unread}${faulty}.`;
}

/** RFC 3339; a time that no calendar has, as its number. */
function timeOf(time: number): string | number {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toISOString();
}
