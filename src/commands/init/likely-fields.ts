import type { MappedField } from "../../config/config.ts";
import { typeOf } from "../../event/infer-type.ts";
import type { InferredType } from "../../event/infer-type.ts";
import type { Sample, SampleColumn } from "../../event/sample.ts";
import type { InferredSource } from "../reference/source.ts";

/** What a field is called by those who do not use its usual name: the end of a longer one, such as `pickup_time`. */
const ENDINGS: readonly {
  readonly field: MappedField;
  readonly name: RegExp;
  fits(type: InferredType, column: SampleColumn): boolean;
}[] = [
  {
    field: "time",
    name: /(^|[_. -])(time|timestamp|datetime|date|ts|at|when)$|(Time|Timestamp|Date|At)$|^(time|timestamp|date)/,
    fits: ({ isTime }) => isTime,
  },
  {
    field: "id",
    name: /(^|[_. -])(id|uuid|guid|key|txn)$|(Id|ID|Uuid|Key)$/i,
    fits: ({ isNumeric, isWhole }, { values }) =>
      (!isNumeric || isWhole) && new Set(values.map(String)).size === values.length,
  },
  {
    field: "score",
    name: /(^|[_. -])(p|pd|score|prob|proba|probability|likelihood|risk|confidence)$|(Score|Prob|Proba|Probability)$/,
    fits: ({ isNumeric, isShare }) => isNumeric && isShare,
  },
  {
    field: "decision",
    name: /(^|[_. -])(decision|predicted|prediction|verdict)$|(Decision|Prediction)$/,
    fits: ({ type, isBit }) => type === "category" || type === "boolean" || isBit,
  },
  {
    field: "truth",
    name: /(^|[_. -])(label|truth|target|actual|outcome|groundtruth|ground_truth)$|(Label|Truth|Outcome)$/,
    fits: ({ type, isBit }) => type === "category" || type === "boolean" || isBit,
  },
];

/**
 * Columns for fields that were not found under their usual names, where exactly one column could be meant: of several nobody knows
 * which, and a wrong time or id is worse than none.
 */
export function likelyFields(
  sample: Sample,
  { map, guesses }: InferredSource,
): Partial<Record<MappedField, string>> {
  const taken = new Set(guesses.flatMap(({ column, as }) => (as in map || as === "truth" ? [column] : [])));
  const typed = sample.columns
    .filter(({ path, values }) => path.length <= 2 && values.length > 0 && !taken.has(path.join(".")))
    .map((column) => ({ column, type: typeOf(column.values, sample.isText) }));
  const found = ENDINGS.flatMap(({ field, name, fits }): [MappedField, string][] => {
    if (map[field] !== undefined) return [];
    const candidates = typed.filter(
      ({ column, type }) => name.test(column.path.at(-1) ?? "") && fits(type, column),
    );
    const [only] = candidates;
    return only !== undefined && candidates.length === 1 ? [[field, only.column.path.join(".")]] : [];
  });
  return Object.fromEntries(found);
}
