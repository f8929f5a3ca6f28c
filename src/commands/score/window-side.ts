import type { FieldMap, MappedField } from "../../config/config.ts";
import { buildLayout, extendedSections } from "../../counts/layout.ts";
import type { OutcomeRuler } from "../../counts/outcome-ruler.ts";
import { publicKeys } from "../../event/ids.ts";
import type { ColumnPlan, ColumnType, EventPlan } from "../../event/batch.ts";
import { CONFIDENCE, ENTROPY } from "../../event/probabilities.ts";
import type { FrozenColumn } from "../../reference/frozen.ts";
import { createOutcomeTally, tallyOutcomes } from "../../reference/outcome-tally.ts";
import type { GroupCounts } from "../../statistics/group-counts.ts";
import type { Reference, ReferenceColumn } from "../../reference/reference.ts";
import { findSeriesRef } from "../../reference/series.ts";
import type { CountingPlan } from "../../window/counting-plan.ts";
import { Intake } from "../../window/intake.ts";
import type { CommandIo } from "../io.ts";
import { checkFields, inferSource, showProgress, sourceReader } from "../reference/source.ts";
import type { InferredSource, SourceLedger } from "../reference/source.ts";
import { countChunks } from "./chunk-counts.ts";
import { createGroupTallies, groupsOf, tallyGroups } from "./group-tally.ts";
import { requireRows } from "./reference-side.ts";
import type { SideOptions } from "./reference-side.ts";
import { hasUnseen, nameUnseen, unseenPlan } from "./unseen.ts";
import type { UnseenCategory } from "./unseen.ts";

/** The rows of the window, counted on the reference's grids. */
export interface WindowSide {
  readonly ledger: SourceLedger;
  /** By column of the reference: its section, of numbers with their sums and of categories with their cells; undefined where the window has no such column. */
  readonly sections: readonly (Float64Array | undefined)[];
  /** Where the rows have a truth and a prediction. */
  readonly outcomes?: WindowLabels;
  /** By column: the most frequent of the categories that the reference never had. */
  readonly unseen: Readonly<Record<string, readonly UnseenCategory[]>>;
  /** Columns that the reference does not have. */
  readonly added: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly source: InferredSource;
  /** By column of groups, where something decides: what was decided about each. */
  readonly groups: ReadonlyMap<string, readonly GroupCounts[]>;
  /** Where they were asked for: by column and chunk, a section. */
  readonly chunks?: readonly Float64Array[][];
}

/** Labels, and what they were counted on, which is the reference's. */
export interface WindowLabels {
  readonly ruler: OutcomeRuler;
  /** Its sections. */
  readonly counts: Float64Array;
}

const OUTPUTS = ["score", "decision", "value"] as const;
/** Rows are counted as one pane, whatever their time. */
const PANE = 1;

/** @throws CodedError SOURCE_INVALID without a usable row, USAGE where an option names a column that is not there */
export async function countWindow(
  reference: Reference,
  options: SideOptions,
  io: CommandIo,
): Promise<WindowSide> {
  const { file, fields, segment } = options;
  const source = await inferSource(file, { fields, columns: {}, segmentBy: [] });
  // The window need not have the time: it is one window, however long.
  const { time: _time, ...needed } = fields;
  checkFields(needed, source, file);
  const plan = planOf(reference, source);
  const columns = frozenColumns(reference);
  const refs = columns.map(({ ref }) => ref);
  const asked = reference.columns.filter(isExtended).map(({ name }) => name);
  const layout = buildLayout(refs, { pane: PANE, extended: new Set(asked) });
  const extended = extendedSections(layout, refs);
  const segments = { names: ["all"], groupings: [] };
  const counting: CountingPlan = {
    model: plan.model,
    plan,
    layout,
    columns,
    segments,
    pane: PANE,
    lateness: 0,
    keep: 1,
  };
  const intake = new Intake(counting);
  const tally = createOutcomeTally({ plan, columns, residuals: reference.outcome?.residuals });
  const tallies = createGroupTallies(plan, segment === undefined ? reference.segmentBy : segment);
  const map = mapOf(reference, source);
  const reading = { file, format: source.format, map, key: publicKeys(), signal: io.signal };
  const read = sourceReader({ ...reading, plan });
  const ledger = await read((batch, rows) => {
    intake.reserve(batch.rows);
    intake.starts.fill(0, 0, batch.rows);
    intake.count(batch, new Int32Array(batch.versions.length));
    if (tally !== undefined) tallyOutcomes(tally, batch);
    for (const groups of tallies) tallyGroups(groups, batch);
    showProgress(io, `counting ${rows} rows of the window`);
  });
  showProgress(io, "");
  requireRows(file, ledger);
  const start = intake.panes.touch(intake.panes.group(0, 0), 0);
  const present = reference.columns.map((column, position) =>
    isPresent(column, source) ? (extended[position] ?? layout.sections[position + 1]) : undefined,
  );
  const sections = present.map((section) => {
    if (section === undefined) return undefined;
    const { offset, length } = section;
    return intake.panes.blocks.slice(start + offset, start + offset + length);
  });
  const news = refs.filter((ref, position) => hasUnseen(ref, sections[position])).map(({ column }) => column);
  const naming = unseenPlan(plan, new Set(news));
  const unseen =
    naming.columns.length === 0 ? {} : await nameUnseen(naming, sourceReader({ ...reading, plan: naming }));
  const chunks =
    options.inChunks === true
      ? await countChunks({ plan: counting, read, rows: ledger.sound, sections: present })
      : undefined;
  const known = new Set(reference.columns.map(({ name }) => name));
  const added = source.columns.filter(({ name, role }) => role !== "truth" && !known.has(name));
  return {
    ledger,
    sections,
    source,
    added,
    unseen,
    ...(tally === undefined ? {} : { outcomes: { ruler: tally.ruler, counts: tally.counts[0] } }),
    ...(chunks === undefined ? {} : { chunks }),
    groups: groupsOf(tallies),
  };
}

/** Sums of all numbers, and the different values of all categories but the model's own classes. */
function isExtended({ name, type }: Pick<ReferenceColumn, "name" | "type">): boolean {
  return type === "number" || (type === "category" && name !== "prediction.decision");
}

/** The window's rows are read by the reference's columns, and the truth beside them. */
function planOf(reference: Reference, source: InferredSource): EventPlan {
  const columns = reference.columns.map(({ name, type, role, pii, categories }): ColumnPlan => {
    // Files of two formats may keep the same column in different places.
    const own = source.columns.find((column) => column.name === name);
    const distinct = type === "category" && isExtended({ name, type });
    return { name, type, role: own?.role ?? role, pii, categories, ...(distinct ? { distinct } : {}) };
  });
  const truth = source.columns.filter(({ role }) => role === "truth");
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
