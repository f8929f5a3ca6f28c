import type { ExpectedField, FieldExpectation } from "../counts/expected-fields.ts";
import type { Departure, DepartureKind } from "../counts/fields.ts";
import { FIELD_SLOTS, FIRST_TEXT, isTensorType, SLOT } from "../event/field-slots.ts";
import { parseProducer, type Producer } from "../event/producer.ts";
import {
  countsIn,
  type FieldPane,
  LEAST_RECORDS,
  recentPanes,
  sampledIn,
  sumOf,
  valuesIn,
} from "./field-panes.ts";
import { describeExpected, describeSlots, describeTensors } from "./field-types.ts";

export type ChangeKind = "new" | "gone" | "type" | "enum" | "format" | "nullability" | "declared";

/** One field whose records are no longer what the reference's were. Times are RFC 3339 UTC, starts of panes. */
export interface FieldChange {
  readonly field: string;
  readonly kind: ChangeKind;
  /** Types as people say them: `integer`, `text (date)`. Of a new field only what it is, of one that is gone what it was. */
  readonly from?: string;
  readonly to?: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Sampled records in which it was seen, of those since the first. */
  readonly records: number;
  readonly sampled: number;
  /** Share of the records sampled last. */
  readonly share: number;
  /** Of `declared`: the keyword of the stream's schema that it breaks. */
  readonly keyword?: string;
  /** Of `enum`: new values, as far as they may be named. */
  readonly values?: readonly string[];
  /** The first records of the kind, where they and not the reference say what is expected: how many, and of when. */
  readonly learntFrom?: { readonly records: number; readonly from: string; readonly through: string };
  /** Who sent them, most first. */
  readonly producers: readonly Producer[];
  /** Id of one of the records. */
  readonly example?: string;
}

/** Closed panes of all tasks, by start. */
export interface FieldPanes {
  readonly panes: readonly FieldPane[];
  /** Changes that were told before (`changeKey`): they last while any record shows them. */
  readonly known: { has(key: string): boolean };
  /** Rows that must have a value in common for it to be named. */
  readonly floor: number;
  /** As many records of those that say what is expected may have had a field without its being known. */
  readonly unkept: number;
}

const LEAST_CASES = 10;
const LEAST_SHARE = 0.01;
/** A reference of so many values would hardly have missed a share of this many in as many (e^-5). */
const MISSED = 5;
const WHOLE = 0.99;
/** Below this share of the reference's records a field that is not seen may be chance. */
const LEAST_USUAL = 0.05;
const LEAST_EXPECTED = 20;
const MOST_TOLD = 4;

/** Nulls and absence are one change of the same field, and so is a text where none was, whatever it looks like. */
export function changeKey({ field, kind, keyword }: Pick<FieldChange, "field" | "kind" | "keyword">): string {
  if (keyword !== undefined) return `${kind} ${keyword} ${field}`;
  return `${kind === "gone" ? "nullability" : kind} ${field}`;
}

/**
 * What has changed in the panes of one window and is still so. Plain limits, since there is no null: at least ten records,
 * and a share of them that the reference can hardly have missed.
 */
export function changesOf(expected: FieldExpectation, window: FieldPanes): FieldChange[] {
  const departures = new Map<string, Departed>();
  for (const { start, summary } of window.panes) {
    for (const departure of summary.departures.values()) gather(departures, departure, start);
  }
  const changes = [...departures.values()].flatMap((departed) => judge(departed, expected, window));
  return [...changes, ...vanished(expected, window)].sort((a, b) =>
    `${a.field} ${a.kind}` < `${b.field} ${b.kind}` ? -1 : 1,
  );
}

type Group = "new" | "absence" | "type" | "enum" | "format" | `declared ${string}`;

const DECLARED = "declared ";

/** All departures of a field that are one change. */
interface Departed {
  readonly group: Group;
  readonly field: string;
  readonly slots: Set<number>;
  readonly kinds: Set<DepartureKind>;
  readonly first: number;
  last: number;
  records: number;
  readonly producers: Map<string, number>;
  readonly values: Map<string, number>;
  rank: string;
  example: string;
}

function groupOf({ kind }: Departure): Group {
  if (kind === "new" || kind === "enum") return kind;
  if (kind === "absent" || kind === "null") return "absence";
  if (isDeclared(kind)) return kind;
  return slotOf(kind) >= FIRST_TEXT ? "format" : "type";
}

function gather(departures: Map<string, Departed>, departure: Departure, start: number): void {
  const { field, kind, count, producers, values, rank, example } = departure;
  const group = groupOf(departure);
  const key = `${group} ${field}`;
  let into = departures.get(key);
  if (into === undefined) {
    const counts = { records: 0, producers: new Map(), values: new Map() };
    into = {
      group,
      field,
      slots: new Set(),
      kinds: new Set(),
      first: start,
      last: start,
      rank: "",
      example: "",
      ...counts,
    };
    departures.set(key, into);
  }
  into.last = start;
  into.records += count;
  into.kinds.add(kind);
  if (slotOf(kind) >= 0) into.slots.add(slotOf(kind));
  for (const [name, n] of producers) into.producers.set(name, (into.producers.get(name) ?? 0) + n);
  for (const [name, n] of values) into.values.set(name, (into.values.get(name) ?? 0) + n);
  if (rank !== "" && (into.rank === "" || rank < into.rank)) Object.assign(into, { rank, example });
}

