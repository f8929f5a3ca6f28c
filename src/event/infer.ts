import type { FieldMap, MappedField, StreamFormat } from "../config/config.ts";
import type { ColumnPlan, ColumnType } from "./batch.ts";
import { MOST_COLUMNS } from "./sample.ts";
import {
  probabilitiesIn,
  probabilityColumnsIn,
  startsWith,
  tokensOf,
  withMembers,
} from "./infer-probabilities.ts";
import { comparableFields, MANY_CLASSES, usefulFields } from "./infer-labels.ts";
import { CONFIDENCE, ENTROPY } from "./probabilities.ts";
import type { Sample, SampleColumn } from "./sample.ts";
import { typeOf } from "./infer-type.ts";
import type { InferredType } from "./infer-type.ts";

/** What is known without looking; it wins over what the values look like. */
export interface Declared {
  /** By field of the event: the name of the column that holds it. */
  readonly fields: Readonly<Partial<Record<MappedField, string>>>;
  /** The same, of columns that the source may lack: what is guessed then is guessed as usual. */
  readonly preferred?: Readonly<Partial<Record<MappedField, string>>>;
  /** Whether these are all the fields that whoever reads on will look for: times and answers are then not guessed. */
  readonly isComplete?: boolean;
  /** Whether a truth is guessed only beside something that it can be held against. */
  readonly needsAnswer?: boolean;
  readonly columns: Readonly<
    Record<string, { type?: ColumnType; pii?: boolean; minimum?: number; maximum?: number }>
  >;
  /** Columns that must be categories. */
  readonly segmentBy: readonly string[];
}

/** How a source can be decoded, and what of it was guessed. */
export interface Inferred {
  readonly format: StreamFormat;
  readonly map: FieldMap;
  /** Category columns learn. */
  readonly columns: readonly ColumnPlan[];
  readonly guesses: readonly Guess[];
}

interface Guess {
  readonly column: string;
  /** A type, a field of the event, or "left out". */
  readonly as: string;
  readonly because: string;
  /** Of what is left out: that it stands where features do. */
  readonly isFeature?: true;
}

/** Names, in lower case without marks, by which people call the fields of an event; the first that is there wins. */
const NAMES: Readonly<Partial<Record<MappedField, readonly string[]>>> = {
  time: ["time", "timestamp", "ts", "eventtime", "datetime", "date", "occurredat", "createdat"],
  id: ["id", "eventid", "requestid", "predictionid", "transactionid", "txn", "uuid"],
  // Never guessed: what a column of that name means differs.
  model: [],
  version: ["modelversion", "version"],
  score: [
    "score",
    "probability",
    "proba",
    "yprob",
    "ypredproba",
    "predictionscore",
    "predictedprobability",
    "predictedproba",
    "predproba",
    "predictionprobability",
  ],
  truth: ["truth", "label", "target", "ytrue", "actual", "outcome"],
  decision: [
    "decision",
    "predictiondecision",
    "predictedclass",
    "predictedlabel",
    "prediction",
    "predicted",
    "ypred",
  ],
  value: ["prediction", "predicted", "ypred", "yhat", "predictionvalue"],
};

/** What the values of a field of that name must look like; an id, a version and a truth may be anything plain. */
function fits(field: MappedField, type: InferredType, name: string): boolean {
  if (field === "time") return type.isTime;
  if (field === "score") return type.type === "number" && type.isShare;
  if (field === "value") return type.type === "number";
  if (field === "decision") {
    // Classes may be numbered; under a name that a predicted number may have, too, that is what numbers are, but for 0 and 1.
    const isClass = type.isBit || (type.isWhole && NAMES.value?.includes(name) !== true);
    return type.type === "category" || type.type === "boolean" || isClass;
  }
  return type.type !== undefined || field === "id";
}

