import type { FieldMap, MappedField, StreamFormat } from "../config/config.ts";
import type { ColumnPlan, ColumnType } from "./batch.ts";
import { MOST_COLUMNS } from "./sample.ts";
import { CONFIDENCE, ENTROPY } from "./probabilities.ts";
import type { Sample, SampleColumn } from "./sample.ts";
import { typeOf } from "./infer-type.ts";
import type { InferredType } from "./infer-type.ts";

/** What is known without looking; it wins over what the values look like. */
export interface Declared {
  /** By field of the event: the name of the column that holds it. */
  readonly fields: Readonly<Partial<Record<MappedField, string>>>;
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
}

/** Names, in lower case without marks, by which people call the fields of an event; the first that is there wins. */
const NAMES: Readonly<Partial<Record<MappedField, readonly string[]>>> = {
  time: ["time", "timestamp", "ts", "eventtime", "datetime", "date", "occurredat", "createdat"],
  id: ["id", "eventid", "requestid", "predictionid", "transactionid", "txn", "uuid"],
  version: ["modelversion", "version"],
  score: ["score", "probability", "proba", "yprob", "ypredproba", "predictionscore"],
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

/** What the values of a field must look like; an id, a version, a truth and a decision may be anything plain. */
function fits(field: MappedField, type: InferredType): boolean {
  if (field === "time") return type.isTime;
  if (field === "score") return type.type === "number" && type.isShare;
  if (field === "value") return type.type === "number";
  if (field === "decision") return type.type === "category" || type.type === "boolean";
  return type.type !== undefined || field === "id";
}

/** Guesses from the first rows of a source what its fields are, unless it is declared. */
export function inferEvents(sample: Sample, declared: Declared): Inferred {
  const typed = sample.columns.map((column) => ({ column, type: typeOf(column.values, sample.isText) }));
  const isNative =
    !sample.isTable && typed.some(({ column }) => column.path.length > 1 && column.path[0] === "features");
  const fields = findFields(typed, declared);
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
  const classes = probabilitiesIn(sample, declared, isNative);
  if (classes !== undefined) {
    map.probabilities = { pointer: pointerOf(classes) };
    const base = { type: "number", role: "output", pii: false, categories: [] } as const;
    columns.push({ ...base, name: CONFIDENCE }, { ...base, name: ENTROPY });
    const because = "its name; of it confidence and entropy are taken";
    guesses.push({ column: classes.join("."), as: "probabilities", because });
    for (const { column } of typed) if (startsWith(column.path, classes)) taken.add(column);
  }
  const { features } = declared.fields;
  const root =
    features === undefined ? featureRoot(sample, taken) : pointerOf(features.split(".").filter(Boolean));
  if (root !== "") map.features = { pointer: root };
  for (const entry of typed) {
    if (taken.has(entry.column)) continue;
    const { plan, guess } = featureColumn({ ...entry, root, isNative, declared });
    guesses.push(guess);
    if (plan !== undefined) columns.push(plan);
  }
  for (const path of sample.withoutValue) {
    guesses.push({
      column: path.join("."),
      as: "left out",
      because: `no value in the first ${sample.rows} rows`,
    });
  }
  if (sample.left > 0) {
    const because = `a source may have ${MOST_COLUMNS} fields; make one with those that matter`;
    guesses.push({ column: `${sample.left} more fields`, as: "left out", because });
  }
  const format = sample.isTable ? "parquet" : isNative ? "native" : "json";
  return { format, map, columns, guesses };
}

/** Where records keep their probabilities by class: where that was declared, else in a field of that name. */
function probabilitiesIn(sample: Sample, declared: Declared, isNative: boolean): string[] | undefined {
  if (sample.isTable) return undefined;
  const named = declared.fields.probabilities?.split(".").filter(Boolean);
  const path = named ?? (isNative ? ["prediction", "probabilities"] : ["probabilities"]);
  return sample.columns.some((column) => startsWith(column.path, path)) ? path : undefined;
}

function startsWith(path: readonly string[], head: readonly string[]): boolean {
  return head.every((token, position) => path[position] === token);
}

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
    const candidates =
      wanted === undefined
        ? names.flatMap((name) =>
            typed.filter((entry) => plainName(entry.column) === name && fits(field, entry.type)),
          )
        : typed.filter(({ column }) => nameOf(column) === wanted);
    const found = candidates.find(({ column }) => !taken.has(column));
    if (found === undefined) return [];
    taken.add(found.column);
    return [{ ...found, field }];
  });
}

function outputColumn(field: MappedField, { type, isNumeric }: InferredType): ColumnPlan | undefined {
  const base = { pii: false, categories: [] };
  if (field === "score" || field === "value") {
    return { ...base, name: `prediction.${field}`, type: "number", role: "output" };
  }
  if (field === "decision")
    return { ...categoryPlan(type), name: "prediction.decision", role: "output", pii: false };
  if (field !== "truth") return undefined;
  // Truth of two classes is a number: true = 1.
  return isNumeric || type === "boolean"
    ? { ...base, name: "truth", type: "number", role: "truth" }
    : { ...categoryPlan(type), name: "truth", role: "truth", pii: false };
}

function featureColumn(feature: Typed & { root: string; isNative: boolean; declared: Declared }): {
  plan?: ColumnPlan;
  guess: Guess;
} {
  const { column, type, root, isNative, declared } = feature;
  const isSegment = isNative && column.path.length === 2 && column.path[0] === "segment";
  const pointer = pointerOf(column.path);
  const name = isSegment ? (column.path[1] ?? "") : nameUnder(root, column.path);
  if (name === undefined || (!isSegment && root !== "" && !pointer.startsWith(`${root}/`))) {
    return {
      guess: { column: nameOf(column), as: "left out", because: "it does not stand among the features" },
    };
  }
  const known = declared.columns[name];
  const isKey = declared.segmentBy.includes(name);
  const wanted = known?.type ?? (isKey && type.type === "number" ? "category" : type.type);
  if (wanted === undefined) return { guess: { column: name, as: "left out", because: type.because } };
  const plan: ColumnPlan = {
    ...(wanted === "number" ? { type: wanted, categories: [] } : categoryPlan(wanted)),
    name,
    role: isSegment ? "segment" : "feature",
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
function featureRoot(sample: Sample, taken: ReadonlySet<SampleColumn>): string {
  if (sample.isTable) return "";
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
  return best !== undefined && (best[0] === "features" || best[1] > top) ? pointerOf([best[0]]) : "";
}

function nameUnder(root: string, path: readonly string[]): string | undefined {
  const depth = root === "" ? 0 : 1;
  return path.length === depth + 1 ? path[depth] : undefined;
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
