import type { ColumnPlan } from "./batch.ts";
import { probabilityColumn } from "./probabilities.ts";
import type { Sample, SampleColumn } from "./sample.ts";

/** Where records keep their probabilities by class: where that was declared, else in a field of that name. */
export function probabilitiesIn(
  sample: Sample,
  { field, isNative }: { readonly field: string | undefined; readonly isNative: boolean },
): string[] | undefined {
  const path = tokensOf(field) ?? (isNative ? ["prediction", FIELD] : [FIELD]);
  return sample.columns.some((column) => startsWith(column.path, path)) ? path : undefined;
}

const FIELD = "probabilities";
/** More classes are not held against the truth one by one: a reference would have to read them all for the few it keeps. */
const MOST_PROBABILITIES = 256;

/** One of every class that the sample has, for the truth to be held against; `decided` are the decisions of the sample. */
export function probabilityColumnsIn(
  sample: Sample,
  path: readonly string[],
  decided: readonly unknown[],
): ColumnPlan[] {
  const found = sample.columns.filter((column) => startsWith(column.path, path));
  const members = found.filter((column) => column.path.length === path.length + 1);
  const list = found.find((column) => column.path.length === path.length);
  const names =
    list === undefined ? members.map((column) => column.path.at(-1) ?? "") : placesIn(list, decided);
  return names.length > MOST_PROBABILITIES ? [] : names.map(probabilityColumn);
}

/**
 * The classes of lists, which are called by their place: none where lists differ in length, or decisions are called otherwise.
 * Which name a place stands for only whoever made the list knows.
 */
function placesIn({ values }: SampleColumn, decided: readonly unknown[]): string[] {
  const lengths = new Set(values.map((value) => (Array.isArray(value) ? value.length : 0)));
  const [length = 0] = lengths;
  const places = Array.from({ length: lengths.size === 1 ? length : 0 }, (_, place) => String(place));
  return decided.every((name) => places.includes(String(name))) ? places : [];
}

/** A table's columns called `probabilities.cat` are members of one field. */
export function withMembers(sample: Sample, field = FIELD): Sample {
  const columns = sample.columns.map((column): SampleColumn => {
    const [name] = column.path;
    if (column.path.length > 1 || !name.startsWith(`${field}.`)) return column;
    return { ...column, path: [...field.split("."), name.slice(field.length + 1)] };
  });
  return { ...sample, columns };
}

/** The tokens of a declared field, named as nameOf names it. */
export function tokensOf(field: string | undefined): string[] | undefined {
  return field?.split(".").filter((token) => token !== "");
}

export function startsWith(path: readonly string[], head: readonly string[]): boolean {
  return head.every((token, position) => path[position] === token);
}
