import type { Reference } from "../../reference/reference.ts";
import { findSeriesRef } from "../../reference/series.ts";
import type { CompatScore } from "../../statistics/compat/compat-score.ts";
import { evidentlyDefault } from "../../statistics/compat/evidently.ts";
import { jensenShannon, thresholdOf } from "../../statistics/compat/nannyml.ts";

export type CompatTool = "evidently" | "nannyml";

/** What another tool would have said of the same two files, by its defaults. */
export interface CompatReport {
  readonly tool: CompatTool;
  readonly columns: Readonly<Record<string, ColumnCompat>>;
  /** Columns that it calls drifted, and how many it could judge. */
  readonly drifted: number;
  readonly judged: number;
  /** evidently: whether it calls the whole data set drifted. */
  readonly dataset?: boolean;
}

/** A column of both files. Without a method the tool has nothing to say, or counts do not tell what: `reason`. */
export interface ColumnCompat extends Partial<CompatScore> {
  /** nannyml: the value of each chunk of the window; `value` is the largest. */
  readonly values?: readonly number[];
  /** nannyml: chunks above the threshold; with one of them the column counts as drifted. */
  readonly alerts?: number;
}

export interface CompatSide {
  readonly reference: Reference;
  /** By column of the reference. */
  readonly sections: readonly (Float64Array | undefined)[];
  /** By column and chunk; absent where rows were not chunked. */
  readonly referenceChunks?: readonly Float64Array[][] | undefined;
  readonly windowChunks?: readonly Float64Array[][] | undefined;
}

/** Evidently calls a data set drifted at this share of drifted columns. */
const DATASET_SHARE = 0.5;

export function reportCompat(tool: CompatTool, side: CompatSide): CompatReport {
  const columns = side.reference.columns.flatMap(({ name, pii }, column): [string, ColumnCompat][] => {
    if (side.sections[column] === undefined || pii) return [];
    return [[name, tool === "evidently" ? evidentlyColumn(side, column) : nannymlColumn(side, column)]];
  });
  const judged = columns.filter(([, { drifted }]) => drifted !== undefined).length;
  const drifted = columns.filter(([, column]) => column.drifted === true).length;
  return {
    tool,
    columns: Object.fromEntries(columns),
    drifted,
    judged,
    ...(tool === "evidently"
      ? { dataset: columns.length > 0 && drifted / columns.length >= DATASET_SHARE }
      : {}),
  };
}

function evidentlyColumn({ reference, sections }: CompatSide, column: number): ColumnCompat {
  const ref = findSeriesRef(reference, "all", column);
  const section = sections[column];
  const score = ref && section && evidentlyDefault(ref, section);
  return score ?? { reason: "Evidently raises an error: a side has no values" };
}

function nannymlColumn(side: CompatSide, column: number): ColumnCompat {
  const ref = findSeriesRef(side.reference, "all", column);
  const window = side.windowChunks?.[column] ?? [];
  if (ref === undefined || ref.total === 0) return { reason: "the reference has no values" };
  const scores = window.map((chunk) => jensenShannon(ref, chunk));
  const values = scores.map(({ value }) => value);
  const own = side.referenceChunks?.[column].map((chunk) => jensenShannon(ref, chunk));
  const present = values.filter((value) => !Number.isNaN(value));
  const inexact = [...scores, ...(own ?? [])].find(({ isExact }) => !isExact);
  const told = {
    method: "jensen_shannon",
    value: Math.max(...present),
    values,
    isExact: inexact === undefined,
    ...(inexact?.reason === undefined ? {} : { reason: inexact.reason }),
  };
  if (present.length === 0) return { reason: "the window has no values" };
  if (own === undefined) {
    return {
      ...told,
      isExact: false,
      reason: "its threshold needs the rows of the reference, which a built one does not hold",
    };
  }
  const threshold = Math.min(
    1,
    thresholdOf(own.map(({ value }) => value).filter((value) => !Number.isNaN(value))),
  );
  const alerts = present.filter((value) => value > threshold).length;
  return { ...told, threshold, alerts, drifted: alerts > 0 };
}
