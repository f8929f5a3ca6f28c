import type { ExpectedField, ExpectedFields } from "../counts/expected-fields.ts";
import { FIELD_SLOTS, FIRST_TEXT, SLOT } from "../event/field-slots.ts";

/** What of JSON Schema (2020-12) observed fields can say. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly (string | null)[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
}

/** Formats that JSON Schema knows too. */
const FORMATS: ReadonlySet<string> = new Set(["date-time", "date", "uuid", "email", "uri"]);

/**
 * A JSON Schema that every observed record fulfils: types and whether they may be null, what is always there, and the texts of
 * fields that have few. Ranges of numbers, and fields that few records had, are left open.
 * @param hashed names of columns of which the reference knows hashes only, which no record holds
 */
export function inferSchema({ fields }: ExpectedFields, hashed: ReadonlySet<string> = new Set()): JsonSchema {
  const root: Place = { members: new Map(), field: undefined };
  for (const field of fields) {
    placeOf(root, field.pointer).field = hashed.has(field.name) ? withoutValues(field) : field;
  }
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    ...members(root),
  };
}

function withoutValues(field: ExpectedField): ExpectedField {
  const { values: _values, rest: _rest, ...shape } = field;
  return shape;
}

interface Place {
  /** By name; `[]` for the elements of an array. */
  readonly members: Map<string, Place>;
  field: ExpectedField | undefined;
}

function placeOf(root: Place, pointer: string): Place {
  let place = root;
  for (const token of pointer.split("/").slice(1)) {
    let member = place.members.get(token);
    if (member === undefined) {
      member = { members: new Map(), field: undefined };
      place.members.set(token, member);
    }
    place = member;
  }
  return place;
}

function schemaOf(place: Place): JsonSchema {
  const { field } = place;
  // A field whose members were kept, but not itself, cannot be: they are in fewer records than it is.
  if (field === undefined) return members(place);
  const types = typesOf(field.counts);
  const element = place.members.get("[]");
  return {
    ...(types.length === 0 ? {} : { type: types.length === 1 ? types[0] : types }),
    ...textsOf(field),
    ...members(place),
    ...(element === undefined ? {} : { items: schemaOf(element) }),
  };
}

function members(place: Place): Pick<JsonSchema, "properties" | "required"> {
  const named = [...place.members]
    .filter(([token]) => token !== "[]")
    .map(([token, member]): [string, Place] => [nameOf(token), member])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (named.length === 0) return {};
  const required = named.filter(([, { field }]) => field?.absent === 0).map(([name]) => name);
  return {
    properties: Object.fromEntries(named.map(([name, member]) => [name, schemaOf(member)])),
    ...(required.length === 0 ? {} : { required }),
  };
}

/** Whole numbers are numbers; all texts are strings. */
function typesOf(counts: readonly number[]): string[] {
  const types = FIELD_SLOTS.flatMap((slot, position) => {
    if (counts[position] === 0) return [];
    if (position >= FIRST_TEXT) return ["string"];
    return position === SLOT.integer && counts[SLOT.number] > 0 ? [] : [slot];
  });
  return [...new Set(types)];
}

/** The only format of its texts, or the texts themselves where all could be kept and nothing else stands there. */
function textsOf({ counts, values, rest = 0 }: ExpectedField): Pick<JsonSchema, "format" | "enum"> {
  const formats = FIELD_SLOTS.filter((_, slot) => slot >= FIRST_TEXT && counts[slot] > 0);
  const isText = counts.every((count, slot) => count === 0 || slot >= FIRST_TEXT || slot === SLOT.null);
  if (values !== undefined && rest === 0 && isText) {
    return { enum: counts[SLOT.null] > 0 ? [...values, null] : values };
  }
  const [format] = formats;
  return formats.length === 1 && FORMATS.has(format) ? { format } : {};
}

function nameOf(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}
