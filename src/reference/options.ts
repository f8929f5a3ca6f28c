import { DAY, HOUR } from "../config/quantity.ts";
import { DEFAULT_BINS } from "../counts/grid.ts";
import type { EventPlan } from "../event/batch.ts";
import type { Signal } from "../statistics/calibration.ts";
import type { FieldTally } from "./field-tally.ts";
import type { Reference } from "./reference.ts";

/** How late labels came. */
export interface LabelMaturity {
  /** 99% of labels came within, ms; NaN where times are missing. */
  readonly delay99: number;
  /** Event time, ms: labels of later predictions may still come, so those are no part of the outcomes. */
  readonly matureUntil: number;
}

export interface ReferenceOptions {
  /** Its category columns should learn. A column of role `truth` is held against the prediction, and is no series. */
  readonly plan: EventPlan;
  readonly segmentBy: readonly (readonly string[])[];
  /** The largest segments of each grouping that are told apart; the rest is its `other`. */
  readonly top: number;
  /** Segments that are told apart whatever their size. */
  readonly named?: readonly string[];
  /** Rows that a segment must have; absent: the default. */
  readonly floor?: number;
  /** Window lengths to calibrate for, ms; windows begin at multiples of their length since the epoch. */
  readonly windowSizes: readonly number[];
  /** The same for labels: how long a cohort of predictions is, ms. */
  readonly cohort?: number;
  /** Where labels came apart from their predictions. */
  readonly labels?: LabelMaturity;
  /** The series whose season some rule asks for. */
  readonly seasons?: readonly AskedSeason[];
  /** Declared: rows are shuffled or sampled, so windows owe nothing to each other. */
  readonly independent: boolean;
  /** Names the key under which pii categories are hashed. */
  readonly keyId?: string;
  readonly bins?: number;
  /** What was seen of its records' fields by the time the reference is finished. */
  readonly fields?: FieldTally;
  /** Counts on its bins, categories and segments in place of ones made of the rows; `plan` has all of its columns. */
  readonly grid?: Reference;
  /** A category list ends here; what is rarer is unseen. */
  readonly maxCategories?: number;
}

/** A column that a rule holds against its season; nobody else pays for it. */
export interface AskedSeason {
  readonly column: string;
  readonly signal: Signal;
  /** Window length, ms; one of those that the reference is calibrated for. */
  readonly windowSize: number;
  /** Of every segment, or of all traffic only. */
  readonly bySegment: boolean;
}

/**
 * What every option has when nobody said otherwise. Windows are of an hour to a week: nobody knows how long the one will be that
 * is held against them, and it says most where it is not much longer than they are.
 */
export const REFERENCE_DEFAULTS = {
  top: 20,
  bins: DEFAULT_BINS,
  maxCategories: 1_000,
  windowSizes: [HOUR, 6 * HOUR, DAY, 7 * DAY],
  cohort: DAY,
} as const;
