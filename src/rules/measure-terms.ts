import { countsLabels } from "../counts/summary-kinds.ts";
import type { SummaryKindName } from "../counts/summary-kinds.ts";
import type { ColumnType } from "../event/batch.ts";
import type { Measure } from "../statistics/measure.ts";
import type { Limit } from "./model.ts";

/** What the reading of rules needs of the table of measures. */
export type MeasureTerms = Pick<
  Measure,
  "name" | "from" | "only" | "across" | "signal" | "unit" | "defaultAtLeast" | "defaultAbove" | "defaultBelow"
>;

/** Columns are judged one by one, events as a whole, labels once per cohort. */
export function subjectOf(measure: MeasureTerms): "columns" | "events" | "labels" {
  if (measure.from.some(countsLabels)) return "labels";
  return measure.from.includes("arrivals") ? "events" : "columns";
}

const KINDS = {
  number: ["bins", "sums"],
  category: ["categories", "distinct"],
  boolean: ["categories"],
  /** The classes of a model are few, and known. */
  decision: ["categories"],
} as const;

/** Whether a rule names the columns that it judges: the measure's own, or those whose groups it compares. */
export function isPerColumn(measure: MeasureTerms): boolean {
  return measure.across !== undefined || subjectOf(measure) === "columns";
}

/** Whether the measure can be computed of the column, or across its groups. */
export function fitsColumn(measure: MeasureTerms, { name, type }: NamedColumn): boolean {
  if (measure.across !== undefined) return fitsType(measure, type);
  const { only } = measure;
  return (
    fitsType(measure, name === "prediction.decision" ? "decision" : type) &&
    (only === undefined || only.includes(name))
  );
}

/** Whether there may be columns of the type that the measure can be computed of. */
export function fitsType({ from, across }: MeasureTerms, type: keyof typeof KINDS): boolean {
  if (across !== undefined) return type !== "number";
  const kinds: readonly SummaryKindName[] = KINDS[type];
  return kinds.some((kind) => from.includes(kind));
}

interface NamedColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** Whether chance can be told from change, so that `atLeast` means something. */
export function hasSignificance(measure: MeasureTerms): boolean {
  return measure.signal !== "policy";
}

/** Volume is held against the reference's hours, calibration-gap against its labels; other measures of either stand alone. */
export function needsReference(measure: MeasureTerms): boolean {
  return isPerColumn(measure) || measure.signal === "outcomes" || measure.name === "volume";
}

/** A ratio that cannot exceed 1. */
export function isShare(measure: MeasureTerms): boolean {
  return measure.unit === "ratio" && (measure.defaultAbove ?? 0) <= 1;
}

/** A limit on it is written as a duration. */
export function isTime(measure: MeasureTerms): boolean {
  return measure.unit === "seconds";
}

/** What a rule without a limit means: one limit, and where a measure has two, the lower one (volume: too little). */
export function defaultLimit(measure: MeasureTerms): Limit | undefined {
  const { defaultAtLeast, defaultBelow, defaultAbove } = measure;
  if (defaultAtLeast !== undefined) return { kind: "atLeast", value: defaultAtLeast };
  if (defaultBelow !== undefined) return { kind: "below", value: defaultBelow };
  return defaultAbove === undefined ? undefined : { kind: "above", value: defaultAbove };
}