/** Guesses from the first rows of a source what its fields are, unless it is declared. */
export function inferEvents(given: Sample, declared: Declared): Inferred {
  const sample = given.isTable ? withMembers(given, declared.fields.probabilities) : given;
  const typed = sample.columns.map((column) => ({ column, type: typeOf(column.values, sample.isText) }));
  const isNative =
    !sample.isTable && typed.some(({ column }) => column.path.length > 1 && column.path[0] === "features");
  const found = usefulFields(findFields(typed, declared), declared);
  const { fields, unheld } = comparableFields(found, declared);
  const guesses: Guess[] = [];
  const columns: ColumnPlan[] = [];
  const map: Partial<Record<MappedField, { pointer: string }>> = {};
  for (const { field, column, type } of fields) {
    map[field] = { pointer: pointerOf(column.path) };
    guesses.push({ column: nameOf(column), as: field, because: "its name and its values" });
    const output = outputColumn(field, type);
    if (output !== undefined) columns.push(output);
  }
  const taken = new Set(fields.map(({ column }) => column));
  if (unheld !== undefined) {
    taken.add(unheld.column);
    guesses.push({ column: nameOf(unheld.column), as: "left out", because: MANY_CLASSES });
  }
  const isUnasked = declared.isComplete === true && declared.fields.probabilities === undefined;
  const classes = isUnasked
    ? undefined
    : probabilitiesIn(sample, { field: declared.fields.probabilities, isNative });
  if (classes !== undefined) {
    map.probabilities = { pointer: pointerOf(classes) };
    const base = { type: "number", role: "output", pii: false, categories: [] } as const;
    columns.push({ ...base, name: CONFIDENCE }, { ...base, name: ENTROPY });
    const decided = fields.find(({ field }) => field === "decision")?.column.values ?? [];
    columns.push(...probabilityColumnsIn(sample, classes, decided));
    const because = "its name; of it confidence and entropy are taken";
    guesses.push({ column: classes.join("."), as: "probabilities", because });
    for (const { column } of typed) if (startsWith(column.path, classes)) taken.add(column);
  }
  const places: Places = {
    features: tokensOf(declared.fields.features) ?? featureRoot(sample, taken),
    segment: tokensOf(declared.fields.segment) ?? (isNative ? ["segment"] : undefined),
  };
  if (places.features.length > 0) map.features = { pointer: pointerOf(places.features) };
  const nothing = { ...typeOf([], sample.isText), because: `no value in the first ${sample.rows} rows` };
  for (const { column, type } of [
    ...typed.filter((entry) => !taken.has(entry.column)),
    ...sample.withoutValue.map((path) => ({ column: { path, values: [] }, type: nothing })),
  ]) {
    const { plan, guess } = featureColumn({ column, type }, places, declared);
    guesses.push(guess);
    if (plan !== undefined) columns.push(plan);
  }
  if (sample.left > 0) {
    const because = `a source may have ${MOST_COLUMNS} fields; make one with those that matter`;
    guesses.push({ column: `${sample.left} more fields`, as: "left out", because });
  }
  const format = sample.isTable ? "parquet" : isNative ? "native" : "json";
  return { format, map, columns, guesses };
}

/** Fields that would be judged where the stream has none. */
const LOOKED_FOR: ReadonlySet<MappedField> = new Set(["time", "score", "decision", "value"]);

interface Typed {
  readonly column: SampleColumn;
  readonly type: InferredType;
}

function findFields(typed: readonly Typed[], declared: Declared): (Typed & { field: MappedField })[] {
  const taken = new Set<SampleColumn>();
  return Object.entries(NAMES).flatMap(([key, names]) => {
    // Object.entries forgets what the keys of NAMES are.
    const field = key as MappedField;
    const wanted = declared.fields[field];
    if (wanted === undefined && declared.isComplete === true && LOOKED_FOR.has(field)) return [];
    const candidates =
      wanted === undefined
        ? [
            ...typed.filter(({ column }) => nameOf(column) === declared.preferred?.[field]),
            ...names.flatMap((name) =>
              typed.filter((entry) => plainName(entry.column) === name && fits(field, entry.type, name)),
            ),
          ]
        : typed.filter(({ column }) => nameOf(column) === wanted);
    const found = candidates.find(({ column }) => !taken.has(column));
    if (found === undefined) return [];
    taken.add(found.column);
    return [{ ...found, field }];
  });
}

