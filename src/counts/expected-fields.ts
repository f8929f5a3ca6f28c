import { createHash } from "node:crypto";
import { FIELD_SLOTS, FIRST_TEXT, SLOT } from "../event/field-slots.ts";
import type { FieldSlot, TensorType } from "../event/field-slots.ts";

/** What a reference says of one field of its records. */
export interface ExpectedField {
  readonly name: string;
  readonly pointer: string;
  /** The field that holds it, by name; absent at the top. */
  readonly parent?: string;
  /** Values by slot of FIELD_SLOTS. */
  readonly counts: readonly number[];
  /** How many more there would be if every record, or every holder, had one. */
  readonly absent: number;
  /** Every text that it had, where they were few; rarer ones than may be named are `rest`. */
  readonly values?: readonly string[];
  readonly rest?: number;
  /** Of a tensor: every type that it had (field-slots.ts); `[any]` in place of a number of cells where it had many. */
  readonly tensors?: readonly TensorType[];
}

/** The fields of a reference's records. */
export interface ExpectedFields {
  /** What kind of records they were, and where their columns stand (event/field-names.ts). */
  readonly layout: string;
  /** Records that were looked at. */
  readonly sampled: number;
  readonly fields: readonly ExpectedField[];
}

/** Of fewer values nobody knows what a field may hold. */
const LEAST_SEEN = 100;

/** What a record is held against: one entry per field of the reference. */
export interface FieldExpectation {
  /** Hash of all of it. */
  readonly id: string;
  /** Absent where the reference knows nothing of fields. */
  readonly layout?: string;
  /** Records of the reference that were looked at. */
  readonly sampled: number;
  readonly entries: readonly ExpectedEntry[];
  /** Positions in `entries`. */
  readonly byName: ReadonlyMap<string, number>;
  readonly byPointer: ReadonlyMap<string, number>;
}

export interface ExpectedEntry {
  readonly field: ExpectedField;
  /** Whether it was seen often enough to say that something is new in it. */
  readonly isJudged: boolean;
  /** By slot: whether a value may be such. */
  readonly allowed: Uint8Array;
  /** It was in every record, or in every one of its holders. */
  readonly isRequired: boolean;
  /** Position of the holder in `entries`; -1 at the top. */
  readonly parent: number;
  readonly values?: ReadonlySet<string>;
}

export function expectFields(expected: ExpectedFields | undefined): FieldExpectation {
  const fields = expected?.fields ?? [];
  const byName = new Map(fields.map(({ name }, position) => [name, position]));
  const hash = createHash("sha256")
    .update(JSON.stringify(expected ?? null))
    .digest("hex");
  return {
    id: hash.slice(0, 16),
    ...(expected === undefined ? {} : { layout: expected.layout }),
    sampled: expected?.sampled ?? 0,
    byName,
    byPointer: new Map(fields.map(({ pointer }, position) => [pointer, position])),
    entries: fields.map((field) => {
      const seen = field.counts.reduce((sum, count) => sum + count, 0);
      const isJudged = seen >= LEAST_SEEN;
      return {
        field,
        isJudged,
        allowed: allowedSlots(field.counts),
        // A list may be empty.
        isRequired: isJudged && field.absent === 0 && !field.pointer.endsWith("/[]"),
        parent: field.parent === undefined ? -1 : (byName.get(field.parent) ?? -1),
        ...(field.values === undefined ? {} : { values: new Set(field.values) }),
      };
    }),
  };
}

/** How a value of a field departs from what is expected, by its slot; undefined where it does not. */
export function departureOf({ field, allowed }: ExpectedEntry, slot: number): FieldSlot | undefined {
  if (allowed[slot] === 1) return undefined;
  return slot === SLOT.null && field.absent > 0 ? undefined : FIELD_SLOTS[slot];
}

/** Whole numbers are numbers, and free text may look like anything. */
function allowedSlots(counts: readonly number[]): Uint8Array {
  const allowed = Uint8Array.from(FIELD_SLOTS, (_, slot) => Number(counts[slot] > 0));
  if (allowed[SLOT.number] === 1) allowed[SLOT.integer] = 1;
  if (allowed[SLOT.text] === 1) allowed.fill(1, FIRST_TEXT);
  return allowed;
}
