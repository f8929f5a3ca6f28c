import { CodedError } from "../../config/coded-error.ts";
import type { FieldMap, MappedField, StreamConfig } from "../../config/config.ts";
import type { ColumnPlan } from "../../event/batch.ts";
import type { Declared } from "../../event/infer.ts";
import { typeOf } from "../../event/infer-type.ts";
import type { Sample, SampleColumn } from "../../event/sample.ts";
import { fieldPath } from "../../event/field-map.ts";
import { checkFields, inferHead } from "../reference/source.ts";
import type { InferredSource, SourceHead } from "../reference/source.ts";
import { fieldsOf, mapInFile, placesInFile } from "../reference/stream-map.ts";
import { likelyFields } from "./likely-fields.ts";
import { chooseModel } from "./model-name.ts";
import type { NamedModel } from "./model-name.ts";
import { personalReason } from "./personal.ts";
import { countSegments, hasRoom } from "./room.ts";
import { paceOf } from "./pace.ts";
import type { Pace } from "./pace.ts";

/** What a source says of its model, as far as that can be guessed from its first rows. */
export interface Guess {
  readonly model: NamedModel;
  readonly inferred: InferredSource;
  /** Where the fields of events stand; the truth among them, or it would be taken for a new field of the records. */
  readonly map: FieldMap;
  /** The features, segments and answers of the model. */
  readonly columns: readonly ColumnPlan[];
  /** By column: why it seems to name people. */
  readonly personal: ReadonlyMap<string, string>;
  /** Those of them of which nearly every row has another value, so that nothing can be compared. */
  readonly unique: readonly string[];
  /** The same of the ids of events. */
  readonly personalId?: string;
  readonly segments: {
    /** The columns that alerts are split by, as far as there is room. */
    readonly by: readonly string[];
    /** Others that they could be split by. */
    readonly others: readonly string[];
    /** Segments that follow, all traffic among them. */
    readonly count: number;
  };
  /** Columns of yes and no beside the answers, one of which may be what came true; none where one was found. */
  readonly perhapsTrue: readonly string[];
  readonly pace: Pace;
  /** That were looked at: the first ones, or all where there are few. */
  readonly rows: number;
}

export interface Asked {
  readonly stream: StreamConfig | undefined;
  /** By field: its column, as named on the command line. */
  readonly fields: Readonly<Partial<Record<MappedField, string>>>;
  readonly name: string | undefined;
  /** Where nobody names the model. */
  readonly fallback: string;
}

/**
 * @param stream the one of an existing driftd.yaml, whose map wins over what would be guessed
 * @throws CodedError USAGE where it is not clear which model is meant, SOURCE_INVALID where no column can be measured
 */
export function guessProject(head: SourceHead, { stream, fields: told, name, fallback }: Asked): Guess {
  const places = placesInFile(stream, head.file);
  const declared: Declared = {
    fields: { ...fieldsOf(places ?? mapInFile(stream)), ...told },
    isComplete: places !== undefined,
    columns: {},
    segmentBy: [],
  };
  const first = inferHead(head, declared);
  const model = chooseModel(first.sample, {
    map: stream?.map ?? {},
    format: first.inferred.format,
    name,
    fallback,
  });
  const fields = {
    ...declared.fields,
    ...(model.field === undefined ? {} : { model: model.field.join(".") }),
    ...(declared.isComplete === true ? {} : likelyFields(first.sample, first.inferred)),
  };
  const known: Declared = { ...declared, fields };
  const own = inferHead(head, known, model.name);
  checkFields(told, own.inferred);
  const personal = findPersonal(own);
  const hashed = [...personal.keys()].map((column) => [column, { type: "category", pii: true }] as const);
  const { inferred } = inferHead(head, { ...known, columns: Object.fromEntries(hashed) }, model.name);
  const columns = inferred.columns.filter(({ role }) => role !== "truth" && role !== "probability");
  if (columns.length === 0) throw nothingToMeasure(head.file, inferred);
  const twice = columns.find(
    ({ name: one }, position) => columns.findIndex((other) => other.name === one) < position,
  );
  if (twice !== undefined) throw namedTwice(head.file, twice);
  const id = fieldColumn(own.sample, fieldPath(inferred.map, "id"));
  // An id is distinct by nature, as times are.
  const personalId =
    id && personalReason(lastOf(id), id.values, { isNumeric: false, isWhole: false, isTime: true });
  const { model: _model, ...map } = inferred.map;
  return {
    model,
    inferred: { ...inferred, guesses: inferred.guesses.map((guess) => tellHashed(guess, personal)) },
    map: {
      ...map,
      model: model.field === undefined ? { value: model.name } : { pointer: pointerOf(model.field) },
    },
    columns,
    personal,
    unique: columns.flatMap((plan) =>
      personal.has(plan.name) && isUnique(columnOf(own, plan)) ? [plan.name] : [],
    ),
    ...(personalId === undefined ? {} : { personalId }),
    segments: findSegments({ sample: own.sample, inferred }, personal),
    perhapsTrue: inferred.map.truth === undefined ? findPerhapsTrue(own, columns) : [],
    rows: own.sample.rows,
    pace: paceOf(fieldColumn(own.sample, fieldPath(inferred.map, "time"))?.values ?? []),
  };
}

