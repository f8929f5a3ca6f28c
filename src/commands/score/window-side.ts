import type { OutcomeRuler } from "../../counts/outcome-ruler.ts";
import type { ColumnType } from "../../event/batch.ts";
import { publicKeys } from "../../event/ids.ts";
import { createOutcomeTally, tallyOutcomes } from "../../reference/outcome-tally.ts";
import type { Reference } from "../../reference/reference.ts";
import type { GroupCounts } from "../../statistics/group-counts.ts";
import { Intake } from "../../window/intake.ts";
import type { CommandIo } from "../io.ts";
import { checkFields, inferSource, showProgress, sourceReader } from "../reference/source.ts";
import type { InferredSource, SourceLedger, SourceReading } from "../reference/source.ts";
import { countChunks, countsInPane } from "./chunk-counts.ts";
import { createNumberCells, tallyNumbers } from "./distinct-values.ts";
import type { NumberCells } from "./distinct-values.ts";
import { createGroupTallies, groupsOf, tallyGroups } from "./group-tally.ts";
import { requireRows } from "./reference-side.ts";
import type { SideOptions } from "./reference-side.ts";
import { hasUnseen, nameUnseen, unseenPlan } from "./unseen.ts";
import type { UnseenCategory } from "./unseen.ts";
import { planWindow } from "./window-plan.ts";
import type { WindowPlan } from "./window-plan.ts";

/** The rows of the window, counted on the reference's grids. */
export interface WindowSide {
  readonly ledger: SourceLedger;
  /** By column of the reference (WindowPlan). */
  readonly sections: readonly (Float64Array | undefined)[];
  /** Where the rows have a truth and a prediction. */
  readonly outcomes?: WindowLabels;
  /** Of numbers, by column of the reference: the cells of their different values. */
  readonly numberCells: NumberCells;
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

/** @throws CodedError SOURCE_INVALID without a usable row, USAGE where an option names a column that is not there */
export async function countWindow(
  reference: Reference,
  options: SideOptions,
  io: CommandIo,
): Promise<WindowSide> {
  const { file, fields, segment, optional = [] } = options;
  const source = await inferSource(file, { fields, columns: {}, segmentBy: [] });
  const needed = Object.entries(fields).filter(([field]) => !optional.some((one) => one === field));
  checkFields(Object.fromEntries(needed), source, file);
  const planned = planWindow(reference, source);
  const { counting, columns } = planned;
  const { plan } = counting;
  const reading = { file, format: source.format, map: planned.map, key: publicKeys(), signal: io.signal };
  const read = sourceReader({ ...reading, plan });
  const intake = new Intake(counting);
  const tally = createOutcomeTally({ plan, columns, residuals: reference.outcome?.residuals });
  const numberCells = createNumberCells(plan);
  const tallies = createGroupTallies(plan, segment === undefined ? reference.segmentBy : segment);
  const ledger = await read((batch, rows) => {
    intake.reserve(batch.rows);
    intake.starts.fill(0, 0, batch.rows);
    intake.count(batch, new Int32Array(batch.versions.length));
    if (tally !== undefined) tallyOutcomes(tally, batch);
    for (const groups of tallies) tallyGroups(groups, batch);
    tallyNumbers(numberCells, batch);
    showProgress(io, `counting ${rows} rows of the window`);
  });
  showProgress(io, "");
  requireRows(file, ledger);
  const sections = planned.sections.map((section) => section && countsInPane(intake, 0, section));
  const chunks =
    options.inChunks === true
      ? await countChunks({ plan: counting, read, rows: ledger.sound, sections: planned.sections })
      : undefined;
  return {
    ledger,
    sections,
    numberCells,
    source,
    added: addedColumns(reference, source),
    unseen: await unseenOf(planned, sections, reading),
    ...(tally === undefined ? {} : { outcomes: { ruler: tally.ruler, counts: tally.counts[0] } }),
    ...(chunks === undefined ? {} : { chunks }),
    groups: groupsOf(tallies),
  };
}

function addedColumns({ columns }: Reference, source: InferredSource): WindowSide["added"] {
  const known = new Set(columns.map(({ name }) => name));
  return source.columns.filter(
    ({ name, role }) => role !== "truth" && role !== "probability" && !known.has(name),
  );
}

/** The rows are read once more where there are such categories, and only there. */
async function unseenOf(
  { counting, columns }: WindowPlan,
  sections: WindowSide["sections"],
  reading: Omit<SourceReading, "plan">,
): Promise<WindowSide["unseen"]> {
  const news = columns.filter(({ ref }, position) => hasUnseen(ref, sections[position]));
  const plan = unseenPlan(counting.plan, new Set(news.map(({ ref }) => ref.column)));
  return plan.columns.length === 0 ? {} : nameUnseen(plan, sourceReader({ ...reading, plan }));
}
