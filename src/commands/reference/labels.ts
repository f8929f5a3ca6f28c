import type { FieldMap, StreamConfig } from "../../config/config.ts";
import { CodedError } from "../../config/coded-error.ts";
import type { ColumnPlan } from "../../event/batch.ts";
import type { PrivacyKeys } from "../../event/ids.ts";
import type { Inferred } from "../../event/infer.ts";
import type { CommandIo } from "../io.ts";
import { printable } from "../text.ts";
import { inferSource, sourceReader } from "./source.ts";
import type { InferredSource, ReadSource } from "./source.ts";
import { fieldsOf, mapInFile } from "./stream-map.ts";

/** What a label must have, and may have: what it is for people, and the option that names its column. */
const FIELDS = {
  id: { what: "id of the prediction", option: "--label-id", isNeeded: true },
  truth: { what: "truth", option: "--truth", isNeeded: true },
  time: { what: "time", option: "--label-time", isNeeded: false },
} as const;

type LabelField = keyof typeof FIELDS;
const NAMES = ["id", "truth", "time"] as const satisfies readonly LabelField[];
export type LabelColumns = Readonly<Partial<Record<LabelField, string>>>;

export interface LabelSourceOptions {
  readonly file: string;
  readonly model: string;
  /** Columns that were named on the command line. */
  readonly fields: LabelColumns;
  /** The stream of driftd.yaml whose records the file holds. */
  readonly stream: StreamConfig | undefined;
  /** The column that holds a prediction's own id. */
  readonly predictionId: string;
  readonly key: PrivacyKeys;
}

/** A file of labels that can be read. */
export interface LabelSource {
  readonly truth: ColumnPlan;
  /** By field. */
  readonly columns: LabelColumns;
  readonly format: StreamConfig["format"];
  /** Of these columns. */
  readonly map: FieldMap;
  readonly read: ReadSource;
}

/**
 * Finds out how the labels of a file are read: by what the command line names, else the stream's map, else by their names.
 * @throws CodedError USAGE where no column holds the id or the truth
 */
export async function openLabels(options: LabelSourceOptions, io: CommandIo): Promise<LabelSource> {
  const { file, model, stream, key } = options;
  const named: LabelColumns = { ...pick(fieldsOf(mapInFile(stream))), ...options.fields };
  const inferred = await inferLabels(options, named);
  const columns: LabelColumns = pick(
    Object.fromEntries(inferred.guesses.map(({ column, as }) => [as, column])),
  );
  for (const field of NAMES) checkField({ file, field, named: named[field], columns, inferred });
  const truth = inferred.columns.find(({ role }) => role === "truth");
  if (truth === undefined) throw new Error(`the truth of ${file} was found and is no column`);
  const map = Object.fromEntries(
    Object.entries(inferred.map).filter(([field]) => NAMES.some((name) => name === field)),
  );
  const read = sourceReader({
    file,
    plan: { model, needsId: true, columns: [truth] },
    format: inferred.format,
    map: { ...map, model: { value: model } },
    key,
    signal: io.signal,
  });
  return { truth, columns, format: inferred.format, map, read };
}

/** A label most likely names its prediction as the prediction names itself. */
async function inferLabels(options: LabelSourceOptions, named: LabelColumns): Promise<InferredSource> {
  const { file, predictionId } = options;
  const infer = (fields: LabelColumns): Promise<InferredSource> =>
    inferSource(file, { fields, columns: {}, segmentBy: [] });
  const inferred = await infer(named);
  const isThere = inferred.guesses.some(({ column, as }) => column === predictionId && as !== "id");
  return named.id === undefined && isThere ? infer({ ...named, id: predictionId }) : inferred;
}

function pick(columns: Readonly<Record<string, string | undefined>>): LabelColumns {
  return Object.fromEntries(
    NAMES.flatMap((field) => (columns[field] === undefined ? [] : [[field, columns[field]]])),
  );
}

function checkField(found: {
  file: string;
  field: LabelField;
  named: string | undefined;
  columns: LabelColumns;
  inferred: InferredSource;
}): void {
  const { file, field, named, columns, inferred } = found;
  const { what, option, isNeeded } = FIELDS[field];
  if (columns[field] !== undefined || (named === undefined && !isNeeded)) return;
  const known = inferred.guesses.map(({ column }) => column).join(", ");
  const missing =
    named === undefined
      ? `it is not clear which column holds the ${what}`
      : `there is no column ${named} that could hold the ${what}`;
  const message = `${file}: ${missing}. It has ${known === "" ? "nothing that can be read" : known}. Name one with ${option}.`;
  throw new CodedError("USAGE", message);
}

/** What is to be told of a file of labels: which columns it was read by. */
export function describeColumns(file: string, { id = "", truth = "", time }: LabelColumns): string {
  const told = [`the id is ${printable(id)}`, `the truth ${printable(truth)}`];
  if (time !== undefined) return `${file}: ${told.join(", ")}, the time ${printable(time)}\n`;
  return (
    `${file}: ${told.join(", ")}\n` +
    "No column was taken for the time of a label, so nothing can be said of how late labels come: name it with --label-time.\n"
  );
}

/** Of predictions whose labels stand apart, what stands beside them is not the truth that is meant. */
export function leaveTruth<T extends Inferred>(inferred: T): T {
  const because = "the file of labels says what is true";
  return {
    ...inferred,
    columns: inferred.columns.filter(({ role }) => role !== "truth"),
    guesses: inferred.guesses.map((guess) =>
      guess.as === "truth" ? { ...guess, as: "left out", because } : guess,
    ),
  };
}
