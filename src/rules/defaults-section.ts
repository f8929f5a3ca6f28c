import { isMapData } from "../config/document.ts";
import type { Path } from "../config/document.ts";
import type { RuleFile } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";
import { suggestWord } from "../config/nearest-word.ts";
import type { ColumnType } from "../event/batch.ts";
import type { Reference } from "../reference/reference.ts";
import { defaultLimit, fitsType, isPerColumn, isShare } from "./measure-terms.ts";
import type { MeasureTerms } from "./measure-terms.ts";
import type { LimitsByType, Rule } from "./model.ts";

/** Limits of rules that say none, by type of column and name of the measure. */
export type DefaultLimits = Partial<Record<ColumnType, Readonly<Record<string, number>>>>;

const TYPES = ["number", "category", "boolean"] as const;

/** All of the section that can be read: what is wrong with the rest is said by the check. */
export function completeDefaults({ defaults }: Partial<RuleFile>): DefaultLimits {
  if (!isMapData(defaults)) return {};
  return Object.fromEntries(
    TYPES.flatMap((type) => (isMapData(defaults[type]) ? [[type, defaults[type]]] : [])),
  );
}

/** Whether every limit is of a measure that is judged in columns of that type, and can be reached. */
export function checkDefaults(
  file: Partial<RuleFile>,
  measures: readonly MeasureTerms[],
  sound: (path: Path) => boolean,
): FaultAt[] {
  return Object.entries(completeDefaults(file)).flatMap(([type, limits]) =>
    Object.entries(limits).flatMap(([name, limit]): FaultAt[] => {
      const path = ["defaults", type, name];
      if (!sound(path)) return [];
      const terms = measures.find((measure) => measure.name === name);
      if (terms === undefined) {
        const known = measures.filter((measure) => isLimitable(measure, type)).map((measure) => measure.name);
        const message = `is no measure; ${suggestWord(name, known)}`;
        return [{ path, which: "key", code: "UNKNOWN_NAME", message }];
      }
      const unfit = whyUnfit(terms, type);
      if (unfit !== undefined) return [{ path, which: "key", code: "CONFLICT", message: unfit }];
      if (!isShare(terms) || limit <= 1) return [];
      const share = limit <= 100 ? `; for ${limit}% write ${limit / 100}` : "";
      return [{ path, code: "WRONG_VALUE", message: `${name} lies between 0 and 1${share}` }];
    }),
  );
}

function whyUnfit(terms: MeasureTerms, type: string): string | undefined {
  const { name } = terms;
  if (!isPerColumn(terms)) return `${name} is not judged by column; write its limit in the rule`;
  if (defaultLimit(terms) === undefined)
    return `${name} has no usual limit to change; write above or below in the rule`;
  if (isLimitable(terms, type)) return undefined;
  const types = TYPES.filter((other) => fitsType(terms, other)).join(" or ");
  return `${name} cannot be computed of a ${type}; move it below ${types}, or remove it`;
}

function isLimitable(terms: MeasureTerms, type: string): boolean {
  const found = TYPES.find((known) => known === type);
  return (
    found !== undefined && isPerColumn(terms) && defaultLimit(terms) !== undefined && fitsType(terms, found)
  );
}

/** The limits of a rule that says none; undefined where the section has none of its measure. */
export function limitsOfMeasure(defaults: DefaultLimits, measure: string): LimitsByType | undefined {
  const entries = TYPES.flatMap((type) => {
    const limit = defaults[type]?.[measure];
    return limit === undefined ? [] : [[type, limit] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** What a column must reach, in the unit of the measure; what is of no column, as the rule says it. */
export function limitOfColumn(
  { limit, limitsByType }: Pick<Rule, "limit" | "limitsByType">,
  { columns }: Pick<Reference, "columns">,
  name: string,
): number {
  if (limitsByType === undefined) return limit.value;
  const column = columns.find((one) => one.name === name);
  return (column && limitsByType[column.type]) ?? limit.value;
}
