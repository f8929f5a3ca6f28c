import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { splitItems } from "../../src/stream/http-items.ts";
import type { RecordBatch, RecordHeaders } from "../../src/event/records.ts";

/** One record of a recording: test/event/wire/README.md says what each field is. */
export interface Recorded {
  readonly key_b64?: string | null;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly headers_b64?: Readonly<Record<string, readonly string[]>>;
  readonly value_b64: string | null;
  readonly timestamp: number;
  readonly case?: string;
  readonly kind: string;
  readonly note: string;
  readonly topic?: string;
  readonly transport: string;
}

export function readRecording(name: string): Recorded[] {
  const file = fileURLToPath(new URL(`wire/${name}.jsonl`, import.meta.url));
  // The recordings are ours, written by the tools that their README names.
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Recorded);
}

/** The events of a batch, each as a record of its own, as the HTTP door hands them on. */
export function splitBatch(record: Recorded): Recorded[] {
  if (record.headers["content-type"] !== "application/cloudevents-batch+json") return [record];
  const items =
    splitItems(Buffer.from(record.value_b64 ?? "", "base64"), { isLines: false, most: 100 }) ?? [];
  const headers = { "content-type": "application/cloudevents+json" };
  return items.map((item) => ({ ...record, headers, value_b64: Buffer.from(item).toString("base64") }));
}

/** Recorded records as a source hands them on: of the first partition, from offset 0. */
export function batchOfRecorded(records: readonly Recorded[]): RecordBatch {
  return {
    kind: "records",
    stream: "s",
    partition: 0,
    count: records.length,
    offsets: Float64Array.from(records, (_, i) => i),
    timestamps: Float64Array.from(records, ({ timestamp }) => timestamp),
    values: records.map(({ value_b64 }) => bytesOf(value_b64)),
    keys: records.map(({ key_b64 }) => bytesOf(key_b64 ?? null)),
    headers: records.map(headersOf),
    end: records.length,
  };
}

function bytesOf(base64: string | null): Uint8Array | null {
  return base64 === null ? null : Buffer.from(base64, "base64");
}

/** As kafkajs hands them on: bytes. */
function headersOf({ headers, headers_b64 }: Recorded): RecordHeaders {
  const texts = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === "string" ? Buffer.from(value) : value.map((one) => Buffer.from(one)),
  ]);
  const bytes = Object.entries(headers_b64 ?? {}).map(([name, values]) => [
    name,
    values.map((value) => Buffer.from(value, "base64")),
  ]);
  return Object.fromEntries([...texts, ...bytes]);
}
