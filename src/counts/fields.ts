import { FIELD_SLOTS } from "../event/field-slots.ts";
import type { FieldType } from "../event/field-slots.ts";
import { largest, mergeSenders, sendersOf, trimSenders } from "./senders.ts";
import type { Sender, Senders } from "./senders.ts";

/**
 * How a record departs from what is expected: a type or format that no value of the field was; or what its stream declares,
 * by the keyword that it breaks.
 */
export type DepartureKind = "new" | "absent" | "null" | "enum" | FieldType | `declared ${string}`;

/** Records in which one field departed in one way; of `enum` the new values, and how often they came. */
export interface Departure extends Senders {
  readonly field: string;
  readonly kind: DepartureKind;
}

/** Records of a kind that the reference does not know, in which one field was of one type. */
export interface Sighting extends Senders {
  /** What the records are (event/record-fields.ts). A sighting of the holder itself counts its records. */
  readonly holder: string;
  readonly field: string;
  /** The field that holds it; the holder's name at the top. */
  readonly parent: string;
  readonly type: FieldType;
}

/**
 * What the sampled records of one pane held, field by field. Counts are added, spans joined, and of what there may be any
 * number the members with the smallest hashes are kept: so merging in any order gives the same.
 */
export interface FieldSummary {
  /** Records that belong to the pane, and those of them that were looked at. */
  records: number;
  sampled: number;
  /** Of the sampled ones, those of another layout than the reference's: they are sighted. */
  foreign: number;
  /** By stream, partition and side: records that came. */
  readonly seen: Map<string, number>;
  /** By stream and partition: the first and the last offset that the pane counts. */
  readonly offsets: Map<string, OffsetSpan>;
  /** By name, one counter per slot of FIELD_SLOTS; of records of the reference's layout. */
  readonly fields: Map<string, Float64Array>;
  readonly departures: Map<string, Departure>;
  /** Of foreign records. */
  readonly sightings: Map<string, Sighting>;
}

export interface OffsetSpan {
  readonly first: number;
  readonly last: number;
}

/** Fields that the reference does not know, beyond which names are being made up. */
export const MOST_STRANGE = 64;
const MOST_DEPARTURES = 128;
/** Fields and types of foreign records, beyond which names are being made up. */
export const MOST_SIGHTINGS = 1_024;

export function createFieldSummary(): FieldSummary {
  return {
    records: 0,
    sampled: 0,
    foreign: 0,
    seen: new Map(),
    offsets: new Map(),
    fields: new Map(),
    departures: new Map(),
    sightings: new Map(),
  };
}

/** The pane counts the record at `offset`. `place` names its stream and partition. */
export function spanOffset(
  summary: Pick<FieldSummary, "offsets">,
  place: string,
  { first, last }: OffsetSpan,
): void {
  const known = summary.offsets.get(place);
  if (known !== undefined && known.first <= first && known.last >= last) return;
  summary.offsets.set(place, {
    first: Math.min(first, known?.first ?? first),
    last: Math.max(last, known?.last ?? last),
  });
}

/** Counts a value of a field. Fields that `isKnown` does not name share MOST_STRANGE places. */
export function addField(
  summary: FieldSummary,
  name: string,
  slot: number,
  isKnown: (name: string) => boolean,
): void {
  const isFirst = !summary.fields.has(name);
  countsOf(summary, name)[slot] += 1;
  if (isFirst && summary.fields.size > MOST_STRANGE) trimFields(summary, isKnown);
}

function countsOf({ fields }: FieldSummary, name: string): Float64Array {
  let counts = fields.get(name);
  if (counts === undefined) {
    counts = new Float64Array(FIELD_SLOTS.length);
    fields.set(name, counts);
  }
  return counts;
}

function trimFields({ fields }: FieldSummary, isKnown: (name: string) => boolean): void {
  const strange = [...fields.keys()].filter((name) => !isKnown(name));
  for (const name of largest(strange, MOST_STRANGE)) fields.delete(name);
}

export function addDeparture(
  { departures }: FieldSummary,
  departed: Pick<Departure, "field" | "kind"> & Sender,
): void {
  const { field, kind } = departed;
  const departure = { field, kind, ...sendersOf(departed) };
  mergeSenders(departures, departureKey(departure), departure);
  trimSenders(departures, MOST_DEPARTURES);
}

export function addSighting(
  { sightings }: FieldSummary,
  sighted: Pick<Sighting, "holder" | "field" | "parent" | "type"> & Sender,
): void {
  const { holder, field, parent, type } = sighted;
  const sighting = { holder, field, parent, type, ...sendersOf(sighted) };
  mergeSenders(sightings, sightingKey(sighting), sighting);
  trimSenders(sightings, MOST_SIGHTINGS);
}

export function departureKey({ field, kind }: Pick<Departure, "field" | "kind">): string {
  return `${kind} ${field}`;
}

export function sightingKey({ holder, field, type }: Pick<Sighting, "holder" | "field" | "type">): string {
  return JSON.stringify([holder, type, field]);
}

/** Adds a summary of other records; `from` is left as it is. */
export function mergeFields(
  into: FieldSummary,
  from: FieldSummary,
  isKnown: (name: string) => boolean,
): void {
  into.records += from.records;
  into.sampled += from.sampled;
  into.foreign += from.foreign;
  for (const [source, records] of from.seen) into.seen.set(source, (into.seen.get(source) ?? 0) + records);
  for (const [place, span] of from.offsets) spanOffset(into, place, span);
  for (const [name, counts] of from.fields) {
    const sum = countsOf(into, name);
    for (let slot = 0; slot < sum.length; slot += 1) sum[slot] += counts[slot];
  }
  if (into.fields.size > MOST_STRANGE) trimFields(into, isKnown);
  for (const [key, departure] of from.departures) mergeSenders(into.departures, key, departure);
  trimSenders(into.departures, MOST_DEPARTURES);
  for (const [key, sighting] of from.sightings) mergeSenders(into.sightings, key, sighting);
  trimSenders(into.sightings, MOST_SIGHTINGS);
}
