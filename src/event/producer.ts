import { decodeText } from "./dictionary.ts";
import type { RecordHeaders, SourceBatch } from "./records.ts";

/** Who sent a record, as far as it tells. */
export interface Producer {
  readonly partition: number;
  /** Of the model that answered. */
  readonly version?: string;
  /** By name in lower case: the headers that say who sent the record, and by which schema. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Headers by which producers, CloudEvents and schema registries name themselves. */
const TELLING: ReadonlySet<string> = new Set([
  "producer",
  "client-id",
  "ce-source",
  "ce_source",
  "ce-dataschema",
  "ce_dataschema",
  "content-type",
  "schema-id",
  "apicurio.value.globalid",
]);
const LONGEST_HEADER = 64;

/**
 * JSON of a Producer with its keys in one order: the same text for the same producer. `record` is its place in the batch,
 * `event` what its CloudEvent names as its source, also where that stands in no header.
 */
export function producerOf(
  source: SourceBatch | undefined,
  record: number,
  { version, event = "" }: { readonly version: string; readonly event?: string },
): string {
  const told = source?.kind === "records" ? tellingHeaders(source.headers[record]) : [];
  const isTold = event === "" || told.some(([name]) => name === "ce_source" || name === "ce-source");
  const headers = isTold ? told : sortHeaders([...told, ["ce_source", printable(event)]]);
  const producer: Producer = {
    partition: source?.partition ?? 0,
    ...(version === "" ? {} : { version }),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
  };
  return JSON.stringify(producer);
}

function tellingHeaders(headers: RecordHeaders | undefined): [string, string][] {
  if (headers === undefined) return [];
  const told = Object.entries(headers).flatMap(([key, value]): [string, string][] => {
    const name = key.toLowerCase();
    const first = typeof value === "string" || value instanceof Uint8Array ? value : value?.[0];
    if (first === undefined || !TELLING.has(name)) return [];
    const text = typeof first === "string" ? first : decodeText(first.subarray(0, LONGEST_HEADER));
    return [[name, printable(text)]];
  });
  return sortHeaders(told);
}

function sortHeaders(headers: [string, string][]): [string, string][] {
  return headers.sort(([a], [b]) => (a < b ? -1 : 1));
}

function printable(text: string): string {
  return text.slice(0, LONGEST_HEADER).replaceAll(/[^\x20-\x7e]/g, "?");
}

export function parseProducer(text: string): Producer {
  // Written by producerOf.
  return JSON.parse(text) as Producer;
}
