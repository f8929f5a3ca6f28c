import type { Score, ScoreStatus } from "../../statistics/score.ts";
import type { Cells } from "./changes.ts";
import type { ReferenceSide } from "./reference-side.ts";
import type { UnseenCategory } from "./unseen.ts";

export interface ColumnReport {
  readonly type: string;
  readonly reference: Extent;
  readonly window: Extent;
  readonly measures: Readonly<Record<string, Score>>;
  /** The most frequent of the categories that the reference never had; absent where there are none. */
  readonly unseen?: readonly UnseenCategory[];
  /**
   * Of the column as a whole: `p` is the least of its questions' times their number. `extras.holm` is the probability of as
   * much by chance in any of the columns, `extras.q` the false discovery rate, `extras.drifted` 1 where it counts as drift.
   */
  readonly significance: Score;
  /** Whether the column's distribution could be judged. */
  readonly status: ScoreStatus;
  /** Plain sentences. */
  readonly explanation: string;
}

/** Values, and cells without one. */
export interface Extent {
  readonly n: number;
  readonly missing: number;
}

/** The type of a column that has none. */
export const LEFT_OUT = "left out";

/** The reason of a column that stands in one of the files only. */
export const NO_COLUMN = "no such column";

/** A column that disappeared is a finding, whatever chance says. */
export function goneColumn(type: string, reference: Cells): ColumnReport {
  const explanation = "Only the reference has this column.";
  return incomparable({ type, reference, reason: NO_COLUMN, explanation, isGone: true });
}

/** Categories that are hashed under a key are all new without it. */
export function hashedColumn(type: string, reference: Cells): ColumnReport {
  const explanation = "Not compared: the reference holds its values hashed under a key.";
  return incomparable({ type, reference, reason: "hashed under a key", explanation, isGone: false });
}

export function addedColumn(name: string, type: string, { source }: ReferenceSide): ColumnReport {
  const guess = source?.guesses.find(({ column }) => column === name);
  const isThere = guess !== undefined || source?.names.has(name) === true;
  const explanation = isThere
    ? `The reference has this column, but it could not be used there: ${guess?.because ?? "it has no values"}.`
    : "Only the window has this column.";
  const reference = { n: 0, missing: 0 };
  return incomparable({ type, reference, reason: NO_COLUMN, explanation, isGone: false });
}

/** A column that is of no use in either file, such as one without a value, or an id. */
export function leftOutColumn(because: string): ColumnReport {
  const nothing = { n: 0, missing: 0 };
  return {
    type: LEFT_OUT,
    reference: nothing,
    window: nothing,
    measures: {},
    significance: { status: "undefined", reason: because, n: 0, extras: { drifted: 0 } },
    status: "undefined",
    explanation: `Left out: ${because}.`,
  };
}

function incomparable(column: {
  type: string;
  reference: Extent;
  reason: string;
  explanation: string;
  isGone: boolean;
}): ColumnReport {
  const { type, reference, reason, explanation, isGone } = column;
  const status = isGone ? "no-data" : "no-reference";
  return {
    type,
    reference: { n: reference.n, missing: reference.missing },
    window: { n: 0, missing: 0 },
    measures: {},
    significance: { status, reason, n: 0, extras: { drifted: Number(isGone) } },
    status,
    explanation,
  };
}
