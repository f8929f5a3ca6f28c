import { FIELD_SLOTS } from "../event/field-slots.ts";
import type { FieldSlot } from "../event/field-slots.ts";

/**
 * How a record departs from what the reference had: a type or format that no value of the field was; or what its stream
 * declares, by the keyword that it breaks.
 */
export type DepartureKind = "new" | "absent" | "null" | "enum" | FieldSlot | `declared ${string}`;

/** Records in which one field departed in one way. */
export interface Departure {
  readonly field: string;
  readonly kind: DepartureKind;
  count: number;
  /** Records by who sent them (event/producer.ts), those with the smallest hashes. */
  readonly producers: Map<string, number>;
  /** Values that the reference never had, by how often they came; of `enum` only. */
  readonly values: Map<string, number>;
  /** The id with the smallest keyed hash. */
  rank: string;
  example: string;
}

/**
 * What the sampled records of one pane held, field by field. Counts are added, spans joined, and of what there may be any
 * number the members with the smallest hashes are kept: so merging in any order gives the same.
 */
export interface FieldSummary {
  /** Records that belong to the pane, and those of them that were looked at. */
  records: number;
  sampled: number;
  /** Of the sampled ones, those of another layout than the reference's: nothing of them can be compared. */
  foreign: number;
  /** By stream and partition: the first and the last offset that the pane counts. */
  readonly offsets: Map<string, OffsetSpan>;
  /** By name, one counter per slot of FIELD_SLOTS. */
  readonly fields: Map<string, Float64Array>;
  readonly departures: Map<string, Departure>;
}

export interface OffsetSpan {
  readonly first: number;
  readonly last: number;
}

/** Fields that the reference does not know, beyond which names are being made up. */
export const MOST_STRANGE = 64;
const MOST_DEPARTURES = 128;
const MOST_PRODUCERS = 8;
const MOST_VALUES = 16;

export function createFieldSummary(): FieldSummary {
  return { records: 0, sampled: 0, foreign: 0, offsets: new Map(), fields: new Map(), departures: new Map() };
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

export interface DepartedRecord {
  readonly field: string;
  readonly kind: DepartureKind;
  readonly producer: string;
  readonly rank: string;
  readonly example: string;
  readonly value?: string;
}

export function addDeparture(summary: FieldSummary, departed: DepartedRecord): void {
  const { field, kind, producer, rank, example, value } = departed;
  mergeDeparture(summary, {
    field,
    kind,
    count: 1,
    producers: new Map([[producer, 1]]),
    values: new Map(value === undefined ? [] : [[value, 1]]),
    rank,
    example,
  });
  trimDepartures(summary);
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
  for (const [place, span] of from.offsets) spanOffset(into, place, span);
  for (const [name, counts] of from.fields) {
    const sum = countsOf(into, name);
    for (let slot = 0; slot < sum.length; slot += 1) sum[slot] += counts[slot];
  }
  if (into.fields.size > MOST_STRANGE) trimFields(into, isKnown);
  for (const departure of from.departures.values()) mergeDeparture(into, departure);
  trimDepartures(into);
}

function mergeDeparture({ departures }: FieldSummary, from: Departure): void {
  const key = `${from.kind} ${from.field}`;
  const into = departures.get(key);
  if (into === undefined) {
    const copy = { ...from, producers: new Map(from.producers), values: new Map(from.values) };
    departures.set(key, copy);
    return;
  }
  into.count += from.count;
  addCounts(into.producers, from.producers, MOST_PRODUCERS);
  addCounts(into.values, from.values, MOST_VALUES);
  if (from.rank !== "" && (into.rank === "" || from.rank < into.rank)) {
    into.rank = from.rank;
    into.example = from.example;
  }
}

function trimDepartures({ departures }: FieldSummary): void {
  if (departures.size <= MOST_DEPARTURES) return;
  for (const key of largest([...departures.keys()], MOST_DEPARTURES)) departures.delete(key);
}

function addCounts(into: Map<string, number>, from: ReadonlyMap<string, number>, most: number): void {
  for (const [name, count] of from) into.set(name, (into.get(name) ?? 0) + count);
  if (into.size > most) for (const name of largest([...into.keys()], most)) into.delete(name);
}

/** All but the `most` names with the smallest hashes: which those are does not depend on the order in which names came. */
function largest(names: readonly string[], most: number): string[] {
  return names
    .map((name) => ({ name, hash: hashName(name) }))
    .sort((a, b) => a.hash - b.hash || (a.name < b.name ? -1 : 1))
    .slice(most)
    .map(({ name }) => name);
}

/** FNV-1a, 32 bits, of UTF-16 code units. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
