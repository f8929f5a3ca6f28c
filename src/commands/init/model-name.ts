import { CodedError } from "../../config/coded-error.ts";
import { nearestWord } from "../../config/nearest-word.ts";
import type { FieldMap, StreamFormat } from "../../config/config.ts";
import { fieldPath } from "../../event/field-map.ts";
import type { Sample, SampleColumn } from "../../event/sample.ts";
import { formatCount } from "../../verdict/quantities.ts";

/** What a model is called, and where its records say so. */
export interface NamedModel {
  readonly name: string;
  /** A phrase: by what it is called so. */
  readonly because: string;
  /** Tokens from the record to the name; absent where the whole source is of this model. */
  readonly field?: readonly string[];
}

interface Asked {
  /** Of the stream of an existing driftd.yaml. */
  readonly map: FieldMap;
  readonly format: StreamFormat;
  /** As it was named on the command line. */
  readonly name: string | undefined;
  /** A name made of that of the source. */
  readonly fallback: string;
}

/** @throws CodedError USAGE where the source is of several models, or of none of that name */
export function chooseModel(sample: Sample, { map, format, name, fallback }: Asked): NamedModel {
  if (map.model !== undefined && "value" in map.model)
    return { name: map.model.value, because: "as driftd.yaml says" };
  const column = findField(sample, { map });
  if (column === undefined) {
    return name === undefined
      ? { name: fallback, because: "the name of the source; --model gives another" }
      : { name, because: "as --model says" };
  }
  const field = column.path;
  const counts = countNames(column);
  const [most] = counts.keys();
  if (name !== undefined && counts.has(name)) return { name, field, because: `by ${field.join(".")}` };
  const told = [...counts]
    .map(([one, rows]) => `${one} (${formatCount(rows)} rows)`)
    .slice(0, MOST_NAMED)
    .join(", ");
  const place = field.join(".");
  if (name !== undefined) {
    const near = nearestWord(name, counts.keys());
    // Cars have models, too: a name of one's own says that this is a column like any other.
    if (isAmbiguous(column, { map, format }) && near === undefined)
      return { name, because: "as --model says" };
    const meant = near === undefined ? "Name one of them." : `Did you mean ${near}?`;
    const message = `--model ${name}: ${place} of the first ${formatCount(sample.rows)} rows names ${told}. ${meant}`;
    throw new CodedError("USAGE", message);
  }
  if (counts.size === 1 && most !== undefined) return { name: most, field, because: `by ${place}` };
  const other = isAmbiguous(column, { map, format })
    ? ` Where ${place} is a column like any other, give the model another name.`
    : "";
  const message = `The source is of several models, by ${place}: ${told}. Name one with --model, and run init once for each.${other}`;
  throw new CodedError("USAGE", message);
}

const MOST_NAMED = 10;
/** A column of more names is no model's. */
const MOST_MODELS = 50;

/** The field that holds the names of models, or seems to. */
function findField(sample: Sample, { map }: Pick<Asked, "map">): SampleColumn | undefined {
  const place = fieldPath(map, "model");
  if (place !== undefined) return sample.columns.find(({ path }) => path.join("\0") === place.join("\0"));
  return sample.columns.find(
    ({ path, values }) =>
      path.length === 1 &&
      ["model", "modelname", "modelid"].includes(plainName(path[0])) &&
      values.every((value) => typeof value === "string") &&
      new Set(values).size <= MOST_MODELS,
  );
}

/** Whether nobody but its name says that it is of models. */
function isAmbiguous({ path }: SampleColumn, { map, format }: Pick<Asked, "map" | "format">): boolean {
  return map.model === undefined && format !== "native" && plainName(path[0]) === "model";
}

function plainName(name: string | undefined): string {
  return (name ?? "").toLowerCase().replaceAll(/[^a-z]/g, "");
}

/** By falling count. */
function countNames({ values }: SampleColumn): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  return new Map([...counts].toSorted((a, b) => b[1] - a[1]));
}
