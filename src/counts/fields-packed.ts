import { FIELD_SLOTS } from "../event/field-slots.ts";
import { createFieldSummary } from "./fields.ts";
import type { DepartureKind, FieldSummary } from "./fields.ts";
import { openBytes, packBytes } from "./packed.ts";

/** As JSON: what has been counted nowhere is left out. */
interface Plain {
  readonly records: number;
  readonly sampled: number;
  readonly foreign: number;
  readonly offsets: readonly [string, number, number][];
  /** Name, then pairs of slot and count. */
  readonly fields: readonly [string, ...number[]][];
  readonly departures: readonly PlainDeparture[];
}

type PlainDeparture = readonly [
  field: string,
  kind: DepartureKind,
  count: number,
  producers: readonly [string, number][],
  values: readonly [string, number][],
  rank: string,
  example: string,
];

/** The summary as the bytes of a pane: the same content gives the same bytes. */
export function packFields(summary: FieldSummary): Uint8Array {
  const { records, sampled, foreign, offsets, fields, departures } = summary;
  const plain: Plain = {
    records,
    sampled,
    foreign,
    offsets: sorted(offsets).map(([place, { first, last }]) => [place, first, last]),
    fields: sorted(fields).map(([name, counts]) => [name, ...pairsOf(counts)]),
    departures: sorted(departures).map(([, one]) => [
      one.field,
      one.kind,
      one.count,
      sorted(one.producers),
      sorted(one.values),
      one.rank,
      one.example,
    ]),
  };
  return packBytes(new TextEncoder().encode(JSON.stringify(plain)));
}

/** The bytes must have passed checkPacked. */
export function unpackFields(bytes: Uint8Array): FieldSummary {
  // Written by packFields and guarded by the pane's checksum.
  const plain = JSON.parse(new TextDecoder().decode(openBytes(bytes))) as Plain;
  const summary = createFieldSummary();
  summary.records = plain.records;
  summary.sampled = plain.sampled;
  summary.foreign = plain.foreign;
  for (const [place, first, last] of plain.offsets) summary.offsets.set(place, { first, last });
  for (const [name, ...pairs] of plain.fields) {
    const counts = new Float64Array(FIELD_SLOTS.length);
    for (let i = 0; i < pairs.length; i += 2) counts[pairs[i]] = pairs[i + 1];
    summary.fields.set(name, counts);
  }
  for (const [field, kind, count, producers, values, rank, example] of plain.departures) {
    const departure = { field, kind, count, producers: new Map(producers), values: new Map(values) };
    summary.departures.set(`${kind} ${field}`, { ...departure, rank, example });
  }
  return summary;
}

function pairsOf(counts: Float64Array): number[] {
  const pairs: number[] = [];
  for (let slot = 0; slot < counts.length; slot += 1) {
    if (counts[slot] !== 0) pairs.push(slot, counts[slot]);
  }
  return pairs;
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
