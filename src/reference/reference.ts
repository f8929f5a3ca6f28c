import type { ColumnRole, ColumnType } from "../event/batch.ts";
import type { ExpectedFields } from "../counts/expected-fields.ts";
import type { Grid } from "../counts/grid.ts";
import type { Calibration } from "../statistics/calibration.ts";
import type { Season } from "./season.ts";

/** What the data looked like when all was well: a profile, never raw rows; named by its content hash. */
export interface Reference {
  /** SHA-256 (hex) of the canonical content. */
  readonly id: string;
  readonly model: string;
  readonly rows: number;
  /** First and last event time, ms since the epoch; NaN without event time. */
  readonly from: number;
  readonly to: number;
  /** Declared: rows are shuffled or sampled, so windows owe nothing to each other. */
  readonly independent: boolean;
  /** Names the key under which pii categories were hashed; absent where no column is pii. */
  readonly keyId?: string;
  /** [["region"], ["region","device"]]: by region, and by the pair. */
  readonly segmentBy: readonly (readonly string[])[];
  /** Window lengths that calibrations exist for, ms. */
  readonly windowSizes: readonly number[];
  readonly columns: readonly ReferenceColumn[];
  /** The first is `all`; `other` holds what overflowed. */
  readonly segments: readonly ReferenceSegment[];
  /** Present where the source had a truth beside the score. */
  readonly outcome?: ReferenceOutcome;
  /** Rows that a category must have to be named to people, and a segment to be one; absent: the default. Not stored. */
  readonly floor?: number;
  /** What fields its records had. */
  readonly fields?: ExpectedFields;
  /** Changes that somebody took to be the new normal, whose counts stand in the place of those that it was built of. */
  readonly accepted?: readonly AcceptedChange[];
  /** Id of the reference whose bins, categories and segments it is counted on, where they were not made of its own rows. */
  readonly gridOf?: string;
  /** Present where a daemon learnt it of its stream: its counts are those of a sample. */
  readonly learnt?: LearntFrom;
}

/** What the sample was taken of. */
interface LearntFrom {
  /** Rows that came in its time. */
  readonly rows: number;
}

/** Who took which change of a column to be the new normal. Times are event time, ms. */
export interface AcceptedChange {
  readonly column: string;
  /** Whose counts they are; those of all versions where absent. */
  readonly version?: string;
  /** Segments that had enough values to be replaced. */
  readonly segments: readonly string[];
  readonly since: number;
  readonly until: number;
  readonly by?: string;
  readonly reason: string;
}

export interface ReferenceColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly role: ColumnRole;
  readonly pii: boolean;
  /** For numbers. */
  readonly grid?: Grid;
  /** For categories (by falling count, ties by name) and booleans; [] for numbers. */
  readonly categories: readonly string[];
}

export interface ReferenceSegment {
  /** `all`, `other`, or `column=value` pairs joined by `,`. */
  readonly name: string;
  readonly rows: number;
  /** In the order of the reference's columns. */
  readonly columns: readonly Baseline[];
  /** Median rows per hour by hour of the week (Monday 00 UTC first); NaN where the slot was seen in too few weeks. */
  readonly hourOfWeek: Float64Array;
  /** The same by hour of the day, over at least 7 days. */
  readonly hourOfDay: Float64Array;
  /** Present where the source had a truth beside the prediction. */
  readonly outcome?: OutcomeBaseline;
}

/** One (segment, column) of the reference: its counts on the column's grid, and what they are worth. */
export interface Baseline {
  /** The section of the summary kind (counts/layout.ts): bins or categories with their tail. */
  readonly counts: Float64Array;
  /** Of a number column: what follows its counts in a section of the kind `sums`. */
  readonly sums?: Float64Array;
  readonly calibrations: readonly Calibration[];
  /** One for each window length of the rules that hold the column against its season. */
  readonly seasons?: readonly Season[];
}

/** The labels of one segment of the reference, and what they are worth. */
export interface OutcomeBaseline {
  /** The sections of the labels' ruler (label-ruler.ts). */
  readonly counts: Float64Array;
  /** Of the residuals of labels (statistics/residuals.ts), between cohorts of one length. */
  readonly calibration: Calibration;
}

export interface ReferenceOutcome {
  /** Those of segment `all`. */
  readonly counts: Float64Array;
  /** 99% label delay, ms; NaN if unknown. */
  readonly delay99: number;
  /** Labelled share of the predictions whose labels have had time to come. */
  readonly coverage: number;
  /** The bins of the errors, of a model that answers with numbers. */
  readonly residuals?: Grid;
}
