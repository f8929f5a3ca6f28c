import type { SeriesRef } from "../../counts/ref.ts";
import { calibrate } from "../../reference/calibration.ts";
import type { Reference } from "../../reference/reference.ts";
import type { Calibration, Signal } from "../../statistics/calibration.ts";
import { countDirections, directionsOf } from "../../statistics/directions.ts";
import type { Measure } from "../../statistics/measure.ts";
import { MEASURES } from "../../statistics/measures.ts";
import type { Score } from "../../statistics/score.ts";
import { prepareSeries } from "../../verdict/prepared-series.ts";
import { contextOf } from "../../verdict/series-baseline.ts";
import { explainSignificance, judgeScore } from "../../verdict/significance.ts";
import type { Significance } from "../../verdict/significance.ts";
import { LEAST_WINDOWS } from "../../statistics/calibration.ts";

/** One of a column's three questions, answered: what chance says of it, and the measures that put it in numbers. */
export interface Answer {
  readonly signal: Signal;
  readonly significance: Significance;
  readonly scores: readonly { readonly measure: Measure; readonly score: Score }[];
}

const SIGNALS: readonly Signal[] = ["distribution", "missing", "novel"];

/** The level at which any of the columns may be called different by mistake. */
export const LEVEL = 0.05;

/** Holds the window's section of one column, by its position in the reference, against the reference. */
export function answerQuestions(options: {
  reference: Reference;
  column: number;
  ref: SeriesRef;
  section: Float64Array;
}): Answer[] {
  const { ref, section, reference } = options;
  const shared = {};
  const labels = ref.column === "prediction.score" ? reference.outcome : undefined;
  const outcomes = labels === undefined ? {} : { outcomes: labels.counts };
  return SIGNALS.map((signal) => {
    const calibration = calibrationOf(options, signal);
    const prepared = prepareSeries({ ref, signal, calibration, alpha: LEVEL });
    const significance = explainSignificance(prepared, section);
    const context = { ...contextOf({ ref, calibration, ...outcomes }, prepared), shared };
    const scores = MEASURES.filter(
      ({ from, only, signal: asked }) =>
        asked === signal &&
        (from.includes(ref.kind) || (ref.kind === "bins" && from.includes("sums"))) &&
        (only === undefined || only.includes(ref.column)),
    ).map((measure) => {
      return { measure, score: judgeScore(measure.score(ref, section, context), significance) };
    });
    return { signal, significance, scores };
  });
}

/** Whether the rows of the reference are taken as owing nothing to each other: declared, or without any time to tell. */
export function isIndependent(reference: Reference): boolean {
  return reference.independent || Number.isNaN(reference.from);
}

/**
 * Of the lengths that the reference knows: the one whose windows have most nearly as many values as this one, among those
 * with enough windows to learn from.
 */
function calibrationOf(
  { reference, column, ref, section }: Parameters<typeof answerQuestions>[0],
  signal: Signal,
): Calibration | undefined {
  if (isIndependent(reference)) return independentCalibration(ref, signal);
  const own = reference.segments[0].columns[column].calibrations.filter((one) => one.signal === signal);
  const enough = own.filter(({ k }) => k >= LEAST_WINDOWS);
  const directions = directionsOf(ref, signal);
  const m = countDirections(directions, section, new Float64Array(directions.size));
  const distance = ({ meanRows }: Calibration): number => Math.abs(Math.log(Math.max(1, m) / meanRows));
  return (enough.length > 0 ? enough : own).toSorted((a, b) => distance(a) - distance(b))[0];
}

/** The whole reference as one window of shuffled rows. */
function independentCalibration(ref: SeriesRef, signal: Signal): Calibration {
  const directions = directionsOf(ref, signal);
  const counts = new Float64Array(directions.size);
  const rows = Float64Array.of(countDirections(directions, ref.counts, counts));
  return calibrate({
    signal,
    windowSize: 0,
    directions: directions.size,
    rows,
    counts,
    independent: true,
  });
}
