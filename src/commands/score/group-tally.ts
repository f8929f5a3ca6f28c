import { CodedError } from "../../config/coded-error.ts";
import type { BatchColumn, ColumnPlan, EventBatch, EventPlan } from "../../event/batch.ts";
import { meansYes } from "../../event/yes-no.ts";
import { USUAL_THRESHOLD } from "../../statistics/decision-threshold.ts";
import { emptyGroup } from "../../statistics/group-counts.ts";
import type { GroupCounts } from "../../statistics/group-counts.ts";

/** Rows by the values of one column: what was decided about them, and what was true. */
export interface GroupTally {
  readonly column: string;
  /** On the command line: then too many groups are an error. */
  readonly isNamed: boolean;
  /** Positions in the plan's columns; -1 where there is none. */
  readonly group: number;
  readonly decision: number;
  readonly score: number;
  readonly truth: number;
  readonly groups: Map<string, Counts>;
}

type Counts = { -readonly [field in keyof GroupCounts]: GroupCounts[field] };

/** A column with more values than this splits rows into what nobody would call groups. */
const MOST_GROUPS = 200;

/**
 * Of the column that was named, else of every column that the reference is split by alone; none where no column of the plan
 * decides. @throws CodedError USAGE where there is no such feature, or its values are hashed
 */
export function createGroupTallies(
  plan: EventPlan,
  asked: string | readonly (readonly string[])[],
): GroupTally[] {
  if (typeof asked === "string") checkColumn(plan, asked);
  const find = (name: string): number => plan.columns.findIndex((one) => one.name === name);
  const [decision, score] = [find("prediction.decision"), find("prediction.score")];
  if (decision < 0 && score < 0) return [];
  const truth = plan.columns.findIndex(({ role }) => role === "truth");
  const columns =
    typeof asked === "string"
      ? [asked]
      : asked
          .flatMap((keys) => (keys.length === 1 ? keys : []))
          .filter((key) => isGroupable(plan.columns.find(({ name }) => name === key)));
  return columns.map((column) => ({
    column,
    isNamed: typeof asked === "string",
    group: find(column),
    decision,
    score,
    truth,
    groups: new Map(),
  }));
}

function checkColumn(plan: EventPlan, column: string): void {
  const found = plan.columns.find(({ name }) => name === column);
  if (isGroupable(found)) return;
  const known = plan.columns.filter(isGroupable).map(({ name }) => name);
  const message =
    found?.pii === true
      ? `--segment ${column}: the reference holds its values hashed under a key.`
      : `--segment ${column}: the reference has no such feature. It has ${known.join(", ")}.`;
  throw new CodedError("USAGE", message);
}

function isGroupable(column: ColumnPlan | undefined): boolean {
  return column !== undefined && !column.pii && (column.role === "feature" || column.role === "segment");
}

/** By column, where its rows fell into groups. */
export function groupsOf(tallies: readonly GroupTally[]): Map<string, readonly GroupCounts[]> {
  const found = tallies.filter(({ groups }) => groups.size > 0 && groups.size <= MOST_GROUPS);
  return new Map(found.map(({ column, groups }) => [column, [...groups.values()]]));
}

/** Counts the sound rows that have a group and a decision; without a decision, score >= 0.5 is one for class 1. */
export function tallyGroups(tally: GroupTally, batch: EventBatch): void {
  const { columns } = batch;
  for (let row = 0; row < batch.rows; row += 1) {
    if (batch.reason[row] !== 0) continue;
    const group = nameOf(columns[tally.group], row);
    const decided =
      tally.decision >= 0 ? isOne(columns[tally.decision], row) : isLikely(columns[tally.score], row);
    if (group === undefined || decided === undefined) continue;
    const counts = countsOf(tally, group);
    if (counts !== undefined) count(counts, decided, isOne(columns[tally.truth], row));
  }
}

function count(counts: Counts, decided: boolean, truth: boolean | undefined): void {
  counts.decisions += 1;
  counts.selected += Number(decided);
  if (truth === undefined) return;
  if (truth) {
    counts.positives += 1;
    counts.truePositives += Number(decided);
  } else {
    counts.negatives += 1;
    counts.falsePositives += Number(decided);
  }
}

/** One group more than there may be says that there are too many; the rest is counted nowhere. */
function countsOf({ groups, column, isNamed }: GroupTally, group: string): Counts | undefined {
  const known = groups.get(group);
  if (known !== undefined || groups.size > MOST_GROUPS) return known;
  if (groups.size === MOST_GROUPS && isNamed) {
    const message = `--segment ${column}: it has more than ${MOST_GROUPS} values, which are too many to compare. Name a column of groups.`;
    throw new CodedError("USAGE", message);
  }
  const counts: Counts = emptyGroup(group);
  groups.set(group, counts);
  return counts;
}

/** The value as a text; undefined where it is missing, or one that the reference never had. */
function nameOf(column: BatchColumn | undefined, row: number): string | undefined {
  if (column === undefined) return undefined;
  if (column.type === "category") return column.categories[column.codes[row]];
  const value = column.values[row];
  return Number.isNaN(value) ? undefined : String(value);
}

/** Whether a truth or a decision is class 1; undefined where it is neither yes nor no. */
function isOne(column: BatchColumn | undefined, row: number): boolean | undefined {
  const name = nameOf(column, row);
  return name === undefined ? undefined : meansYes(name);
}

function isLikely(column: BatchColumn | undefined, row: number): boolean | undefined {
  if (column?.type !== "number") return undefined;
  const score = column.values[row];
  return Number.isNaN(score) ? undefined : score >= USUAL_THRESHOLD;
}
