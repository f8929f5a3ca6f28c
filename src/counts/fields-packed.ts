import { FIELD_SLOTS } from "../event/field-slots.ts";
import type { FieldType } from "../event/field-slots.ts";
import { createFieldSummary, departureKey, sightingKey } from "./fields.ts";
import type { DepartureKind, FieldSummary } from "./fields.ts";
import { openBytes, packBytes } from "./packed.ts";
import type { Senders } from "./senders.ts";

/** As JSON: what has been counted nowhere is left out. */
interface Plain {
  readonly records: number;
  readonly sampled: number;
  readonly foreign: number;
  readonly offsets: readonly [string, number, number][];
  /** Name, then pairs of slot and count. */
  readonly fields: readonly [string, ...number[]][];
  readonly departures: readonly PlainDeparture[];
  /** Absent where an older driftd wrote. */
  readonly seen?: readonly [string, number][];
  readonly sightings?: readonly PlainSighting[];
}

type PlainDeparture = readonly [field: string, kind: DepartureKind, ...senders: PlainSenders];

type PlainSighting = readonly [
  holder: string,
  field: string,
  parent: string,
  type: FieldType,
  ...senders: PlainSenders,
];

type PlainSenders = readonly [
  count: number,
  producers: readonly [string, number][],
  values: readonly [string, number][],
  rank: string,
  example: string,
];

/** The summary as the bytes of a pane: the same content gives the same bytes. */
export function packFields(summary: FieldSummary): Uint8Array {
  const { records, sampled, foreign, offsets, fields, departures, seen, sightings } = summary;
  const plain: Plain = {
    records,
    sampled,
    foreign,
    offsets: sorted(offsets).map(([place, { first, last }]) => [place, first, last]),
    fields: sorted(fields).map(([name, counts]) => [name, ...pairsOf(counts)]),
    departures: sorted(departures).map(([, one]) => [one.field, one.kind, ...plainSenders(one)]),
    seen: sorted(seen),
    sightings: sorted(sightings).map(([, one]) => [
      one.holder,
      one.field,
      one.parent,
      one.type,
      ...plainSenders(one),
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
  for (const [field, kind, ...senders] of plain.departures) {
    summary.departures.set(departureKey({ field, kind }), { field, kind, ...sendersOfPlain(senders) });
  }
  for (const [source, count] of plain.seen ?? []) summary.seen.set(source, count);
  for (const [holder, field, parent, type, ...senders] of plain.sightings ?? []) {
    const sighting = { holder, field, parent, type, ...sendersOfPlain(senders) };
    summary.sightings.set(sightingKey(sighting), sighting);
  }
  return summary;
}

function plainSenders({ count, producers, values, rank, example }: Senders): PlainSenders {
  return [count, sorted(producers), sorted(values), rank, example];
}

function sendersOfPlain([count, producers, values, rank, example]: PlainSenders): Senders {
  return { count, producers: new Map(producers), values: new Map(values), rank, example };
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
