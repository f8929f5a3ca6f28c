import { DEFAULT_FLOOR } from "../config/privacy-floor.ts";
import type { ExpectedField, ExpectedFields } from "../counts/expected-fields.ts";
import type { DecodedRecords } from "../event/batch.ts";
import { TRUTH } from "../event/field-names.ts";
import { FIELD_SLOTS, FIRST_TEXT, SLOT } from "../event/field-slots.ts";
import type { FieldNode, FieldReader } from "../event/record-fields.ts";

/** So many records are looked at, and from then on one of every SAMPLED_EVERY. */
const FIRST_SAMPLED = 65_536;
const SAMPLED_EVERY = 64;
/** Further names are being made up. */
const MOST_FIELDS = 1_000;
/** A field of more different texts does not enumerate them. */
const MOST_VALUES = 50;
/** Nor one that has each of them only a few times. */
const LEAST_REPEATED = 10;
/** A rarer field is kept only where this share of the records has it. */
const LEAST_SHARE = 0.05;

/** What fields the records of a reference have: to be told of every decoded run once. */
export class FieldTally {
  private layout: string | undefined;
  private rows = 0;
  private sampled = 0;
  private readonly fields = new Map<string, SeenField>();
  private readonly floor: number;

  /** @param floor records that must have a value or a rare name in common for it to be kept */
  constructor(floor: number = DEFAULT_FLOOR) {
    this.floor = floor;
  }

  observe(decoded: DecodedRecords): void {
    const { fields: reader, batches } = decoded;
    if (reader === undefined) return;
    this.layout = reader.layout;
    for (const { offset, reason, rows } of batches) {
      for (let row = 0; row < rows; row += 1) {
        // What is no sound event says nothing of how events should be.
        if (reason[row] !== 0) continue;
        const position = this.rows++;
        if (position < FIRST_SAMPLED || position % SAMPLED_EVERY === 0) this.look(reader, offset[row]);
      }
    }
  }

  /** Undefined where nothing could be looked at. */
  finish(): ExpectedFields | undefined {
    const { layout, sampled } = this;
    if (layout === undefined || sampled === 0) return undefined;
    const seen = [...this.fields.values()].filter(({ counts }) => {
      const total = sumOf(counts);
      return total >= this.floor || total >= LEAST_SHARE * sampled;
    });
    return { layout, sampled, fields: seen.map((field) => this.describe(field)) };
  }

  private look(reader: FieldReader, offset: number): void {
    const record = reader.read(offset);
    if (record === undefined) return;
    this.sampled += 1;
    for (let i = 0; i < record.count; i += 1) {
      const field = this.fieldOf(record.fields[i]);
      if (field === undefined) continue;
      const slot = record.slots[i];
      field.counts[slot] += 1;
      if (slot >= FIRST_TEXT && field.values !== undefined) countValue(field, reader.valueOf(i));
    }
  }

  private fieldOf(node: FieldNode): SeenField | undefined {
    if (node.name === TRUTH) return undefined;
    let field = this.fields.get(node.name);
    if (field === undefined && this.fields.size < MOST_FIELDS) {
      field = { node, counts: FIELD_SLOTS.map(() => 0), values: new Map() };
      this.fields.set(node.name, field);
    }
    return field;
  }

  private describe({ node, counts, values }: SeenField): ExpectedField {
    const { name, pointer, parent } = node;
    const holder = parent === undefined || parent.depth === 0 ? undefined : parent.name;
    const holders = holder === undefined ? this.sampled : (this.fields.get(holder)?.counts[SLOT.object] ?? 0);
    const isElement = pointer.endsWith("/[]");
    return {
      name,
      pointer,
      ...(holder === undefined ? {} : { parent: holder }),
      counts,
      absent: isElement ? 0 : Math.max(0, holders - sumOf(counts)),
      ...enumerated(values, this.floor),
    };
  }
}

interface SeenField {
  readonly node: FieldNode;
  readonly counts: number[];
  /** Undefined once they are too many. */
  values: Map<string, number> | undefined;
}

function countValue(field: SeenField, value: string | undefined): void {
  const { values } = field;
  if (values === undefined) return;
  if (value !== undefined) values.set(value, (values.get(value) ?? 0) + 1);
  if (value === undefined || values.size > MOST_VALUES) field.values = undefined;
}

/** The values of a field that has few of them; what only few records have in common is not named. */
function enumerated(
  values: ReadonlyMap<string, number> | undefined,
  floor: number,
): Pick<ExpectedField, "values" | "rest"> {
  if (values === undefined || values.size === 0) return {};
  const total = sumOf([...values.values()]);
  if (total < LEAST_REPEATED * values.size) return {};
  const named = [...values].filter(([, count]) => count >= floor);
  if (named.length === 0) return {};
  return {
    values: named.map(([value]) => value).sort(),
    rest: total - sumOf(named.map(([, count]) => count)),
  };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
