import { CodedError } from "../../config/coded-error.ts";
import type { BatchColumn, EventBatch, EventPlan } from "../../event/batch.ts";
import { emptyGroup } from "../../statistics/group-counts.ts";
import type { GroupCounts } from "../../statistics/group-counts.ts";

/** Rows by the values of one column: what was decided about them, and what was true. */
export interface GroupTally {
  readonly column: string;
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

const YES: ReadonlySet<string> = new Set(["true", "1", "yes"]);
const NO: ReadonlySet<string> = new Set(["false", "0", "no"]);

/** Undefined where no column of the plan decides. @throws CodedError USAGE where the plan has no such column */
export function createGroupTally(plan: EventPlan, column: string): GroupTally | undefined {
  const find = (name: string): number => plan.columns.findIndex((one) => one.name === name);
  const group = find(column);
  if (group < 0 || plan.columns[group].role === "truth" || plan.columns[group].role === "output") {
    const known = plan.columns.filter(({ role, pii }) => (role === "feature" || role === "segment") && !pii);
    const names = known.map(({ name }) => name).join(", ");
    const message = `--segment ${column}: the reference has no such feature. It has ${names}.`;
    throw new CodedError("USAGE", message);
  }
  if (plan.columns[group].pii) {
    throw new CodedError("USAGE", `--segment ${column}: the reference holds its values hashed under a key.`);
  }
  const [decision, score] = [find("prediction.decision"), find("prediction.score")];
  if (decision < 0 && score < 0) return undefined;
  const truth = plan.columns.findIndex(({ role }) => role === "truth");
  return { column, group, decision, score, truth, groups: new Map() };
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
    count(countsOf(tally, group), decided, isOne(columns[tally.truth], row));
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

function countsOf({ groups, column }: GroupTally, group: string): Counts {
  const known = groups.get(group);
  if (known !== undefined) return known;
  if (groups.size === MOST_GROUPS) {
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
  const name = nameOf(column, row)?.toLowerCase();
  if (name === undefined) return undefined;
  return YES.has(name) ? true : NO.has(name) ? false : undefined;
}

function isLikely(column: BatchColumn | undefined, row: number): boolean | undefined {
  if (column?.type !== "number") return undefined;
  const score = column.values[row];
  return Number.isNaN(score) ? undefined : score >= 0.5;
}
