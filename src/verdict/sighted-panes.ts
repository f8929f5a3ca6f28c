import type { ExpectedEntry, FieldExpectation } from "../counts/expected-fields.ts";
import { departureOf } from "../counts/expected-fields.ts";
import {
  createFieldSummary,
  departureKey,
  type Departure,
  type DepartureKind,
  type FieldSummary,
  MOST_SIGHTINGS,
  type Sighting,
} from "../counts/fields.ts";
import { mergeSenders, type Senders } from "../counts/senders.ts";
import { FIELD_SLOTS, isTensorType } from "../event/field-slots.ts";
import type { FieldPane } from "./field-panes.ts";
import { anyWidth, slotOfType } from "./learnt-fields.ts";

/** The holders of the foreign records of some panes. */
export function holdersIn(panes: readonly FieldPane[]): string[] {
  const holders = new Set<string>();
  for (const { summary } of panes) for (const { holder } of summary.sightings.values()) holders.add(holder);
  return [...holders].sort();
}

/**
 * A pane as if it had the records of one kind only, and they had been compared with `expected` as they came. Without it, they
 * are held only against what their stream declares.
 */
export function paneOfKind(
  { start, summary }: FieldPane,
  holder: string,
  expected: FieldExpectation | undefined,
): FieldPane {
  const own = createFieldSummary();
  const sighted = new Map<string, Sighting[]>();
  for (const sighting of summary.sightings.values()) {
    if (sighting.holder !== holder) continue;
    sighted.set(sighting.field, [...(sighted.get(sighting.field) ?? []), sighting]);
  }
  const [records] = sighted.get(holder) ?? [];
  own.sampled = records?.count ?? 0;
  sighted.delete(holder);
  for (const [field, sightings] of sighted) {
    const counts = FIELD_SLOTS.map(() => 0);
    for (const { type, count } of sightings) counts[slotOfType(type)] += count;
    own.fields.set(field, Float64Array.from(counts));
    if (expected === undefined) continue;
    const entry = expected.entries[expected.byName.get(field) ?? -1];
    for (const sighting of sightings) compare(own, sighting, { entry, expected });
  }
  for (const departure of summary.departures.values()) {
    if (departure.kind.startsWith("declared ") && isHeld(departure.field, holder))
      own.departures.set(departureKey(departure), departure);
  }
  // Beyond so many some are forgotten, and seem absent.
  const isWhole = summary.sightings.size < MOST_SIGHTINGS;
  if (expected !== undefined && records !== undefined && isWhole)
    addAbsent(own, { expected, sighted, records });
  return { start, summary: own };
}

/** The pane without the records of those holders; those of whole events stay. */
export function paneWithout({ start, summary }: FieldPane, holders: readonly string[]): FieldPane {
  const others = holders.filter((holder) => holder !== "");
  if (others.length === 0) return { start, summary };
  const own = [...summary.departures].filter(
    ([, { field }]) => !others.some((holder) => isHeld(field, holder)),
  );
  let sampled = 0;
  for (const { holder, field, count } of summary.sightings.values())
    if (others.includes(holder) && field === holder) sampled += count;
  return {
    start,
    summary: {
      ...summary,
      sampled: summary.sampled - sampled,
      foreign: summary.foreign - sampled,
      departures: new Map(own),
    },
  };
}

/** As event/record-fields.ts names what is held. */
function isHeld(field: string, holder: string): boolean {
  return holder !== "" && (field.startsWith(`${holder}.`) || field.startsWith(`${holder}/`));
}

function compare(
  own: FieldSummary,
  sighting: Sighting,
  { entry, expected }: { entry: ExpectedEntry | undefined; expected: FieldExpectation },
): void {
  const { field, holder, parent, type, values } = sighting;
  if (entry === undefined) {
    // What a new field holds is new with it.
    if (parent !== holder && !expected.byName.has(parent)) return;
    const types = new Map(isTensorType(type) ? [[type, sighting.count]] : []);
    depart(own, { field, kind: "new" }, { ...sighting, values: types });
    return;
  }
  if (!entry.isJudged) return;
  const { tensors = [] } = entry.field;
  const departed = isTensorType(type)
    ? tensors.includes(type) || tensors.includes(anyWidth(type))
      ? undefined
      : type
    : departureOf(entry, slotOfType(type));
  if (departed !== undefined) depart(own, { field, kind: departed }, { ...sighting, values: new Map() });
  if (departed !== undefined || entry.values === undefined) return;
  const fresh = [...values].filter(([value]) => entry.values?.has(value) === false);
  const count = fresh.reduce((sum, [, n]) => sum + n, 0);
  if (count > 0) depart(own, { field, kind: "enum" }, { ...sighting, count, values: new Map(fresh) });
}

function depart(
  { departures }: FieldSummary,
  { field, kind }: { field: string; kind: DepartureKind },
  { count, producers, values, rank, example }: Senders,
): void {
  const departure: Departure = { field, kind, count, producers, values, rank, example };
  mergeSenders(departures, departureKey(departure), departure);
}

/** Records without what every one had; where the holder of a field is absent too, that says it. */
function addAbsent(
  own: FieldSummary,
  options: {
    expected: FieldExpectation;
    sighted: ReadonlyMap<string, readonly Sighting[]>;
    records: Sighting;
  },
): void {
  const { expected, sighted, records } = options;
  for (const { field, isRequired, parent } of expected.entries) {
    if (!isRequired) continue;
    const objects = parent < 0 ? [records] : (sighted.get(expected.entries[parent].field.name) ?? []);
    const holders = objects.find(({ type }) => type === "object");
    const missing = holders && without(holders, sighted.get(field.name) ?? []);
    if (missing !== undefined && missing.count > 0)
      depart(own, { field: field.name, kind: "absent" }, missing);
  }
}

/** The records of `all` that are not among `some`, as far as counts tell whose they are. */
function without(all: Senders, some: readonly Senders[]): Senders {
  const producers = new Map<string, number>();
  for (const [producer, count] of all.producers) {
    const left = some.reduce((sum, one) => sum - (one.producers.get(producer) ?? 0), count);
    if (left > 0) producers.set(producer, left);
  }
  // The smallest rank of all is another record's than that of some: then it is among the others.
  const isOther = some.every(({ rank }) => rank === "" || rank !== all.rank);
  const count = some.reduce((sum, one) => sum - one.count, all.count);
  const { rank, example } = isOther ? all : { rank: "", example: "" };
  return { count, producers, values: new Map(), rank, example };
}