function outputColumn(
  field: MappedField,
  { type, isNumeric, isYesNo }: InferredType,
): ColumnPlan | undefined {
  const base = { pii: false, categories: [] };
  if (field === "score" || field === "value") {
    return { ...base, name: `prediction.${field}`, type: "number", role: "output" };
  }
  if (field === "decision")
    return { ...categoryPlan(type), name: "prediction.decision", role: "output", pii: false };
  if (field !== "truth") return undefined;
  // Truth of two classes is a number: true = 1.
  return isNumeric || isYesNo || type === "boolean"
    ? { ...base, name: "truth", type: "number", role: "truth" }
    : { ...categoryPlan(type), name: "truth", role: "truth", pii: false };
}

/** Where the columns of records stand; [] is the record itself. */
interface Places {
  readonly features: readonly string[];
  readonly segment: readonly string[] | undefined;
}

function featureColumn(
  { column, type }: Typed,
  places: Places,
  declared: Declared,
): { plan?: ColumnPlan; guess: Guess } {
  const segment = places.segment && memberOf(places.segment, column.path);
  const name = segment ?? memberOf(places.features, column.path);
  if (name === undefined) {
    const because = type.type === undefined ? type.because : "it does not stand among the features";
    return { guess: { column: nameOf(column), as: "left out", because } };
  }
  const known = declared.columns[name];
  const isKey = declared.segmentBy.includes(name);
  const wanted = known?.type ?? (isKey && type.type === "number" ? "category" : type.type);
  if (wanted === undefined) {
    return { guess: { column: name, as: "left out", because: type.because, isFeature: true } };
  }
  const plan: ColumnPlan = {
    ...(wanted === "number" ? { type: wanted, categories: [] } : categoryPlan(wanted)),
    name,
    role: segment === undefined ? "feature" : "segment",
    pii: known?.pii ?? false,
    ...(known?.minimum === undefined ? {} : { minimum: known.minimum }),
    ...(known?.maximum === undefined ? {} : { maximum: known.maximum }),
  };
  const because = known?.type !== undefined ? "declared" : isKey ? "segmentBy names it" : type.because;
  return { plan, guess: { column: name, as: wanted, because } };
}

function categoryPlan(type: ColumnType | undefined): Pick<ColumnPlan, "type" | "categories" | "learn"> {
  return type === "boolean"
    ? { type: "boolean", categories: ["false", "true"] }
    : { type: "category", categories: [], learn: true };
}

/** Where features stand: in the object that holds most of them, else at the top. */
function featureRoot(sample: Sample, taken: ReadonlySet<SampleColumn>): string[] {
  if (sample.isTable) return [];
  const members = new Map<string, number>();
  let top = 0;
  for (const column of sample.columns) {
    if (taken.has(column)) continue;
    const [first] = column.path;
    if (column.path.length === 1) top += 1;
    else if (first !== "segment" && first !== "meta")
      members.set(first ?? "", (members.get(first ?? "") ?? 0) + 1);
  }
  const [best] = [...members].toSorted((a, b) => b[1] - a[1]);
  return best !== undefined && (best[0] === "features" || best[1] > top) ? [best[0]] : [];
}

/** The last token of a path to a direct member of what stands at `place`. */
function memberOf(place: readonly string[], path: readonly string[]): string | undefined {
  return path.length === place.length + 1 && startsWith(path, place) ? path.at(-1) : undefined;
}

function pointerOf(path: readonly string[]): string {
  return path.map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function nameOf(column: SampleColumn): string {
  return column.path.join(".");
}

function plainName(column: SampleColumn): string {
  return nameOf(column)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
}