/** What was guessed, and the values that it was guessed from. */
interface Seen {
  readonly inferred: InferredSource;
  readonly sample: Sample;
}

/** Of the columns that would be features: a hashed number is a category of its own. */
function findPersonal({ inferred, sample }: Seen): ReadonlyMap<string, string> {
  const found = inferred.columns.flatMap((plan): [string, string][] => {
    const column = columnOf({ sample, inferred }, plan);
    if (column === undefined || plan.type === "boolean") return [];
    const because = personalReason(plan.name, column.values, typeOf(column.values, sample.isText));
    return because === undefined ? [] : [[plan.name, because]];
  });
  return new Map(found);
}

/** Of models that answer yes or no: whatever came true is one of two, too. */
function findPerhapsTrue(seen: Seen, columns: readonly ColumnPlan[]): readonly string[] {
  const { score, decision } = seen.inferred.map;
  if (score === undefined && decision === undefined) return [];
  return columns.flatMap((plan) => {
    const values = plan.role === "feature" ? columnOf(seen, plan)?.values : undefined;
    if (values === undefined || new Set(values).size < 2) return [];
    const { type, isBit } = typeOf(values, seen.sample.isText);
    return type === "boolean" || isBit ? [plan.name] : [];
  });
}

/** The sampled values of a feature or segment. */
function columnOf({ sample, inferred: { map } }: Seen, { name, role }: ColumnPlan): SampleColumn | undefined {
  if (role === "segment") return fieldColumn(sample, ["segment", name]);
  return role === "feature" ? fieldColumn(sample, [...(fieldPath(map, "features") ?? []), name]) : undefined;
}

function fieldColumn(sample: Sample, path: readonly string[] | undefined): SampleColumn | undefined {
  if (path === undefined) return undefined;
  return sample.columns.find((column) => column.path.join("\0") === path.join("\0"));
}

/** Names of columns by which people like to look at a model. */
const SEGMENTS =
  /^(region|country|market|state|channel|device|platform|segment|tenant|brand|site|store|category|product|currency|os)$/i;
const MOST_SEGMENTS = 20;

/** Columns of few texts; what a native event calls a segment is one. */
function findSegments(seen: Seen, personal: ReadonlyMap<string, string>): Guess["segments"] {
  const distinctOf = (plan: ColumnPlan): number => new Set(columnOf(seen, plan)?.values).size;
  const few = seen.inferred.columns.filter((plan) => {
    if (plan.type !== "category" || personal.has(plan.name)) return false;
    const distinct = distinctOf(plan);
    return (plan.role === "segment" || plan.role === "feature") && distinct > 1 && distinct <= MOST_SEGMENTS;
  });
  const declared = few.filter(({ role }) => role === "segment");
  const named = few.filter(({ name }) => SEGMENTS.test(name)).slice(0, 1);
  const counted = seen.inferred.columns.filter(({ role }) => role !== "truth" && role !== "probability");
  const wanted = declared.length > 0 ? declared : named;
  const countOf = (plans: readonly ColumnPlan[]): number => countSegments(plans.map(distinctOf));
  // What does not fit is told of, and left to whoever knows what can be given up for it.
  while (wanted.length > 0 && !hasRoom({ columns: counted.length, segments: countOf(wanted) })) wanted.pop();
  const by = wanted.map(({ name }) => name);
  const others = few.map(({ name }) => name).filter((name) => !by.includes(name));
  return { by, others, count: countOf(wanted) };
}

function isUnique(column: SampleColumn | undefined): boolean {
  return column !== undefined && new Set(column.values.map(String)).size > column.values.length / 2;
}

/** It was declared by us, and for a reason. */
function tellHashed(
  guess: InferredSource["guesses"][number],
  personal: ReadonlyMap<string, string>,
): InferredSource["guesses"][number] {
  const because = personal.get(guess.column);
  return because === undefined || guess.as !== "category"
    ? guess
    : { ...guess, as: "category, hashed", because: `it looks personal: ${because}` };
}

function lastOf({ path }: SampleColumn): string {
  return path.at(-1) ?? "";
}

export function pointerOf(path: readonly string[]): string {
  return path.map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** A field may have the very name that driftd gives to an answer. */
function namedTwice(file: string, { name }: ColumnPlan): CodedError {
  const message = `${file} has two columns that would both be ${name}: a field of that name, and the one that was taken for it. Give the field another name.`;
  return new CodedError("SOURCE_INVALID", message);
}

function nothingToMeasure(file: string, { guesses }: InferredSource): CodedError {
  const told = guesses.slice(0, 8).map(({ column, as, because }) => `${column}: ${as} (${because})`);
  const seen = told.length === 0 ? "No line of it is a JSON object, or all are empty" : told.join("; ");
  const message = `${file} has no column that can be measured. ${seen}. Write one JSON object a line, or one row of a table, for each event: its features, and what the model answered.`;
  return new CodedError("SOURCE_INVALID", message);
}
