import type { SeriesRef } from "../counts/ref.ts";
import type { Baseline, Reference } from "../reference/reference.ts";
import type { Season } from "../reference/season.ts";
import { findSeriesRef } from "../reference/series.ts";
import { referenceOf, type FittedModel } from "../rules/fitted-model.ts";
import type { Rule } from "../rules/model.ts";
import type { Calibration, Signal } from "../statistics/calibration.ts";
import { groupDeff } from "../statistics/groups.ts";
import { LEAST_LABELS } from "../statistics/measure.ts";
import type { MeasureContext } from "../statistics/measure.ts";
import { sumOutcomes } from "../statistics/outcome-sums.ts";
import { prepareComparison, type PreparedComparison } from "./prepared-comparison.ts";
import { prepareSeason, withoutSeason, type PreparedSeason } from "./prepared-season.ts";
import { prepareSeries, type PreparedSeries } from "./prepared-series.ts";

/** What the reference holds of one series and question. */
export interface SeriesBaseline {
  readonly ref: SeriesRef | undefined;
  readonly calibration: Calibration | undefined;
  readonly parent?: Calibration | undefined;
  /** The question is held against other windows that were counted here. */
  readonly isCompared?: true;
  /** Of a question that is held against it; undefined where the reference has none. */
  readonly season?: { readonly of: Season | undefined };
  /** Of the score: the reference's labels (section of the `outcomes` kind). */
  readonly outcomes?: Float64Array;
}

/** One question to one series of the reference; `windowSize` in ms. */
export interface Question {
  /** Absent: of all versions, or of one that has no reference of its own. */
  readonly version?: string | undefined;
  readonly segment: string;
  readonly column: string;
  readonly signal: Signal | "policy";
  readonly windowSize: number;
  readonly against?: Rule["against"] | undefined;
}

/** Positions of a reference's columns: a wide one is asked for each of them by every rule. */
const positions = new WeakMap<Reference, ReadonlyMap<string, number>>();

function positionOf(reference: Reference, column: string): number {
  let known = positions.get(reference);
  if (known === undefined) {
    known = new Map(reference.columns.map(({ name }, position) => [name, position]));
    positions.set(reference, known);
  }
  return known.get(column) ?? -1;
}

export function baselineOf(
  fitted: FittedModel,
  { version, segment, column, signal, windowSize, against }: Question,
): SeriesBaseline {
  const reference = referenceOf(fitted, version);
  const position = positionOf(reference, column);
  const outcomes = column === "prediction.score" ? labelsOf(reference, segment) : undefined;
  const labels = outcomes === undefined ? {} : { outcomes };
  if (position < 0 || signal === "policy") {
    const ref = position < 0 ? undefined : findSeriesRef(reference, segment, position);
    return { ref, calibration: undefined, ...labels };
  }
  const baselineIn = (name: string): Baseline | undefined =>
    reference.segments.find((candidate) => candidate.name === name)?.columns[position];
  const isAsked = (one: Calibration | Season): boolean =>
    one.signal === signal && one.windowSize === windowSize;
  const find = (name: string): Calibration | undefined => baselineIn(name)?.calibrations.find(isAsked);
  return {
    ref: findSeriesRef(reference, segment, position),
    calibration: find(segment),
    ...(segment === "all" ? {} : { parent: find("all") }),
    ...(against === "season" ? { season: { of: baselineIn(segment)?.seasons?.find(isAsked) } } : {}),
    ...(against !== undefined && against !== "season" ? { isCompared: true } : {}),
    ...labels,
  };
}

/** Of the segment, or where it has too few, of all: what a score means is then taken to be the same everywhere. */
function labelsOf(reference: Reference, segment: string): Float64Array | undefined {
  const own = reference.segments.find(({ name }) => name === segment)?.outcome?.counts;
  if (own !== undefined && sumOutcomes(own).n >= LEAST_LABELS) return own;
  return reference.outcome?.counts;
}

/** By season, then level; a reference without the season is said so of every window. */
const preparedSeasons = new WeakMap<Season | SeriesRef, Map<number, PreparedSeason>>();

/** The season of a question that is held against it, ready for a level; undefined for all others. */
export function seasonOf(
  { ref, season }: SeriesBaseline,
  signal: Signal | "policy",
  alpha: number,
): PreparedSeason | undefined {
  if (season === undefined || ref === undefined || signal === "policy") return undefined;
  const key = season.of ?? ref;
  const byLevel = preparedSeasons.get(key) ?? new Map<number, PreparedSeason>();
  preparedSeasons.set(key, byLevel);
  const prepared =
    byLevel.get(alpha) ??
    (season.of === undefined ? withoutSeason(ref, signal) : prepareSeason({ ref, season: season.of, alpha }));
  byLevel.set(alpha, prepared);
  return prepared;
}

/** What rules of one level ask of one series is prepared once, however many there are; by calibration, then level. */
const preparedSeries = new WeakMap<Calibration, Map<number, PreparedSeries>>();
const groupDeffs = new WeakMap<Calibration, ReturnType<typeof groupDeff>>();

export function contextOf(baseline: SeriesBaseline, prepared: PreparedSeries | undefined): MeasureContext {
  const { ref, outcomes } = baseline;
  const labels = outcomes === undefined ? {} : { outcomes };
  const calibration = prepared?.calibration ?? baseline.calibration;
  if (ref === undefined || calibration === undefined) return labels;
  const deff =
    calibration.signal === "distribution" && calibration.k > 0
      ? { groupDeff: groupDeffOf(ref, calibration) }
      : {};
  return { calibration, ...deff, ...labels };
}

function groupDeffOf(ref: SeriesRef, calibration: Calibration): ReturnType<typeof groupDeff> {
  const known = groupDeffs.get(calibration);
  if (known !== undefined) return known;
  const found = groupDeff(ref, calibration);
  groupDeffs.set(calibration, found);
  return found;
}

/** Of a question that is held against other windows, ready for a level; undefined for all others. */
export function comparisonOf(
  { isCompared, ...baseline }: SeriesBaseline,
  signal: Signal | "policy",
  alpha: number,
): PreparedComparison | undefined {
  const prepared = isCompared === true ? prepare(baseline, signal, alpha) : undefined;
  return prepared && prepareComparison(prepared);
}

/**
 * The series ready to be held against chance at a level; undefined where there is no reference or no null. Rules of the
 * same level share it.
 */
export function prepare(
  baseline: SeriesBaseline,
  signal: Signal | "policy",
  alpha: number,
): PreparedSeries | undefined {
  const { ref, calibration, season, isCompared } = baseline;
  if (ref === undefined || signal === "policy") return undefined;
  if (season !== undefined) return seasonOf(baseline, signal, alpha)?.typical.prepared;
  if (isCompared === true) return comparisonOf(baseline, signal, alpha)?.typical;
  if (calibration === undefined) return prepareSeries({ ...baseline, ref, signal, alpha });
  const byLevel = preparedSeries.get(calibration) ?? new Map<number, PreparedSeries>();
  preparedSeries.set(calibration, byLevel);
  const prepared = byLevel.get(alpha) ?? prepareSeries({ ...baseline, ref, signal, alpha });
  byLevel.set(alpha, prepared);
  return prepared;
}
