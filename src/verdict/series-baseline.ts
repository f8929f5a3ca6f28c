import type { SeriesRef } from "../counts/ref.ts";
import { prepareSeries as referenceSeries } from "../reference/series.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Calibration, Signal } from "../statistics/calibration.ts";
import { groupDeff } from "../statistics/groups.ts";
import type { MeasureContext } from "../statistics/measure.ts";
import { prepareSeries, type PreparedSeries } from "./prepared-series.ts";

/** What the reference holds of one series and question. */
export interface SeriesBaseline {
  readonly ref: SeriesRef | undefined;
  readonly calibration: Calibration | undefined;
  readonly parent?: Calibration | undefined;
}

/** One question to one series of the reference; `windowSize` in ms. */
export interface Question {
  readonly segment: string;
  readonly column: string;
  readonly signal: Signal | "policy";
  readonly windowSize: number;
}

export function baselineOf(
  { reference }: FittedModel,
  { segment, column, signal, windowSize }: Question,
): SeriesBaseline {
  const position = reference.columns.findIndex(({ name }) => name === column);
  if (position < 0 || signal === "policy") {
    const ref = position < 0 ? undefined : referenceSeries(reference, segment, position);
    return { ref, calibration: undefined };
  }
  const find = (name: string): Calibration | undefined =>
    reference.segments
      .find((candidate) => candidate.name === name)
      ?.columns[position]?.calibrations.find(
        (calibration) => calibration.signal === signal && calibration.windowSize === windowSize,
      );
  return {
    ref: referenceSeries(reference, segment, position),
    calibration: find(segment),
    ...(segment === "all" ? {} : { parent: find("all") }),
  };
}

export function contextOf(baseline: SeriesBaseline, prepared: PreparedSeries | undefined): MeasureContext {
  const { ref } = baseline;
  const calibration = prepared?.calibration ?? baseline.calibration;
  if (ref === undefined || calibration === undefined) return {};
  const deff =
    calibration.signal === "distribution" && calibration.k > 0
      ? { groupDeff: groupDeff(ref, calibration) }
      : {};
  return { calibration, ...deff };
}

/** The series ready to be held against chance at a level; undefined where there is no reference or no null. */
export function prepare(
  baseline: SeriesBaseline,
  signal: Signal | "policy",
  alpha: number,
): PreparedSeries | undefined {
  const { ref } = baseline;
  return ref === undefined || signal === "policy"
    ? undefined
    : prepareSeries({ ...baseline, ref, signal, alpha });
}
