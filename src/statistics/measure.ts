import type { ClassesRuler } from "../counts/outcome-ruler.ts";
import type { SummaryKindName } from "../counts/summary-kinds.ts";
import type { SeriesRef } from "../counts/ref.ts";
import type { ValuesRuler } from "../counts/values.ts";
import type { Calibration, Signal } from "./calibration.ts";
import type { SharedGroups } from "./groups.ts";
import type { GroupCounts, RateName } from "./group-counts.ts";
import type { Score } from "./score.ts";

/** A named number computed from a summary and its reference. One file each, listed in measures.ts. */
export interface Measure {
  readonly name: string;
  /** For people, as a heading. */
  readonly title: string;
  /** The summary kinds that it can read; its `window` is a section of one of them. */
  readonly from: readonly SummaryKindName[];
  /** Of columns: the ones that it means something of; any of its kinds without. */
  readonly only?: readonly string[];
  /** It goes by the wall clock, not by windows. */
  readonly byClock?: true;
  /** It goes by the fields of the records, not by what is counted of columns. */
  readonly byFields?: true;
  /** It compares these rates of the groups of a column: the `columns` of a rule are some that the model is split by. */
  readonly across?: readonly RateName[];
  /** The question whose p says whether chance explains it; `policy`: it has no usable null, and spends no budget. */
  readonly signal: Signal | "outcomes" | "policy";
  readonly unit: "ratio" | "bits" | "seconds" | "none";
  /** What the value is, where it is no distance from the reference or from perfection: so it is told. */
  readonly nature?: Nature;
  /** Whether lower and upper hold the exact number, which counts leave open; else they are a 95% interval. */
  readonly isBounded?: true;
  /** What a rule means that names no limit. `atLeast` compares the effect, the others the value. */
  readonly defaultAtLeast?: number;
  readonly defaultAbove?: number;
  readonly defaultBelow?: number;
  /** Whether /metrics and the API show it of every series; the others are shown where a rule asks for them. */
  readonly shownByDefault: boolean;
  /** The documentation: what is computed, what the effect and extras are, and where it comes from. */
  readonly formula: string;
  /** What the value is while nothing has changed, by chance alone. */
  readonly calm: string;
  readonly source: string;
  /**
   * `window` is the section of the window; `ref` the series it is held against, which measures of whole events and of labels
   * do without. Never judges chance: p and trust come from verdict/significance.ts.
   */
  readonly score: (ref: SeriesRef | undefined, window: Float64Array, context?: MeasureContext) => Score;
}

/**
 * `share`: of rows, values or labels. `level`: a number of the window itself, which says little without the reference's
 * (extras.reference); where chance is asked, of an effect that is told apart. `estimate`: a level that labels would give.
 * `statistic`: it grows with the window, or has the column's unit: its effect is told apart.
 */
type Nature = "share" | "level" | "estimate" | "statistic";

/** What some measures must know besides their counts. */
export interface MeasureContext {
  /** For several measures of one window, which then count its groups once. */
  readonly shared?: SharedGroups;
  /** Of the measure's signal: the reference's share where it was counted on part of the reference only. */
  readonly calibration?: Calibration;
  /** psi: deff of its groups (groups.ts); 1 each without. */
  readonly groupDeff?: Float64Array;
  /** Labels, and estimates without them: the reference's section of the same kind (estimates: `outcomes`), absent where it had no truth. */
  readonly outcomes?: Float64Array;
  /** Labels of numbers: what their errors are counted on. */
  readonly values?: ValuesRuler;
  /** Labels of many classes: which they are. */
  readonly classes?: ClassesRuler;
  /** Measures across groups: what was counted of each of them, but not of those that are followed together. */
  readonly groups?: readonly GroupCounts[];
  /** volume: rows to be expected in the window, by the hour slots that it overlaps. */
  readonly expectedRows?: number;
  /** label-coverage and label-delay: the reference's share of labelled predictions, and its 99% delay, seconds. */
  readonly coverage?: number;
  readonly delay99?: number;
  /** freshness: the newest event time, ms since the epoch. */
  readonly newestEvent?: number;
  /** blind: all that cannot be seen, and since when, ms. */
  readonly blindness?: readonly { readonly text: string; readonly since: number }[];
  /**
   * schema-drift: the records looked at; those of them that only say what is to be expected; how each changed field changed; and
   * whether of one that had changed too few came.
   */
  readonly records?: {
    readonly sampled: number;
    readonly learnt: number;
    readonly isWaiting: boolean;
    readonly changed: readonly string[];
  };
  /** What goes by the clock: the wall clock, ms. */
  readonly now?: number;
}

/** A window with fewer values is not judged (SIGNIFICANCE 1); its numbers are shown. */
export const LEAST_VALUES = 100;
/** The same for labels (SIGNIFICANCE 6). */
export const LEAST_LABELS = 200;
/** A share of fewer cases is noise, whatever the number of values or labels. */
export const LEAST_CASES = 20;

export const NO_REFERENCE: Score = { status: "no-reference", reason: "no reference for this series", n: 0 };

export const NOT_NUMBERS: Score = { status: "undefined", reason: "not a number column", n: 0 };

export function noData(reason: string): Score {
  return { status: "no-data", reason, n: 0 };
}

/** A score with a value, which says `too-few` where it rests on too little. */
export function scored(score: Omit<Score, "status">, rows: "values" | "labels"): Score {
  const least = rows === "values" ? LEAST_VALUES : LEAST_LABELS;
  if (score.n >= least) return { status: "ok", ...score };
  return { status: "too-few", reason: `fewer than ${least} ${rows}`, ...score };
}