function judge(departed: Departed, expected: FieldExpectation, window: FieldPanes): FieldChange[] {
  const { group, field, records } = departed;
  const entry = expected.entries[expected.byName.get(field) ?? -1]?.field;
  const since = window.panes.filter(({ start }) => start >= departed.first);
  const sampled = sampledIn(since);
  // So many that a change which goes on is hardly missed in them (e^-5).
  const recent = recentPanes(window.panes, Math.max(LEAST_RECORDS, (MISSED * sampled) / records));
  const share = Math.min(1, casesIn(recent, departed) / sampledIn(recent));
  const kind = kindOf(departed, entry, group === "absence" && valuesIn(recent, field) === 0);
  if (share === 0) return [];
  const keyword = isDeclared(group) ? { keyword: group.slice(DECLARED.length) } : {};
  if (!window.known.has(changeKey({ field, kind, ...keyword }))) {
    const least = group === "enum" ? window.floor : LEAST_CASES;
    const { unkept } = window;
    const enough = leastShare(departed, entry, { sampled: expected.sampled, unkept });
    const isNews = records >= least && records / sampled >= enough;
    // Of the pane in which it began a part says less than the next pane will.
    if (!isNews || (share < WHOLE && departed.last === departed.first)) return [];
  }
  const values = [...departed.values].filter(([, count]) => count >= window.floor).map(([value]) => value);
  return [
    {
      field,
      kind,
      ...keyword,
      ...typesOf(kind, entry, { departed, window }),
      firstSeen: new Date(departed.first).toISOString(),
      lastSeen: new Date(departed.last).toISOString(),
      records,
      sampled,
      share,
      ...(kind === "enum" ? { values: values.sort() } : {}),
      producers: [...departed.producers]
        .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
        .slice(0, MOST_TOLD)
        .map(([text]) => parseProducer(text)),
      ...(departed.example === "" ? {} : { example: departed.example }),
    },
  ];
}

/** Of a text field that had rare values too, twice their share. */
function leastShare(
  { group }: Departed,
  entry: ExpectedField | undefined,
  { sampled, unkept }: { sampled: number; unkept: number },
): number {
  // A schema needs no reference.
  if (isDeclared(group)) return LEAST_SHARE;
  if (entry === undefined) return Math.max(LEAST_SHARE, (2 * unkept) / sampled, MISSED / sampled);
  const seen = sumOf(entry.counts);
  const rare = group === "enum" ? (2 * (entry.rest ?? 0)) / seen : 0;
  return Math.max(LEAST_SHARE, MISSED / seen, rare);
}

function kindOf({ group }: Departed, entry: ExpectedField | undefined, isGone: boolean): ChangeKind {
  if (group === "absence") return isGone ? "gone" : "nullability";
  if (isDeclared(group)) return "declared";
  // Where the reference had no text at all, a text is another type, whatever it looks like.
  const hadText = entry?.counts.some((count, slot) => slot >= FIRST_TEXT && count > 0) ?? false;
  return group === "format" && !hadText ? "type" : group;
}

function typesOf(
  kind: ChangeKind,
  entry: ExpectedField | undefined,
  { departed, window }: { departed: Departed; window: FieldPanes },
): Pick<FieldChange, "from" | "to"> {
  if (kind === "declared") return {};
  if (kind === "new") {
    const tensors = [...departed.values.keys()].filter(isTensorType);
    if (tensors.length > 0) return { to: describeTensors(tensors) };
    return { to: describeSlots(countsIn(window.panes, departed.field)) };
  }
  const from = entry === undefined ? {} : { from: describeExpected(entry) };
  if (kind === "nullability") return { ...from, to: absenceOf(departed) };
  if (kind !== "type" && kind !== "format") return from;
  const tensors = [...departed.kinds].filter(isTensorType);
  if (tensors.length > 0) return { ...from, to: describeTensors(tensors) };
  const to = FIELD_SLOTS.map((_, slot) => Number(departed.slots.has(slot)));
  return { ...from, to: describeSlots(to) };
}

function absenceOf({ kinds }: Departed): string {
  if (!kinds.has("absent")) return "null";
  return kinds.has("null") ? "null or absent" : "absent";
}

/** Fields that not every record had, and none has any more: a window's worth of records must be without. */
function vanished(expected: FieldExpectation, { panes }: FieldPanes): FieldChange[] {
  const sampled = sampledIn(panes);
  if (sampled < LEAST_RECORDS || panes.every(({ summary }) => summary.foreign === summary.sampled)) return [];
  return expected.entries.flatMap(({ field, isJudged, isRequired, parent }): FieldChange[] => {
    if (!isJudged || isRequired) return [];
    const seen = sumOf(field.counts);
    const usual = seen / (seen + field.absent);
    if (usual < LEAST_USUAL || valuesIn(panes, field.name) > 0) return [];
    // Where its holder is gone, that says it.
    const holder = expected.entries[parent]?.field.name;
    const holders = holder === undefined ? sampled : countsIn(panes, holder)[SLOT.object];
    if (usual * holders < LEAST_EXPECTED) return [];
    return [
      {
        field: field.name,
        kind: "gone",
        from: describeExpected(field),
        firstSeen: new Date(panes[0].start).toISOString(),
        lastSeen: new Date(panes[panes.length - 1].start).toISOString(),
        records: sampled,
        sampled,
        share: 1,
        producers: [],
      },
    ];
  });
}

function isDeclared(kind: string): kind is `declared ${string}` {
  return kind.startsWith(DECLARED);
}

/** -1 where it is no type or format. */
function slotOf(kind: DepartureKind): number {
  return FIELD_SLOTS.findIndex((slot) => slot === kind);
}

function casesIn(panes: readonly FieldPane[], { group, field }: Departed): number {
  let cases = 0;
  for (const { summary } of panes) {
    for (const departure of summary.departures.values()) {
      if (departure.field === field && groupOf(departure) === group) cases += departure.count;
    }
  }
  return cases;
}
