import { expectFields, type ExpectedField, type FieldExpectation } from "../counts/expected-fields.ts";
import type { FieldSummary, Sighting } from "../counts/fields.ts";
import { MOST_VALUES } from "../counts/senders.ts";
import {
  FIELD_SLOTS,
  type FieldType,
  isTensorType,
  nameTensorType,
  SLOT,
  type TensorType,
  tensorType,
} from "../event/field-slots.ts";

/** So many sampled records of a kind say what is usual. */
const LEAST_LEARNT = 256;
/** Further names are being made up. */
const MOST_FIELDS = 1_000;
/** A tensor of more different numbers of cells has any. */
const MOST_WIDTHS = 4;

/**
 * What was seen of the first records of one kind, of which the reference says nothing: requests, responses, labels, or events
 * whose reference was built of other records.
 */
export interface LearntKind {
  /** Sampled records. */
  records: number;
  /** Start of the first pane that was looked at and end of the last, ms. */
  readonly from: number;
  through: number;
  /** Nothing is added any more: what comes is held against it. */
  isComplete: boolean;
  /** By name. */
  readonly fields: Map<string, LearntField>;
}

interface LearntField {
  readonly parent: string;
  /** Values by type. */
  readonly types: Map<FieldType, number>;
  /** Of texts that may be kept: all that there were; undefined once they are too many. */
  values: Set<string> | undefined;
}

/** By holder (event/record-fields.ts). */
export type LearntFields = Map<string, LearntKind>;

/** Adds a closed pane of all tasks, [start, end) in ms; a kind is complete after enough records and `span` ms. */
export function learnPane(
  learnt: LearntFields,
  { sightings }: FieldSummary,
  { start, end, span }: { start: number; end: number; span: number },
): void {
  for (const { holder, field, count } of sightings.values()) {
    if (field !== holder) continue;
    const known = learnt.get(holder);
    const kind = known ?? { records: 0, from: start, through: end, isComplete: false, fields: new Map() };
    if (kind.isComplete) continue;
    learnt.set(holder, kind);
    kind.records += count;
    kind.through = end;
    for (const sighting of sightings.values()) if (sighting.holder === holder) learnField(kind, sighting);
    kind.isComplete = kind.records >= LEAST_LEARNT && end - kind.from >= span;
  }
}

function learnField({ fields }: LearntKind, { holder, field, parent, type, count, values }: Sighting): void {
  if (field === holder) return;
  let known = fields.get(field);
  if (known === undefined) {
    if (fields.size >= MOST_FIELDS) return;
    known = { parent, types: new Map(), values: new Set() };
    fields.set(field, known);
  }
  known.types.set(type, (known.types.get(type) ?? 0) + count);
  // As many as a pane keeps may be some of more.
  if (values.size >= MOST_VALUES) known.values = undefined;
  else for (const value of values.keys()) known.values?.add(value);
}

/** What records of the kind are held against. */
export function expectLearnt(holder: string, { records, fields }: LearntKind): FieldExpectation {
  return expectFields({
    layout: holder,
    sampled: records,
    fields: [...fields].map(([name, { parent, types, values }]): ExpectedField => {
      const isTop = parent === holder;
      const holders = isTop ? records : (fields.get(parent)?.types.get("object") ?? 0);
      const tensors = tensorsOf([...types.keys()]);
      return {
        name,
        pointer: name,
        ...(isTop ? {} : { parent }),
        counts: countsOf(types),
        absent: Math.max(0, holders - sumOf([...types.values()])),
        ...(values === undefined || values.size === 0 ? {} : { values: [...values].sort() }),
        ...(tensors.length === 0 ? {} : { tensors }),
      };
    }),
  });
}

/** Tensors have a slot of their own, whatever their type. */
export function slotOfType(type: FieldType): number {
  return isTensorType(type) ? SLOT.array : FIELD_SLOTS.findIndex((slot) => slot === type);
}

function countsOf(types: ReadonlyMap<FieldType, number>): number[] {
  const counts = FIELD_SLOTS.map(() => 0);
  for (const [type, count] of types) counts[slotOfType(type)] += count;
  return counts;
}

function tensorsOf(types: readonly FieldType[]): TensorType[] {
  const tensors = types.filter(isTensorType);
  const widths = new Map<TensorType, number>();
  for (const type of tensors) widths.set(anyWidth(type), (widths.get(anyWidth(type)) ?? 0) + 1);
  const free = [...widths].filter(([, count]) => count > MOST_WIDTHS).map(([type]) => type);
  return [...tensors.filter((type) => !free.includes(anyWidth(type))), ...free].sort();
}

/** The same with any number of cells. */
export function anyWidth(type: TensorType): TensorType {
  return tensorType(nameTensorType(type).replace(/\[\d+\]$/, ""), "any");
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** As JSON: by holder, what it says of the kind, then of each field its name, parent, types and values. */
export type LearntRecord = readonly (readonly [
  holder: string,
  kind: Omit<LearntKind, "fields">,
  fields: readonly (readonly [
    name: string,
    parent: string,
    types: readonly (readonly [FieldType, number])[],
    values: readonly string[] | null,
  ])[],
])[];

export function exportLearnt(learnt: LearntFields): LearntRecord {
  return [...learnt].map(([holder, { fields, ...kind }]) => [
    holder,
    kind,
    [...fields].map(
      ([name, { parent, types, values }]) =>
        [name, parent, [...types], values === undefined ? null : [...values]] as const,
    ),
  ]);
}

export function restoreLearnt(learnt: LearntFields, record: LearntRecord): void {
  for (const [holder, kind, fields] of record) {
    const known = fields.map(([name, parent, types, values]): [string, LearntField] => [
      name,
      { parent, types: new Map(types), values: values === null ? undefined : new Set(values) },
    ]);
    learnt.set(holder, { ...kind, fields: new Map(known) });
  }
}
