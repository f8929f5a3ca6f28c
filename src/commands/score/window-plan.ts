import type { FieldMap, MappedField } from "../../config/config.ts";
import { buildLayout, extendedSections } from "../../counts/layout.ts";
import type { Section } from "../../counts/layout.ts";
import type { ColumnPlan, EventPlan } from "../../event/batch.ts";
import { CONFIDENCE, ENTROPY } from "../../event/probabilities.ts";
import type { FrozenColumn } from "../../reference/frozen.ts";
import type { Reference, ReferenceColumn } from "../../reference/reference.ts";
import { findSeriesRef } from "../../reference/series.ts";
import type { CountingPlan } from "../../window/counting-plan.ts";
import type { InferredSource } from "../reference/source.ts";

const OUTPUTS = ["score", "decision", "value"] as const;
/** Rows are counted as one pane, whatever their time. */
const PANE = 1;

/** How the rows of a window are read, and counted on the reference's grids. */
export interface WindowPlan {
  readonly map: FieldMap;
  readonly counting: CountingPlan;
  readonly columns: readonly FrozenColumn[];
  /**
   * By column of the reference: its section, of numbers with their sums and of categories with their cells; undefined where
   * the window has no such column.
   */
  readonly sections: readonly (Section | undefined)[];
}

export function planWindow(reference: Reference, source: InferredSource): WindowPlan {
  const plan = planOf(reference, source);
  const columns = frozenColumns(reference);
  const refs = columns.map(({ ref }) => ref);
  const asked = reference.columns.filter(isExtended).map(({ name }) => name);
  const layout = buildLayout(refs, { pane: PANE, extended: new Set(asked) });
  const extended = extendedSections(layout, refs);
  const sections = reference.columns.map((column, position) =>
    // The arrivals come first.
    isPresent(column, source) ? (extended[position] ?? layout.sections[position + 1]) : undefined,
  );
  const counting: CountingPlan = {
    model: plan.model,
    plan,
    layout,
    columns,
    segments: { names: ["all"], groupings: [], id: "" },
    pane: PANE,
    lateness: 0,
    keep: 1,
  };
  return { map: mapOf(reference, source), counting, columns, sections };
}

/** Sums of all numbers, and the different values of all categories but the model's own classes. */
function isExtended({ name, type }: Pick<ReferenceColumn, "name" | "type">): boolean {
  return type === "number" || (type === "category" && name !== "prediction.decision");
}

/** The window's rows are read by the reference's columns, and the truth beside them. */
function planOf(reference: Reference, source: InferredSource): EventPlan {
  const columns = reference.columns.map(({ name, type, role, pii, categories }): ColumnPlan => {
    // Files of two formats may keep the same column in different places.
    // A column may be called truth without being it.
    const own = source.columns.find((column) => column.name === name && column.role !== "truth");
    const distinct = type === "category" && isExtended({ name, type });
    return { name, type, role: own?.role ?? role, pii, categories, ...(distinct ? { distinct } : {}) };
  });
  const truth = source.columns.filter(({ role }) => role === "truth" || role === "probability");
  return { model: reference.model, needsId: false, columns: [...columns, ...truth] };
}

/** A field that the reference does not have is a column like any other, whatever its name looks like. */
function mapOf(reference: Reference, { map }: InferredSource): FieldMap {
  const has = (name: string): boolean => reference.columns.some((column) => column.name === name);
  const wanted: MappedField[] = [
    "features",
    "truth",
    ...(has(CONFIDENCE) || has(ENTROPY) ? ["probabilities" as const] : []),
    ...OUTPUTS.filter((field) => has(`prediction.${field}`)),
  ];
  const kept = wanted.flatMap((field) => (map[field] === undefined ? [] : [[field, map[field]]]));
  return { ...Object.fromEntries(kept), model: { value: reference.model } };
}

function frozenColumns(reference: Reference): FrozenColumn[] {
  return reference.columns.flatMap((described, position) => {
    const ref = findSeriesRef(reference, "all", position);
    return ref === undefined ? [] : [{ described, position, ref }];
  });
}

function isPresent({ name, role }: ReferenceColumn, { map, names }: InferredSource): boolean {
  const isDerived = name === CONFIDENCE || name === ENTROPY;
  const field = isDerived ? "probabilities" : OUTPUTS.find((output) => name === `prediction.${output}`);
  return role === "output" && field !== undefined ? map[field] !== undefined : names.has(name);
}
